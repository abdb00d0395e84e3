#include "native/slam/tracker.h"

#include <cmath>
#include <vector>

#include "native/testing.h"

namespace sense::slam {
namespace {

constexpr int kWidth = 320, kHeight = 240;
constexpr double kFocal = 260, kBaseline = 0.12;

// Smooth noise of several scales, the same for the same place.
double Lattice(int x, int y, int z) {
  uint32_t h = static_cast<uint32_t>(x) * 73856093u ^
               static_cast<uint32_t>(y) * 19349663u ^
               static_cast<uint32_t>(z) * 83492791u;
  h = (h ^ (h >> 13)) * 1274126177u;
  return ((h ^ (h >> 16)) & 0xffff) / 65535.0;
}

double Smooth(double x, double y, int z) {
  const double fx = std::floor(x), fy = std::floor(y);
  const int i = static_cast<int>(fx), j = static_cast<int>(fy);
  double u = x - fx, v = y - fy;
  u = u * u * (3 - 2 * u);
  v = v * v * (3 - 2 * v);
  return (1 - v) * ((1 - u) * Lattice(i, j, z) + u * Lattice(i + 1, j, z)) +
         v * ((1 - u) * Lattice(i, j + 1, z) + u * Lattice(i + 1, j + 1, z));
}

// A wall 4 m away with a step of 1.2 m towards the camera in the middle.
double WallDepth(const Pose3& world_from_camera, const Eigen::Vector3d& ray,
                 Eigen::Vector3d* hit) {
  const Eigen::Vector3d direction = world_from_camera.rotation * ray;
  const Eigen::Vector3d& centre = world_from_camera.translation;
  for (const double wall : {2.8, 4.0}) {
    const double t = (wall - centre.z()) / direction.z();
    *hit = centre + t * direction;
    if (wall > 3 || (std::abs(hit->x()) < 0.7 && std::abs(hit->y()) < 0.6)) {
      return t;
    }
  }
  return 0;
}

struct Shot {
  std::vector<uint8_t> grey;
  std::vector<float> depth;
};

Shot Photograph(const Pose3& world_from_camera) {
  Shot shot;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const Eigen::Vector3d ray((x - kWidth / 2) / kFocal,
                                (y - kHeight / 2) / kFocal, 1);
      Eigen::Vector3d hit;
      const double depth = WallDepth(world_from_camera, ray, &hit);
      const int wall = hit.z() > 3 ? 1 : 0;
      const double value = 0.55 * Smooth(hit.x() * 8, hit.y() * 8, wall) +
                           0.45 * Smooth(hit.x() * 21, hit.y() * 21, wall + 7);
      shot.grey.push_back(static_cast<uint8_t>(std::lround(20 + 215 * value)));
      shot.depth.push_back(static_cast<float>(depth));
    }
  }
  return shot;
}

Pose3 TruePose(int frame) {
  const double t = 0.09 * frame;
  const Eigen::Vector3d turn(0.04 * std::sin(2 * t), 0.12 * std::sin(t), 0.05 * t);
  return Pose3(RotationExp(turn),
               Eigen::Vector3d(0.5 * std::sin(t), 0.15 * std::sin(1.7 * t),
                               0.4 * (1 - std::cos(t))));
}

RigCamera Camera(double baseline_m) {
  Lens lens;
  lens.fx = lens.fy = kFocal;
  lens.cx = kWidth / 2;
  lens.cy = kHeight / 2;
  RigCamera camera;
  camera.lens = LensProjection(lens);
  camera.baseline_m = baseline_m;
  return camera;
}

enum class Kind { kMono, kStereo, kDepth };

SensorFrame FrameOf(int index, Kind kind, double shift_px) {
  SensorFrame frame;
  frame.index = index;
  frame.time_s = index / 30.0;
  const Pose3 pose = TruePose(index);
  const Shot left = Photograph(pose);
  frame.left = ImagePyramid(left.grey.data(), kWidth, kHeight, 5);
  if (kind == Kind::kDepth) frame.depth_m = left.depth;
  if (kind == Kind::kStereo) {
    // A turn of the second camera that its calibration knows nothing of moves
    // its picture sideways.
    Pose3 right = pose;
    right.translation += pose.rotation.col(0) * kBaseline;
    right.rotation = pose.rotation *
                     RotationExp(Eigen::Vector3d(0, shift_px / kFocal, 0));
    const Shot other = Photograph(right);
    frame.right = ImagePyramid(other.grey.data(), kWidth, kHeight, 5);
  }
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

Tracker Tracked(Kind kind, int frames, double shift_px) {
  TrackerOptions options;
  options.corners.cell_px = 16;
  Tracker tracker(Camera(kind == Kind::kStereo ? kBaseline : 0), options);
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

void TheSameFramesGiveTheSamePoses() {
  const Tracker first = Tracked(Kind::kDepth, 8, 0);
  const Tracker second = Tracked(Kind::kDepth, 8, 0);
  SENSE_EXPECT(first.pose().translation == second.pose().translation);
}

void TheCameraIsFoundAgainAfterDarkness() {
  TrackerOptions options;
  options.corners.cell_px = 16;
  Tracker tracker(Camera(0), options);
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
  TheSameFramesGiveTheSamePoses();
  TheCameraIsFoundAgainAfterDarkness();
}
