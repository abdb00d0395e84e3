#ifndef SENSE_NATIVE_SLAM_IMAGE_MEASUREMENT_H_
#define SENSE_NATIVE_SLAM_IMAGE_MEASUREMENT_H_

#include <Eigen/Core>
#include <cmath>
#include <limits>

#include "native/slam/lens_projection.h"
#include "native/slam/rigid_pose.h"

namespace sense::slam {

// A camera that is fixed to what moves. With one camera, the moving thing is
// the camera itself; with several, or with an IMU, it is the body.
struct RigCamera {
  LensProjection lens;
  Pose3 camera_from_body;
  // Of the rectified right camera to the left one, in metres.
  double baseline_m = 0;
};

// Where a point was seen. What is NaN was not measured: at most one of
// right_u (a rectified pair) and depth_m (a depth camera) serves, right_u first.
struct ImageMeasurement {
  double u = 0, v = 0;
  double sigma_px = 1;
  double right_u = std::numeric_limits<double>::quiet_NaN();
  double depth_m = std::numeric_limits<double>::quiet_NaN();
  double depth_sigma_m = 0.01;

  bool has_third() const { return right_u == right_u || depth_m == depth_m; }
};

// 95 % of the chi-square distribution with two and with three degrees.
inline constexpr double kChiSquare2 = 5.991, kChiSquare3 = 7.815;

inline double ChiSquareBound(const ImageMeasurement& seen) {
  return seen.has_third() ? kChiSquare3 : kChiSquare2;
}

// Residuals in sigmas and how they change with the point in the camera; the
// third row is 0 where there is no third measurement.
struct WhitenedResidual {
  Eigen::Vector3d value;
  Eigen::Matrix3d by_point;

  double chi_square() const { return value.squaredNorm(); }
};

// False where the camera cannot see the point.
inline bool Residual(const RigCamera& camera, const ImageMeasurement& seen,
                     const Eigen::Vector3d& in_camera, WhitenedResidual* out) {
  ProjectedPoint shown;
  if (!camera.lens.Project(in_camera, &shown)) return false;
  const double weight = 1 / seen.sigma_px;
  out->value[0] = (shown.pixel[0] - seen.u) * weight;
  out->value[1] = (shown.pixel[1] - seen.v) * weight;
  out->by_point.topRows<2>() = shown.by_point * weight;
  out->value[2] = 0;
  out->by_point.row(2).setZero();
  if (seen.right_u == seen.right_u) {
    const double shift =
        camera.lens.lens().fx * camera.baseline_m / in_camera.z();
    out->value[2] = (shown.pixel[0] - shift - seen.right_u) * weight;
    out->by_point.row(2) = out->by_point.row(0);
    out->by_point(2, 2) += shift / in_camera.z() * weight;
  } else if (seen.depth_m == seen.depth_m) {
    const double depth_weight = 1 / seen.depth_sigma_m;
    out->value[2] = (in_camera.z() - seen.depth_m) * depth_weight;
    out->by_point(2, 2) = depth_weight;
  }
  return true;
}

// Huber's loss of a squared residual, and the weight by which iterated least
// squares reach it; quadratic up to `bound`.
struct HuberLoss {
  double cost, weight;
};

inline HuberLoss Huber(double chi_square, double bound) {
  if (chi_square <= bound) return {chi_square, 1};
  const double root = std::sqrt(chi_square), edge = std::sqrt(bound);
  return {2 * edge * root - bound, edge / root};
}

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_IMAGE_MEASUREMENT_H_
