#include "native/slam/inertial_start.h"

#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>

namespace sense::slam {
namespace {

constexpr int kRounds = 4;

// What is unknown: a velocity of each pose, then gravity, then scale.
class LinearStart {
 public:
  LinearStart(const std::vector<Pose3>& cameras, const Pose3& body_from_camera,
              const std::vector<Preintegration>& between,
              const InertialBias& bias, bool scale_known)
      : count_(static_cast<int>(cameras.size())), scale_known_(scale_known) {
    const Eigen::Matrix3d camera_from_body = body_from_camera.rotation.transpose();
    for (const Pose3& camera : cameras) {
      rotations_.push_back(camera.rotation * camera_from_body);
      centres_.push_back(camera.translation);
      // From the camera to the unit, which the scale does not stretch.
      arms_.push_back(-(rotations_.back() * body_from_camera.translation));
    }
    for (const Preintegration& sum : between) {
      seconds_.push_back(sum.seconds());
      velocities_.push_back(sum.VelocityAt(bias));
      positions_.push_back(sum.PositionAt(bias));
    }
  }

  // Gravity is origin + basis * coordinates: free, or with its length known.
  bool Solve(const Eigen::Vector3d& origin, const Eigen::MatrixXd& basis,
             Eigen::VectorXd* out, double* last_sigma = nullptr) const {
    const int free = static_cast<int>(basis.cols());
    const int columns = 3 * count_ + free + (scale_known_ ? 0 : 1);
    Eigen::MatrixXd a = Eigen::MatrixXd::Zero(6 * (count_ - 1), columns);
    Eigen::VectorXd b = Eigen::VectorXd::Zero(a.rows());
    for (int n = 0; n + 1 < count_; ++n) {
      FillRows(n, origin, basis, free, a, b);
    }
    const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> decomposed(a);
    const auto diagonal = decomposed.matrixR().diagonal().cwiseAbs();
    if (!(diagonal.minCoeff() > 1e-6 * diagonal.maxCoeff())) return false;
    *out = decomposed.solve(b);
    if (last_sigma != nullptr) {
      const double spare = std::max<double>(1, a.rows() - columns);
      const double variance = (a * *out - b).squaredNorm() / spare;
      const Eigen::VectorXd last = Eigen::VectorXd::Unit(columns, columns - 1);
      const Eigen::MatrixXd normal = a.transpose() * a;
      *last_sigma = std::sqrt(variance * last.dot(normal.ldlt().solve(last)));
    }
    return out->allFinite();
  }

 private:
  void FillRows(int n, const Eigen::Vector3d& origin,
                const Eigen::MatrixXd& basis, int free, Eigen::MatrixXd& a,
                Eigen::VectorXd& b) const {
    const double s = seconds_[n];
    const Eigen::Matrix3d one = Eigen::Matrix3d::Identity();
    const int row = 6 * n, gravity = 3 * count_;
    // Position: scale * (c' - c) + arm' - arm = v s + g s^2 / 2 + R p.
    a.block<3, 3>(row, 3 * n) = s * one;
    a.block(row, gravity, 3, free) = basis * (s * s / 2);
    const Eigen::Vector3d way = centres_[n + 1] - centres_[n];
    const Eigen::Vector3d turned = rotations_[n] * positions_[n];
    b.segment<3>(row) =
        arms_[n + 1] - arms_[n] - turned - origin * (s * s / 2);
    if (scale_known_) {
      b.segment<3>(row) += way;
    } else {
      a.block<3, 1>(row, gravity + free) = -way;
    }
    // Velocity: v' - v = g s + R dv; in metres, by the time.
    a.block<3, 3>(row + 3, 3 * n) = -s * one;
    a.block<3, 3>(row + 3, 3 * n + 3) = s * one;
    a.block(row + 3, gravity, 3, free) = -basis * (s * s);
    b.segment<3>(row + 3) = (rotations_[n] * velocities_[n] + origin * s) * s;
  }

  int count_;
  bool scale_known_;
  std::vector<Eigen::Matrix3d> rotations_;
  std::vector<Eigen::Vector3d> centres_, arms_, velocities_, positions_;
  std::vector<double> seconds_;
};

// The bias that makes the summed turns those of the poses.
Eigen::Vector3d TurnRateBias(const std::vector<Pose3>& cameras,
                             const Pose3& body_from_camera,
                             const std::vector<Preintegration>& between) {
  InertialBias bias;
  if (!between.empty()) bias.turn_rate = between.front().bias().turn_rate;
  for (int round = 0; round < kRounds; ++round) {
    Eigen::Matrix3d normal = Eigen::Matrix3d::Identity() * 1e-12;
    Eigen::Vector3d right = Eigen::Vector3d::Zero();
    for (size_t n = 0; n < between.size(); ++n) {
      const Eigen::Matrix3d turn =
          body_from_camera.rotation * cameras[n].rotation.transpose() *
          cameras[n + 1].rotation * body_from_camera.rotation.transpose();
      const Eigen::Matrix3d slope = between[n].by_bias().block<3, 3>(0, 0);
      const Eigen::Vector3d rest =
          RotationLog(between[n].RotationAt(bias).transpose() * turn);
      normal += slope.transpose() * slope;
      right += slope.transpose() * rest;
    }
    bias.turn_rate += normal.ldlt().solve(right);
  }
  return bias.turn_rate;
}

// Two directions across a vector.
Eigen::Matrix<double, 3, 2> Across(const Eigen::Vector3d& vector) {
  const Eigen::Vector3d first = vector.unitOrthogonal();
  Eigen::Matrix<double, 3, 2> both;
  both << first, vector.normalized().cross(first);
  return both;
}

}  // namespace

InertialStart FindInertialStart(const std::vector<Pose3>& world_from_camera,
                                const Pose3& body_from_camera,
                                const std::vector<Preintegration>& between,
                                const InertialStartOptions& options) {
  InertialStart start;
  const int count = static_cast<int>(world_from_camera.size());
  if (count < 4 || between.size() + 1 != world_from_camera.size()) return start;
  InertialBias bias = between.front().bias();
  bias.turn_rate = TurnRateBias(world_from_camera, body_from_camera, between);
  const LinearStart linear(world_from_camera, body_from_camera, between, bias,
                           options.scale_known);
  Eigen::VectorXd x;
  const Eigen::Matrix3d free = Eigen::Matrix3d::Identity();
  if (!linear.Solve(Eigen::Vector3d::Zero(), free, &x)) return start;
  Eigen::Vector3d gravity = x.segment<3>(3 * count);
  if (!(gravity.norm() > 0.1 * options.gravity_mps2)) return start;
  // Now with its length, which tells scale from a slant.
  double sigma = 0;
  for (int round = 0; round < kRounds; ++round) {
    gravity *= options.gravity_mps2 / gravity.norm();
    const Eigen::Matrix<double, 3, 2> across = Across(gravity);
    if (!linear.Solve(gravity, across, &x, &sigma)) return start;
    gravity += across * x.segment<2>(3 * count);
  }
  start.gravity = gravity * (options.gravity_mps2 / gravity.norm());
  start.turn_rate_bias = bias.turn_rate;
  start.scale = options.scale_known ? 1 : x[x.size() - 1];
  if (!options.scale_known) start.scale_sigma = sigma / std::abs(start.scale);
  for (int n = 0; n < count; ++n) {
    start.velocities.push_back(x.segment<3>(3 * n));
  }
  start.found = start.scale > 0;
  return start;
}

}  // namespace sense::slam
