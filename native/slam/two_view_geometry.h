#ifndef SENSE_NATIVE_SLAM_TWO_VIEW_GEOMETRY_H_
#define SENSE_NATIVE_SLAM_TWO_VIEW_GEOMETRY_H_

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "native/slam/essential_solver.h"

namespace sense::slam {

struct TwoViewOptions {
  // Of a ray, rad: of a pixel divided by the focal length.
  double sigma_rad = 1.0 / 500;
  int iterations = 200;
  uint64_t seed = 0;
  // Two motions by which nearly as many points fit leave it undecided.
  double clear_share = 0.8;
};

enum class TwoViewOutcome {
  kSolved,
  kTooFew,          // Rays that belong together.
  kNoMotionFits,    // They do not show one rigid scene.
  kLittleParallax,  // The camera turned only, or hardly moved.
  kAmbiguous,       // Several motions fit nearly as well.
};

struct TwoViewGeometry {
  TwoViewOutcome outcome = TwoViewOutcome::kTooFew;
  RelativeMotion second_from_first;  // Of length 1.
  bool planar = false;  // Whether a homography explained it.
  // For every pair: whether it fits, and where the point is in the first
  // camera, in lengths of the motion; NaN where that is not known.
  std::vector<char> inlier;
  std::vector<Eigen::Vector3d> points;
  int inliers = 0, triangulated = 0;
  // Between the rays of the triangulated points, the median.
  double parallax_deg = 0;

  bool solved() const { return outcome == TwoViewOutcome::kSolved; }
};

// The motion between two pictures, from rays (z = 1) to the same points, some
// of them wrong: an essential matrix from five and a homography from four pairs
// are searched for at random (from the seed), and whichever explains the rays
// better gives the motions to choose from. The result fits best in the sense
// of Sampson's error with Huber's loss.
TwoViewGeometry SolveTwoViews(const std::vector<Eigen::Vector3d>& first,
                              const std::vector<Eigen::Vector3d>& second,
                              const TwoViewOptions& options);

// Where two rays (z = 1) meet best, in the first camera (the least squares of
// Hartley and Sturm's linear method); false where it is not before both.
bool Triangulate(const RelativeMotion& second_from_first,
                 const Eigen::Vector3d& first, const Eigen::Vector3d& second,
                 Eigen::Vector3d* point);

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_TWO_VIEW_GEOMETRY_H_
