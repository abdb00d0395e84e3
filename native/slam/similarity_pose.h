#ifndef SENSE_NATIVE_SLAM_SIMILARITY_POSE_H_
#define SENSE_NATIVE_SLAM_SIMILARITY_POSE_H_

#include <Eigen/Core>
#include <Eigen/Geometry>
#include <cmath>

#include "native/slam/rigid_pose.h"

namespace sense::slam {

using Vector7 = Eigen::Matrix<double, 7, 1>;
using Matrix7 = Eigen::Matrix<double, 7, 7>;

// A similarity x_in_target = scale * rotation * x_in_source + translation.
// Tangents are (rotation, translation, logarithm of the scale), from the left
// (Strasdat, Montiel and Davison, "Scale drift-aware large scale monocular
// SLAM", RSS 2010).
struct Similarity3 {
  double scale = 1;
  Eigen::Matrix3d rotation = Eigen::Matrix3d::Identity();
  Eigen::Vector3d translation = Eigen::Vector3d::Zero();

  Similarity3() = default;
  Similarity3(double s, const Eigen::Matrix3d& r, const Eigen::Vector3d& t)
      : scale(s), rotation(r), translation(t) {}
  explicit Similarity3(const Pose3& pose)
      : rotation(pose.rotation), translation(pose.translation) {}

  Eigen::Vector3d operator*(const Eigen::Vector3d& point) const {
    return scale * (rotation * point) + translation;
  }
  Similarity3 operator*(const Similarity3& other) const {
    return {scale * other.scale, rotation * other.rotation,
            scale * (rotation * other.translation) + translation};
  }
  Similarity3 Inverse() const {
    return {1 / scale, rotation.transpose(),
            -(rotation.transpose() * translation) / scale};
  }
  // The rigid motion that projects every point to the same pixel: a camera
  // sees no difference when what it sees is scaled about its centre.
  Pose3 SameRays() const { return {rotation, translation / scale}; }

  static Similarity3 Exp(const Vector7& tangent) {
    const Eigen::Vector3d turn = tangent.head<3>();
    return {std::exp(tangent[6]), RotationExp(turn),
            TranslationMatrix(turn, tangent[6]) * tangent.segment<3>(3)};
  }
  Vector7 Log() const {
    Vector7 tangent;
    tangent.head<3>() = RotationLog(rotation);
    tangent[6] = std::log(scale);
    tangent.segment<3>(3) = TranslationMatrix(tangent.head<3>(), tangent[6])
                                .partialPivLu()
                                .solve(translation);
    return tangent;
  }
  // this * Exp(x) * this^-1 = Exp(Adjoint() * x).
  Matrix7 Adjoint() const {
    Matrix7 m = Matrix7::Zero();
    m.topLeftCorner<3, 3>() = rotation;
    m.block<3, 3>(3, 0) = CrossMatrix(translation) * rotation;
    m.block<3, 3>(3, 3) = scale * rotation;
    m.block<3, 1>(3, 6) = -translation;
    m(6, 6) = 1;
    return m;
  }
  Similarity3 Moved(const Vector7& tangent) const {
    Similarity3 moved = Exp(tangent) * *this;
    moved.rotation =
        Eigen::Quaterniond(moved.rotation).normalized().toRotationMatrix();
    return moved;
  }

 private:
  // The integral of exp(t * growth) RotationExp(t * turn) for t from 0 to 1.
  static Eigen::Matrix3d TranslationMatrix(const Eigen::Vector3d& turn,
                                           double growth) {
    const double square = turn.squaredNorm(), angle = std::sqrt(square);
    const double s = growth, scale = std::exp(s);
    const bool still = std::abs(s) < 1e-5;
    const double c = still ? 1 + s / 2 + s * s / 6 : (scale - 1) / s;
    double a, b;
    if (angle < kSmallAngle) {
      a = still ? 0.5 + s / 3 : ((s - 1) * scale + 1) / (s * s);
      b = still ? 1.0 / 6 + s / 8
                : (scale * (s * s / 2 - s + 1) - 1) / (s * s * s);
    } else {
      const double sine = scale * std::sin(angle);
      const double cosine = scale * std::cos(angle);
      const double sum = square + s * s;
      a = (sine * s + (1 - cosine) * angle) / (angle * sum);
      b = (c - ((cosine - 1) * s + sine * angle) / sum) / square;
    }
    const Eigen::Matrix3d cross = CrossMatrix(turn);
    return c * Eigen::Matrix3d::Identity() + a * cross + b * (cross * cross);
  }
};

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_SIMILARITY_POSE_H_
