#ifndef SENSE_NATIVE_SLAM_DRAWN_SCENE_H_
#define SENSE_NATIVE_SLAM_DRAWN_SCENE_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "native/slam/sensor_frame.h"

// Pictures of textured walls for the tests of the tracker.
namespace sense::slam {

inline constexpr int kWidth = 320, kHeight = 240;
inline constexpr double kFocal = 260, kBaseline = 0.12;

// Smooth noise of several scales, the same for the same place.
inline double Lattice(int x, int y, int z) {
  uint32_t h = static_cast<uint32_t>(x) * 73856093u ^
               static_cast<uint32_t>(y) * 19349663u ^
               static_cast<uint32_t>(z) * 83492791u;
  h = (h ^ (h >> 13)) * 1274126177u;
  return ((h ^ (h >> 16)) & 0xffff) / 65535.0;
}

inline double Smooth(double x, double y, int z) {
  const double fx = std::floor(x), fy = std::floor(y);
  const int i = static_cast<int>(fx), j = static_cast<int>(fy);
  double u = x - fx, v = y - fy;
  u = u * u * (3 - 2 * u);
  v = v * v * (3 - 2 * v);
  return (1 - v) * ((1 - u) * Lattice(i, j, z) + u * Lattice(i + 1, j, z)) +
         v * ((1 - u) * Lattice(i, j + 1, z) + u * Lattice(i + 1, j + 1, z));
}

// What a ray meets: how far along it, a place on the surface, and which one.
struct Hit {
  double depth = 0, across = 0, down = 0;
  int surface = 0;
};

// A wall 4 m away with a step of 1.2 m towards the camera in the middle.
inline Hit MeetWall(const Eigen::Vector3d& centre, const Eigen::Vector3d& ray) {
  for (const double wall : {2.8, 4.0}) {
    const double t = (wall - centre.z()) / ray.z();
    const Eigen::Vector3d at = centre + t * ray;
    if (wall > 3 || (std::abs(at.x()) < 0.7 && std::abs(at.y()) < 0.6)) {
      return {t, at.x(), at.y(), wall > 3 ? 1 : 0};
    }
  }
  return {};
}

// A room of 6 m by 3 m by 6 m around the origin.
inline Hit MeetRoom(const Eigen::Vector3d& centre, const Eigen::Vector3d& ray) {
  const Eigen::Vector3d half(3, 1.5, 3);
  Hit hit;
  for (int axis = 0; axis < 3; ++axis) {
    const bool positive = ray[axis] > 0;
    const double wall = positive ? half[axis] : -half[axis];
    const double t = (wall - centre[axis]) / ray[axis];
    if (!std::isfinite(t) || (hit.depth > 0 && t > hit.depth)) continue;
    const Eigen::Vector3d at = centre + t * ray;
    hit = {t, at[(axis + 1) % 3], at[(axis + 2) % 3], 2 * axis + positive + 2};
  }
  return hit;
}

using Scene = Hit (*)(const Eigen::Vector3d&, const Eigen::Vector3d&);

struct Shot {
  std::vector<uint8_t> grey;
  std::vector<float> depth;
};

inline Shot Photograph(const Pose3& world_from_camera, Scene scene) {
  Shot shot;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const Eigen::Vector3d ray((x - kWidth / 2) / kFocal,
                                (y - kHeight / 2) / kFocal, 1);
      const Hit hit = scene(world_from_camera.translation,
                            world_from_camera.rotation * ray);
      const double value =
          0.3 * Smooth(hit.across * 2, hit.down * 2, hit.surface + 14) +
          0.4 * Smooth(hit.across * 8, hit.down * 8, hit.surface) +
          0.3 * Smooth(hit.across * 21, hit.down * 21, hit.surface + 7);
      shot.grey.push_back(static_cast<uint8_t>(std::lround(20 + 215 * value)));
      shot.depth.push_back(static_cast<float>(hit.depth));
    }
  }
  return shot;
}

inline RigCamera DrawnCamera(double baseline_m) {
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

// `shift_px` is by how much a turn of the second camera that its calibration
// knows nothing of moves its picture sideways.
inline SensorFrame FrameAt(const Pose3& world_from_camera, Scene scene,
                           Kind kind, double shift_px = 0) {
  SensorFrame frame;
  const Shot left = Photograph(world_from_camera, scene);
  frame.left = ImagePyramid(left.grey.data(), kWidth, kHeight, 5);
  if (kind == Kind::kDepth) frame.depth_m = left.depth;
  if (kind == Kind::kStereo) {
    Pose3 right = world_from_camera;
    right.translation += right.rotation.col(0) * kBaseline;
    right.rotation = right.rotation *
                     RotationExp(Eigen::Vector3d(0, shift_px / kFocal, 0));
    const Shot other = Photograph(right, scene);
    frame.right = ImagePyramid(other.grey.data(), kWidth, kHeight, 5);
  }
  return frame;
}

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_DRAWN_SCENE_H_
