#ifndef SENSE_NATIVE_SLAM_PREINTEGRATION_H_
#define SENSE_NATIVE_SLAM_PREINTEGRATION_H_

#include <Eigen/Core>
#include <vector>

#include "native/slam/rigid_pose.h"

// What an inertial unit measures between two pictures, summed up once (Forster,
// Carlone, Dellaert and Scaramuzza, "On-manifold preintegration for real-time
// visual-inertial odometry", T-RO 2017).
namespace sense::slam {

using Vector9 = Eigen::Matrix<double, 9, 1>;
using Matrix9 = Eigen::Matrix<double, 9, 9>;
using Matrix96 = Eigen::Matrix<double, 9, 6>;

// One reading: rad/s and m/s^2 in the unit's frame, gravity included.
struct InertialReading {
  double seconds = 0;
  Eigen::Vector3d turn_rate, acceleration;
};

// Densities of white noise, per root of Hz, as EuRoC's sensor.yaml has them.
struct InertialNoise {
  double turn_rate = 1.7e-4;
  double acceleration = 2e-3;
};

// (turn rate, acceleration): what the unit shows when nothing moves it.
struct InertialBias {
  Eigen::Vector3d turn_rate = Eigen::Vector3d::Zero();
  Eigen::Vector3d acceleration = Eigen::Vector3d::Zero();
};

// Pose and velocity of the unit in the world.
struct InertialState {
  Pose3 world_from_body;
  Eigen::Vector3d velocity = Eigen::Vector3d::Zero();
};

// The change of rotation, velocity and position in the frame of the first
// instant, without gravity; how it changes with the biases; its covariance in
// the order (rotation, velocity, position).
class Preintegration {
 public:
  explicit Preintegration(const InertialBias& bias = {},
                          const InertialNoise& noise = {})
      : bias_(bias), noise_(noise) {}

  // Goes on by one reading that holds for `seconds`.
  void Add(const Eigen::Vector3d& turn_rate, const Eigen::Vector3d& acceleration,
           double seconds);
  // The readings from one time to another, in order; between readings they
  // change evenly, and the first and the last hold further out. Returns false,
  // and adds nothing, where there are none within `most_gap_s` of the span.
  bool AddReadings(const std::vector<InertialReading>& readings, double from_s,
                   double to_s, double most_gap_s = 0.1);

  double seconds() const { return seconds_; }
  const Matrix9& covariance() const { return covariance_; }
  const InertialBias& bias() const { return bias_; }

  // The same, had the bias been another one near it, to first order.
  Eigen::Matrix3d RotationAt(const InertialBias& bias) const;
  Eigen::Vector3d VelocityAt(const InertialBias& bias) const;
  Eigen::Vector3d PositionAt(const InertialBias& bias) const;
  // By (turn rate's, acceleration's) bias, rows as the covariance's.
  const Matrix96& by_bias() const { return by_bias_; }

  // Where the unit is at the end.
  InertialState Predict(const InertialState& start, const InertialBias& bias,
                        const Eigen::Vector3d& gravity) const;
  // What the two states contradict of it, in the covariance's order.
  Vector9 Contradiction(const InertialState& start, const InertialState& end,
                        const InertialBias& bias,
                        const Eigen::Vector3d& gravity) const;

 private:
  InertialBias bias_;
  InertialNoise noise_;
  double seconds_ = 0;
  Eigen::Matrix3d rotation_ = Eigen::Matrix3d::Identity();
  Eigen::Vector3d velocity_ = Eigen::Vector3d::Zero();
  Eigen::Vector3d position_ = Eigen::Vector3d::Zero();
  Matrix9 covariance_ = Matrix9::Zero();
  Matrix96 by_bias_ = Matrix96::Zero();
};

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_PREINTEGRATION_H_
