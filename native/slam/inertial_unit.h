#ifndef SENSE_NATIVE_SLAM_INERTIAL_UNIT_H_
#define SENSE_NATIVE_SLAM_INERTIAL_UNIT_H_

#include <vector>

#include "native/slam/preintegration.h"
#include "native/slam/rigid_pose.h"

namespace sense::slam {

// An inertial unit beside a camera, and all that it measured.
struct InertialUnit {
  Pose3 camera_from_body;
  InertialNoise noise;
  // How its biases wander, per root of Hz.
  double turn_rate_walk = 2e-5, acceleration_walk = 3e-3;
  std::vector<InertialReading> readings;  // In the order of time.
};

// Of a keyframe: the unit's velocity in the world, and its biases.
struct KeyframeMotion {
  Eigen::Vector3d velocity = Eigen::Vector3d::Zero();
  InertialBias bias;
};

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_INERTIAL_UNIT_H_
