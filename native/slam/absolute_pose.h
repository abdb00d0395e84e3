#ifndef SENSE_NATIVE_SLAM_ABSOLUTE_POSE_H_
#define SENSE_NATIVE_SLAM_ABSOLUTE_POSE_H_

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <vector>

#include "native/stop_flag.h"

namespace sense {

// Where a camera is: x in the camera is rotation * x in the world +
// translation.
struct CameraPlace {
  Eigen::Matrix3d rotation = Eigen::Matrix3d::Identity();
  Eigen::Vector3d translation = Eigen::Vector3d::Zero();
};

// A point of the world, and the direction in which the camera sees it.
struct SeenPoint {
  Eigen::Vector3d point;
  // Of length 1; any lens.
  Eigen::Vector3d ray;
  // How far off, in radians, it is seen where all is well.
  double sigma;
  // Below 1 for one of several points that one place of the picture matches.
  double weight;
};

struct AbsolutePoseOptions {
  // Off by more than so many sigmas is wrong.
  double largest_sigmas = 3.0;
  int most_samples = 4000;
  double confidence = 0.9999;
  uint64_t seed = 0;
};

struct AbsolutePose {
  bool found = false;
  CameraPlace place;
  // Of every seen point.
  std::vector<uint8_t> is_inlier;
  // Sum of the weights of the inliers.
  double support = 0;
  // Standard deviation of one observation in its sigmas, from the inliers.
  double spread = 0;
  // Of the turn (radians) and of the centre of the camera, both in its own
  // axes: first three and last three rows.
  Eigen::Matrix<double, 6, 6> covariance =
      Eigen::Matrix<double, 6, 6>::Zero();
};

// The up to four places from which three points are seen along three rays of
// length 1 (Grunert 1841, as in Haralick et al., IJCV 13, 1994); empty where
// the points are on a line.
std::vector<CameraPlace> PlacesOfThreePoints(
    const std::array<Eigen::Vector3d, 3>& points,
    const std::array<Eigen::Vector3d, 3>& rays);

// Finds the place that most of the seen points agree with: three-point samples
// with a test by a fourth point, MSAC, and local optimisation of every better
// place (Chum, Matas and Kittler, DAGM 2003). The same for the same seed.
AbsolutePose FindAbsolutePose(const std::vector<SeenPoint>& seen,
                              const AbsolutePoseOptions& options,
                              const StopFlag* stop);

// Moves `place` to where the squared, capped distances of the inliers are
// least, and tells the covariance there.
AbsolutePose RefineAbsolutePose(const std::vector<SeenPoint>& seen,
                                const CameraPlace& place,
                                const AbsolutePoseOptions& options);

}  // namespace sense

#endif  // SENSE_NATIVE_SLAM_ABSOLUTE_POSE_H_
