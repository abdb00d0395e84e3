#include <cmath>

#include "native/slam/drawn_scene.h"
#include "native/slam/tracker.h"
#include "native/testing.h"

namespace sense::slam {
namespace {

constexpr double kTurn = 2 * 3.14159265358979323846;
constexpr double kRadius = 1.2;
constexpr int kRound = 90, kFrames = 106;

// Once around in a room, looking across it, and a sixth more.
Pose3 TruePose(int frame) {
  const double angle = kTurn * frame / kRound;
  const Pose3 inwards(RotationExp(Eigen::Vector3d(0, angle + kTurn / 2, 0)),
                       Eigen::Vector3d::Zero());
  const Eigen::Vector3d centre(kRadius * std::sin(angle),
                               0.1 * std::sin(3 * angle),
                               kRadius * std::cos(angle));
  return Pose3(inwards.rotation, centre);
}

Tracker Around(Kind kind) {
  TrackerOptions options;
  options.corners.cell_px = 16;
  Tracker tracker(DrawnCamera(kind == Kind::kStereo ? kBaseline : 0), options);
  for (int i = 0; i < kFrames; ++i) {
    SensorFrame frame = FrameAt(TruePose(i), MeetRoom, kind);
    frame.index = i;
    frame.time_s = i / 15.0;
    const TrackingState state = tracker.Process(std::move(frame));
    if (state == TrackingState::kStarting && i == 4) {
      // With one camera the first motion is found elsewhere, up to its length.
      Pose3 motion = TruePose(i).Inverse() * TruePose(0);
      motion.translation.normalize();
      SENSE_EXPECT(tracker.StartWith(motion));
    }
  }
  SENSE_EXPECT(tracker.state() == TrackingState::kTracking);
  tracker.AdjustAll(15, nullptr);
  return tracker;
}

Pose3 PoseOf(const Tracker& tracker, int frame) {
  const FrameRecord& record = tracker.records()[frame];
  return record.camera_from_keyframe *
         tracker.map().keyframes[record.keyframe].camera_from_world;
}

// Where the camera had been before it is again, and the step there is as long
// as it was, both as shares of the circle's diameter.
void LoopsAreClosed(Kind kind, double most_gap) {
  const Tracker tracker = Around(kind);
  SENSE_EXPECT(tracker.loops() >= 1);
  const auto centre = [&](int n) { return PoseOf(tracker, n).Centre(); };
  const double across = (centre(kRound / 2 + 4) - centre(4)).norm();
  for (const int n : {5, 9, 13}) {
    const double gap = (centre(n + kRound) - centre(n)).norm();
    SENSE_EXPECT(gap < most_gap * across);
  }
  const double first = (centre(13) - centre(5)).norm();
  const double again = (centre(13 + kRound) - centre(5 + kRound)).norm();
  SENSE_EXPECT(std::abs(first - again) < most_gap * across);
}

}  // namespace
}  // namespace sense::slam

int main() {
  using namespace sense::slam;
  LoopsAreClosed(Kind::kStereo, 0.002);
  LoopsAreClosed(Kind::kMono, 0.003);
}
