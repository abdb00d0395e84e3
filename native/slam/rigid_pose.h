#ifndef SENSE_NATIVE_SLAM_RIGID_POSE_H_
#define SENSE_NATIVE_SLAM_RIGID_POSE_H_

#include <Eigen/Core>
#include <Eigen/Geometry>
#include <cmath>

// Rotations and rigid motions. Tangents are (rotation, translation), and every
// solver here changes a pose from the left: Exp(tangent) * target_from_source.
// The formulas are those of Sola, Deray and Atchuthan, "A micro Lie theory for
// state estimation in robotics" (2018).
namespace sense::slam {

using Vector6 = Eigen::Matrix<double, 6, 1>;
using Matrix6 = Eigen::Matrix<double, 6, 6>;

// Below this angle (rad) the series of the trigonometric quotients are exact.
inline constexpr double kSmallAngle = 1e-4;

// cross(a) * b = a x b.
inline Eigen::Matrix3d CrossMatrix(const Eigen::Vector3d& a) {
  Eigen::Matrix3d m;
  m << 0, -a.z(), a.y(), a.z(), 0, -a.x(), -a.y(), a.x(), 0;
  return m;
}

// The rotation about the vector by its length (rad).
inline Eigen::Matrix3d RotationExp(const Eigen::Vector3d& turn) {
  const double square = turn.squaredNorm(), angle = std::sqrt(square);
  const bool small = angle < kSmallAngle;
  const double a = small ? 1 - square / 6 : std::sin(angle) / angle;
  const double b = small ? 0.5 - square / 24 : (1 - std::cos(angle)) / square;
  const Eigen::Matrix3d cross = CrossMatrix(turn);
  return Eigen::Matrix3d::Identity() + a * cross + b * (cross * cross);
}

// The shortest vector whose RotationExp the rotation is.
inline Eigen::Vector3d RotationLog(const Eigen::Matrix3d& rotation) {
  const Eigen::Quaterniond q(rotation);
  const double sine = q.vec().norm();
  if (sine < kSmallAngle / 2) {
    return 2 * q.vec() / q.w() * (1 - sine * sine / (3 * q.w() * q.w()));
  }
  // atan2 keeps its precision near a half turn, where an arc cosine loses it.
  const double half = q.w() < 0 ? std::atan2(-sine, -q.w())
                                : std::atan2(sine, q.w());
  return q.vec() * (2 * half / sine);
}

// d Exp(turn) from the left: Exp(turn + d) = Exp(LeftJacobian(turn) d) Exp(turn)
// to first order. The right one is that of -turn.
inline Eigen::Matrix3d LeftJacobian(const Eigen::Vector3d& turn) {
  const double square = turn.squaredNorm(), angle = std::sqrt(square);
  const bool small = angle < kSmallAngle;
  const double a = small ? 0.5 - square / 24 : (1 - std::cos(angle)) / square;
  const double b = small ? 1.0 / 6 - square / 120
                         : (angle - std::sin(angle)) / (square * angle);
  const Eigen::Matrix3d cross = CrossMatrix(turn);
  return Eigen::Matrix3d::Identity() + a * cross + b * (cross * cross);
}

inline Eigen::Matrix3d LeftJacobianInverse(const Eigen::Vector3d& turn) {
  const double square = turn.squaredNorm(), angle = std::sqrt(square);
  const double half = angle / 2;
  const double b = angle < 1e-3
                       ? 1.0 / 12 + square / 720
                       : (1 - half * std::cos(half) / std::sin(half)) / square;
  const Eigen::Matrix3d cross = CrossMatrix(turn);
  return Eigen::Matrix3d::Identity() - 0.5 * cross + b * (cross * cross);
}

inline Eigen::Matrix3d RightJacobian(const Eigen::Vector3d& turn) {
  return LeftJacobian(-turn);
}

inline Eigen::Matrix3d RightJacobianInverse(const Eigen::Vector3d& turn) {
  return LeftJacobianInverse(-turn);
}

// A rigid motion x_in_target = rotation * x_in_source + translation.
struct Pose3 {
  Eigen::Matrix3d rotation = Eigen::Matrix3d::Identity();
  Eigen::Vector3d translation = Eigen::Vector3d::Zero();

  Pose3() = default;
  Pose3(const Eigen::Matrix3d& r, const Eigen::Vector3d& t)
      : rotation(r), translation(t) {}
  Pose3(const Eigen::Quaterniond& q, const Eigen::Vector3d& t)
      : rotation(q.normalized().toRotationMatrix()), translation(t) {}

  Eigen::Vector3d operator*(const Eigen::Vector3d& point) const {
    return rotation * point + translation;
  }
  Pose3 operator*(const Pose3& other) const {
    return {Eigen::Matrix3d(rotation * other.rotation),
            rotation * other.translation + translation};
  }
  Pose3 Inverse() const {
    return {Eigen::Matrix3d(rotation.transpose()),
            -(rotation.transpose() * translation)};
  }
  // Where the target's origin is in the source: the camera's centre in the
  // world for a camera_from_world.
  Eigen::Vector3d Centre() const {
    return -(rotation.transpose() * translation);
  }
  Eigen::Quaterniond Quaternion() const { return Eigen::Quaterniond(rotation); }

  static Pose3 Exp(const Vector6& tangent) {
    const Eigen::Vector3d turn = tangent.head<3>();
    return {RotationExp(turn), LeftJacobian(turn) * tangent.tail<3>()};
  }
  Vector6 Log() const {
    Vector6 tangent;
    tangent.head<3>() = RotationLog(rotation);
    tangent.tail<3>() = LeftJacobianInverse(tangent.head<3>()) * translation;
    return tangent;
  }
  // this * Exp(x) * this^-1 = Exp(Adjoint() * x).
  Matrix6 Adjoint() const {
    Matrix6 m;
    m.topLeftCorner<3, 3>() = m.bottomRightCorner<3, 3>() = rotation;
    m.topRightCorner<3, 3>().setZero();
    m.bottomLeftCorner<3, 3>() = CrossMatrix(translation) * rotation;
    return m;
  }
  // Exp(tangent) * this, with the rotation kept orthogonal.
  Pose3 Moved(const Vector6& tangent) const {
    Pose3 moved = Exp(tangent) * *this;
    moved.rotation = moved.Quaternion().normalized().toRotationMatrix();
    return moved;
  }
};

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_RIGID_POSE_H_
