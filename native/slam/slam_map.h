#ifndef SENSE_NATIVE_SLAM_SLAM_MAP_H_
#define SENSE_NATIVE_SLAM_SLAM_MAP_H_

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "native/slam/image_measurement.h"
#include "native/slam/patch_alignment.h"
#include "native/slam/rigid_pose.h"

namespace sense::slam {

// Where a keyframe saw a point.
struct KeyframeFeature {
  int point = -1;
  int level = 0;  // Of the pyramid, where it was measured.
  ImageMeasurement seen;
};

// A frame whose measurements hold the map together.
struct Keyframe {
  int frame = 0;
  double time_s = 0;
  Pose3 camera_from_world;
  std::vector<KeyframeFeature> features;
};

// A place of the scene. While it is not `known` only its direction is: it waits
// for parallax.
struct MapPoint {
  Eigen::Vector3d position = Eigen::Vector3d::Zero();
  bool known = false;
  bool bad = false;  // Given up; its number stays taken.
  int reference = 0;  // The keyframe that first saw it, and where.
  Eigen::Vector2d pixel = Eigen::Vector2d::Zero();
  int level = 0;
  StoredPatch patch;
  // In how many frames it should have been seen, and was.
  int visible = 1, found = 1;
  std::vector<int> keyframes;  // That saw it, rising.
};

struct SlamMap {
  std::vector<Keyframe> keyframes;
  std::vector<MapPoint> points;
};

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_SLAM_MAP_H_
