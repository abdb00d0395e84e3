#ifndef SENSE_NATIVE_SLAM_INERTIAL_START_H_
#define SENSE_NATIVE_SLAM_INERTIAL_START_H_

#include <Eigen/Core>
#include <vector>

#include "native/slam/preintegration.h"

namespace sense::slam {

struct InertialStartOptions {
  bool scale_known = true;  // Of stereo and RGB-D; monocular poses lack one.
  double gravity_mps2 = 9.81;
};

// What pictures alone do not tell.
struct InertialStart {
  bool found = false;
  double scale = 1;         // Metres by unit of the poses.
  double scale_sigma = 0;   // As a share of it, by what the fit leaves over.
  Eigen::Vector3d gravity;  // In the world of the poses, m/s^2.
  Eigen::Vector3d turn_rate_bias;
  std::vector<Eigen::Vector3d> velocities;  // Of each pose, m/s in that world.
};

// Turn rate's bias, gravity, velocities and scale from the camera's poses in a
// row of pictures and the inertial sums between them (one fewer), by linear
// least squares; the accelerometer's bias is left to the adjustment that
// follows (Qin, Li and Shen, "VINS-Mono", T-RO 2018, section V). Not found with
// fewer than four poses, or where the motion leaves something open.
InertialStart FindInertialStart(const std::vector<Pose3>& world_from_camera,
                                const Pose3& body_from_camera,
                                const std::vector<Preintegration>& between,
                                const InertialStartOptions& options = {});

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_INERTIAL_START_H_
