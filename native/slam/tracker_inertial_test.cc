#include <cmath>
#include <numeric>

#include "native/slam/drawn_scene.h"
#include "native/slam/tracker.h"
#include "native/testing.h"

namespace sense::slam {
namespace {

constexpr double kRateHz = 15;
constexpr int kFrames = 66;
const Eigen::Vector3d kDown = Eigen::Vector3d(0.1, 1, -0.15).normalized();
const InertialBias kBias{{0.02, -0.01, 0.015}, {0.05, -0.04, 0.06}};

Pose3 TruePose(double seconds) {
  const double t = 2.2 * seconds;
  const Eigen::Vector3d turn(0.04 * std::sin(t), 0.1 * std::sin(0.7 * t),
                             0.06 * std::sin(1.3 * t));
  return Pose3(RotationExp(turn),
               Eigen::Vector3d(0.3 * std::sin(t), 0.12 * std::sin(1.6 * t),
                               0.35 * std::sin(0.6 * t)));
}

// Where the unit sits, turned by `wrong` against where it is said to sit.
InertialUnit UnitOnCamera(double wrong) {
  InertialUnit unit;
  unit.camera_from_body = Pose3(RotationExp(Eigen::Vector3d(0.2, -0.4, 1.4)),
                                Eigen::Vector3d(0.05, -0.02, 0.03));
  Pose3 mount = unit.camera_from_body;
  mount.rotation = mount.rotation * RotationExp(Eigen::Vector3d(wrong, 0, 0));
  constexpr double kStep = 1e-3;
  for (double s = -0.1; s < kFrames / kRateHz + 0.1; s += 0.005) {
    const Pose3 before = TruePose(s - kStep) * mount;
    const Pose3 here = TruePose(s) * mount;
    const Pose3 after = TruePose(s + kStep) * mount;
    const Eigen::Vector3d push =
        (before.translation - 2 * here.translation + after.translation) /
        (kStep * kStep);
    unit.readings.push_back(
        {s,
         RotationLog(before.rotation.transpose() * after.rotation) / (2 * kStep) +
             kBias.turn_rate,
         here.rotation.transpose() * (push - 9.81 * kDown) + kBias.acceleration});
  }
  return unit;
}

SensorFrame FrameOf(int index, Kind kind, bool dark) {
  SensorFrame frame = FrameAt(TruePose(index / kRateHz), MeetWall, kind);
  frame.index = index;
  frame.time_s = index / kRateHz;
  if (!dark) return frame;
  const std::vector<uint8_t> black(kWidth * kHeight, 3);
  frame.left = ImagePyramid(black.data(), kWidth, kHeight, 5);
  if (kind == Kind::kStereo) frame.right = frame.left;
  return frame;
}

struct Span {
  int first = 0, last = 0;
};

Tracker Followed(Kind kind, const InertialUnit& unit, Span dark) {
  TrackerOptions options;
  options.corners.cell_px = 20;
  Tracker tracker(DrawnCamera(kind == Kind::kStereo ? kBaseline : 0), options);
  tracker.UseInertial(unit);
  for (int i = 0; i < kFrames; ++i) {
    const bool black = i >= dark.first && i < dark.last;
    const TrackingState state = tracker.Process(FrameOf(i, kind, black));
    SENSE_EXPECT(tracker.coasting() == black);
    if (state == TrackingState::kStarting && i == 4) {
      Pose3 motion = TruePose(i / kRateHz).Inverse() * TruePose(0);
      motion.translation.normalize();
      SENSE_EXPECT(tracker.StartWith(motion));
    }
  }
  SENSE_EXPECT(tracker.state() == TrackingState::kTracking);
  tracker.AdjustAll(15, nullptr);
  return tracker;
}

Pose3 PoseOf(const Tracker& tracker, const FrameRecord& record) {
  return record.camera_from_keyframe *
         tracker.map().keyframes[record.keyframe].camera_from_world;
}

// The largest distance from the truth, by a map that lies on it with its first
// picture.
double LargestError(const Tracker& tracker) {
  const Pose3 true_from_world =
      TruePose(0) * PoseOf(tracker, tracker.records().front());
  double largest = 0;
  for (const FrameRecord& record : tracker.records()) {
    SENSE_EXPECT(record.keyframe >= 0);
    const Eigen::Vector3d found =
        true_from_world * PoseOf(tracker, record).Centre();
    const Eigen::Vector3d truth = TruePose(record.time_s).translation;
    largest = std::max(largest, (found - truth).norm());
  }
  return largest;
}

double Tilt(const Tracker& tracker) {
  const Pose3 true_from_world =
      TruePose(0) * PoseOf(tracker, tracker.records().front());
  const Eigen::Vector3d down = true_from_world.rotation.col(1);
  return std::acos(std::min(1.0, down.dot(kDown)));
}

void OneCameraIsInMetresAndUpright() {
  const Tracker tracker = Followed(Kind::kMono, UnitOnCamera(0), {});
  SENSE_EXPECT(tracker.inertial());
  SENSE_EXPECT(LargestError(tracker) < 0.02);
  SENSE_EXPECT(Tilt(tracker) < 0.005);
}

void ReadingsLeadThroughTheDark() {
  const Tracker tracker = Followed(Kind::kStereo, UnitOnCamera(0), {44, 56});
  SENSE_EXPECT(tracker.inertial());
  SENSE_EXPECT(LargestError(tracker) < 0.02);
  SENSE_EXPECT(Tilt(tracker) < 0.005);
}

void ReadingsThatCannotBeTrueAreLeftOut() {
  const Tracker tracker = Followed(Kind::kDepth, UnitOnCamera(1.0), {});
  SENSE_EXPECT(!tracker.inertial());
  SENSE_EXPECT(LargestError(tracker) < 0.01);
}

}  // namespace
}  // namespace sense::slam

int main() {
  using namespace sense::slam;
  OneCameraIsInMetresAndUpright();
  ReadingsLeadThroughTheDark();
  ReadingsThatCannotBeTrueAreLeftOut();
}
