#ifndef SENSE_NATIVE_SLAM_BUNDLE_PROBLEM_H_
#define SENSE_NATIVE_SLAM_BUNDLE_PROBLEM_H_

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "native/slam/image_measurement.h"
#include "native/slam/rigid_pose.h"

namespace sense::slam {

struct BundleObservation {
  int pose = 0, point = 0, camera = 0;
  ImageMeasurement seen;
};

// What a bundle adjustment knows and changes. Observations may come in any
// order; the same input gives the same result to the last bit.
struct BundleProblem {
  std::vector<RigCamera> cameras;
  // camera_from_world, where camera_from_body is the identity.
  std::vector<Pose3> body_from_world;
  std::vector<Eigen::Vector3d> points;
  std::vector<BundleObservation> observations;
  // Which of them stay as they are; empty: none.
  std::vector<uint8_t> pose_fixed, point_fixed;

  bool IsPoseFixed(int n) const { return !pose_fixed.empty() && pose_fixed[n]; }
  bool IsPointFixed(int n) const {
    return !point_fixed.empty() && point_fixed[n];
  }
};

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_BUNDLE_PROBLEM_H_
