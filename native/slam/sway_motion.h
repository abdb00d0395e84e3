#ifndef SENSE_NATIVE_SLAM_SWAY_MOTION_H_
#define SENSE_NATIVE_SLAM_SWAY_MOTION_H_

#include <cmath>
#include <vector>

#include "native/slam/preintegration.h"

// A motion whose readings are known exactly, for tests.
namespace sense::slam {

inline const Eigen::Vector3d kGravity(0, 0, -9.81);

// A smooth motion with exact derivatives: the body sways and turns.
inline InertialState StateAt(double t) {
  InertialState state;
  state.world_from_body.rotation =
      RotationExp({0.4 * std::sin(0.9 * t), 0.3 * std::sin(1.3 * t + 1), 0.5 * t});
  state.world_from_body.translation = {2 * std::sin(0.8 * t), 1.5 * std::cos(t),
                                       0.5 * std::sin(1.7 * t)};
  state.velocity = {1.6 * std::cos(0.8 * t), -1.5 * std::sin(t),
                    0.85 * std::cos(1.7 * t)};
  return state;
}

inline InertialReading ReadingOf(double t, const InertialBias& bias) {
  const double e = 1e-5;
  const Eigen::Matrix3d r = StateAt(t).world_from_body.rotation;
  const Eigen::Matrix3d before = StateAt(t - e).world_from_body.rotation;
  const Eigen::Matrix3d after = StateAt(t + e).world_from_body.rotation;
  const Eigen::Vector3d acceleration(-1.28 * std::sin(0.8 * t),
                                     -1.5 * std::cos(t),
                                     -1.445 * std::sin(1.7 * t));
  return {t, RotationLog(before.transpose() * after) / (2 * e) + bias.turn_rate,
          r.transpose() * (acceleration - kGravity) + bias.acceleration};
}

inline std::vector<InertialReading> Readings(double from, double to,
                                      const InertialBias& bias) {
  std::vector<InertialReading> readings;
  for (double t = from; t <= to; t += 0.005) readings.push_back(ReadingOf(t, bias));
  return readings;
}

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_SWAY_MOTION_H_
