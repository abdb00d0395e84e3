#ifndef SENSE_NATIVE_SLAM_POSE_REFINEMENT_H_
#define SENSE_NATIVE_SLAM_POSE_REFINEMENT_H_

#include <cstdint>
#include <vector>

#include "native/slam/image_measurement.h"
#include "native/slam/rigid_pose.h"

namespace sense::slam {

// A known point, and where it was seen.
struct PoseObservation {
  Eigen::Vector3d in_world;
  ImageMeasurement seen;
  int camera = 0;
};

// What is known of the pose besides, such as by a motion model: the squared
// length of root * Log(body_from_world * expected^-1) joins the cost.
struct PosePrior {
  Pose3 expected;
  Matrix6 root;
};

struct PoseRefinementOptions {
  int most_iterations = 10;  // In each round.
  // After a round, observations beyond 95 % of the chi-square distribution
  // have no say in the next one; Huber's loss holds in all but the last.
  int rounds = 3;
  const PosePrior* prior = nullptr;
};

struct RefinedPose {
  Pose3 body_from_world;
  // Of the tangent (rotation, translation) from the left, by the sigmas that
  // were given; infinite where the points leave the pose open.
  Matrix6 covariance;
  // The mean square of the inliers in their sigmas, which is 1 where these are
  // true; scale the covariance by it where they are only guessed.
  double variance_factor = 0;
  int inliers = 0;
  std::vector<uint8_t> outlier;
  std::vector<double> chi_square;

  // Of the body's centre in the world, in the scene's unit squared.
  Eigen::Matrix3d CentreCovariance() const {
    const Eigen::Matrix3d& r = body_from_world.rotation;
    return r.transpose() * covariance.bottomRightCorner<3, 3>() * r;
  }
};

// The pose that explains best where known points were seen, by Levenberg and
// Marquardt's method from `start`. Usable where at least three inliers (two and
// a prior) are left.
RefinedPose RefinePose(const std::vector<RigCamera>& cameras,
                       const std::vector<PoseObservation>& observations,
                       const Pose3& start,
                       const PoseRefinementOptions& options = {});

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_POSE_REFINEMENT_H_
