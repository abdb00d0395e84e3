#include "native/slam/tracker.h"

#include <cmath>
#include <vector>

#include "native/slam/drawn_scene.h"
#include "native/testing.h"

namespace sense::slam {
namespace {

Pose3 TruePose(int frame) {
  const double t = 0.09 * frame;
  const Eigen::Vector3d turn(0.04 * std::sin(2 * t), 0.12 * std::sin(t), 0.05 * t);
  return Pose3(RotationExp(turn),
               Eigen::Vector3d(0.5 * std::sin(t), 0.15 * std::sin(1.7 * t),
                               0.4 * (1 - std::cos(t))));
}

SensorFrame FrameOf(int index, Kind kind, double shift_px) {
  SensorFrame frame = FrameAt(TruePose(index), MeetWall, kind, shift_px);
  frame.index = index;
  frame.time_s = index / 30.0;
  return frame;
}

// The largest distance of a camera's centre from the truth, metres.
double LargestError(const Tracker& tracker) {
  double largest = 0;
  const Pose3 first = TruePose(0);
  for (const FrameRecord& record : tracker.records()) {
    SENSE_EXPECT(record.keyframe >= 0);
    const Pose3 pose = record.camera_from_keyframe *
                       tracker.map().keyframes[record.keyframe].camera_from_world;
    const Eigen::Vector3d truth =
        first.Inverse() * TruePose(record.frame).translation;
    largest = std::max(largest, (pose.Centre() - truth).norm());
  }
  return largest;
}

Tracker Tracked(Kind kind, int frames, double shift_px, double focal = 1) {
  TrackerOptions options;
  options.corners.cell_px = 16;
  RigCamera camera = DrawnCamera(kind == Kind::kStereo ? kBaseline : 0);
  Lens lens = camera.lens.lens();
  lens.fx *= focal;
  lens.fy *= focal;
  camera.lens = LensProjection(lens);
  Tracker tracker(camera, options);
  for (int i = 0; i < frames; ++i) {
    const TrackingState state = tracker.Process(FrameOf(i, kind, shift_px));
    SENSE_EXPECT(state == TrackingState::kTracking);
  }
  tracker.AdjustAll(15, nullptr);
  return tracker;
}

void DepthIsFollowedToTheMillimetre() {
  SENSE_EXPECT(LargestError(Tracked(Kind::kDepth, 40, 0)) < 0.004);
}

void PairsAreFollowed() {
  const Tracker tracker = Tracked(Kind::kStereo, 40, 0);
  SENSE_EXPECT(LargestError(tracker) < 0.01);
  SENSE_EXPECT(std::abs(tracker.right_offset().pixels) < 0.1);
}

void AnOffsetOfTheRightCameraIsFound() {
  const Tracker tracker = Tracked(Kind::kStereo, 40, -0.5);
  SENSE_EXPECT_NEAR(tracker.right_offset().pixels, 0.5, 0.15);
}

void AWrongFocalLengthIsSeenInTurns() {
  const FocalCheck right = Tracked(Kind::kStereo, 40, 0).focal_check();
  SENSE_EXPECT(std::abs(right.longer) < 4 * right.sigma);
  const FocalCheck wrong = Tracked(Kind::kStereo, 40, 0, 1.06).focal_check();
  SENSE_EXPECT_NEAR(wrong.longer, 1 / 1.06 - 1, 0.015);
  SENSE_EXPECT(wrong.sigma < 0.01);
}

void TheSameFramesGiveTheSamePoses() {
  const Tracker first = Tracked(Kind::kDepth, 8, 0);
  const Tracker second = Tracked(Kind::kDepth, 8, 0);
  SENSE_EXPECT(first.pose().translation == second.pose().translation);
}

void TheCameraIsFoundAgainAfterDarkness() {
  TrackerOptions options;
  options.corners.cell_px = 16;
  Tracker tracker(DrawnCamera(0), options);
  for (int i = 0; i < 12; ++i) tracker.Process(FrameOf(i, Kind::kDepth, 0));
  SensorFrame dark = FrameOf(12, Kind::kDepth, 0);
  const std::vector<uint8_t> black(kWidth * kHeight, 3);
  dark.left = ImagePyramid(black.data(), kWidth, kHeight, 5);
  SENSE_EXPECT(tracker.Process(dark) == TrackingState::kLost);
  // It looks elsewhere when the light comes back.
  SensorFrame again = FrameOf(6, Kind::kDepth, 0);
  again.index = 13;
  again.time_s = 13 / 30.0;
  SENSE_EXPECT(tracker.Process(again) == TrackingState::kTracking);
  const Eigen::Vector3d truth = TruePose(0).Inverse() * TruePose(6).translation;
  SENSE_EXPECT((tracker.pose().Centre() - truth).norm() < 0.01);
}

}  // namespace
}  // namespace sense::slam

int main() {
  using namespace sense::slam;
  DepthIsFollowedToTheMillimetre();
  PairsAreFollowed();
  AnOffsetOfTheRightCameraIsFound();
  AWrongFocalLengthIsSeenInTurns();
  TheSameFramesGiveTheSamePoses();
  TheCameraIsFoundAgainAfterDarkness();
}
