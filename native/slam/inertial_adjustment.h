#ifndef SENSE_NATIVE_SLAM_INERTIAL_ADJUSTMENT_H_
#define SENSE_NATIVE_SLAM_INERTIAL_ADJUSTMENT_H_

#include <cstdint>
#include <vector>

#include "native/slam/bundle_problem.h"
#include "native/slam/preintegration.h"
#include "native/stop_flag.h"

namespace sense::slam {

// The inertial readings from one pose to a later one.
struct InertialLink {
  int from = 0, to = 0;
  Preintegration sum;
};

// A window of pictures with inertial readings between them. The body is the
// inertial unit: the cameras say where they sit on it. The past is kept by
// fixing the oldest poses and motions.
struct InertialProblem {
  BundleProblem bundle;
  // Of each pose: its velocity in the world, and the unit's biases.
  std::vector<Eigen::Vector3d> velocities;
  std::vector<InertialBias> biases;
  // Which velocities and biases stay as they are; empty: none.
  std::vector<uint8_t> motion_fixed;
  std::vector<InertialLink> links;
  Eigen::Vector3d gravity{0, 9.81, 0};  // In the world, m/s^2.
  // How biases wander, per root of Hz, as EuRoC's sensor.yaml has it.
  double turn_rate_walk = 2e-5, acceleration_walk = 3e-3;
  // How far from none a bias may be expected (rad/s, m/s^2): holds what the
  // motion does not tell.
  double turn_rate_bias_sigma = 0.1, acceleration_bias_sigma = 0.3;
};

struct InertialOptions {
  int most_iterations = 10;
  double tolerance = 1e-5;
  const StopFlag* stop = nullptr;
};

struct InertialReport {
  int iterations = 0;
  double cost_before = 0, cost_after = 0;
  bool converged = false, stopped = false;
};

// Levenberg and Marquardt's method over poses, velocities, biases and points,
// with Huber's loss on what was seen. Throws std::invalid_argument where sizes
// or indices do not fit.
InertialReport AdjustInertial(InertialProblem* problem,
                              const InertialOptions& options = {});

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_INERTIAL_ADJUSTMENT_H_
