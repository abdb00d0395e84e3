#ifndef SENSE_NATIVE_SLAM_ESSENTIAL_SOLVER_H_
#define SENSE_NATIVE_SLAM_ESSENTIAL_SOLVER_H_

#include <Eigen/Core>
#include <array>
#include <vector>

namespace sense::slam {

// The essential matrices E (second^T E first = 0) of five pairs of rays, up to
// ten (Stewenius, Engels and Nister, "Recent developments on direct relative
// orientation", ISPRS Journal 60, 2006).
std::vector<Eigen::Matrix3d> SolveEssential(
    const std::array<Eigen::Vector3d, 5>& first,
    const std::array<Eigen::Vector3d, 5>& second);

// A motion x_in_second = rotation * x_in_first + translation.
struct RelativeMotion {
  Eigen::Matrix3d rotation;
  Eigen::Vector3d translation;
};

// The four motions of length 1 that an essential matrix stands for.
std::array<RelativeMotion, 4> MotionsOfEssential(const Eigen::Matrix3d& matrix);

// The homography (second ~ H first) that fits pairs of rays best, by the
// singular value decomposition; four at least.
Eigen::Matrix3d SolveHomography(const std::vector<Eigen::Vector3d>& first,
                                const std::vector<Eigen::Vector3d>& second);

// The motions of length 1 that a homography of a plane stands for (Malis and
// Vargas, "Deeper understanding of the homography decomposition", 2007, by the
// eigenvectors as in Ma et al., "An Invitation to 3-D Vision", 5.3.3); none
// where the camera only turned.
std::vector<RelativeMotion> MotionsOfHomography(const Eigen::Matrix3d& matrix);

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_ESSENTIAL_SOLVER_H_
