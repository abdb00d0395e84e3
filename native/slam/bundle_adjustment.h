#ifndef SENSE_NATIVE_SLAM_BUNDLE_ADJUSTMENT_H_
#define SENSE_NATIVE_SLAM_BUNDLE_ADJUSTMENT_H_

#include <cstdint>
#include <vector>

#include "native/slam/bundle_problem.h"
#include "native/stop_flag.h"

// How a tracker uses it:
//
//   BundleProblem problem;
//   problem.cameras = {camera};             // RigCamera{LensProjection(lens)}
//   problem.body_from_world = poses;        // camera_from_world of one camera
//   problem.pose_fixed = fixed;             // the frame of the window
//   problem.points = points;
//   problem.observations.push_back({pose, point, 0, {u, v, sigma_px}});
//   const BundleReport report = AdjustBundle(&problem, {.stop = &stop});
//   // problem.body_from_world and problem.points are better now; what
//   // report.outlier names should be taken out of the map.
//
// Poses without fixed ones around them keep the free motion of the whole as it
// was, to within the damping: fix one pose (two for a monocular window, whose
// scale is free as well) where the frame matters.
namespace sense::slam {

struct BundleOptions {
  int most_iterations = 10;  // In each round.
  // After a round, observations beyond 95 % of the chi-square distribution
  // have no say in the next one; those that have come back have.
  int rounds = 1;
  bool robust = true;         // Huber's loss; never in the last of several rounds.
  double tolerance = 1e-5;    // Relative decrease of the cost that ends a round.
  const StopFlag* stop = nullptr;
};

struct BundleReport {
  int iterations = 0;
  double cost_before = 0, cost_after = 0;  // Sums of squared sigmas, robust.
  bool converged = false, stopped = false;
  // Of each observation: its squared sigmas (infinite where the camera cannot
  // see the point), and whether they are beyond the bound of 95 %.
  std::vector<double> chi_square;
  std::vector<uint8_t> outlier;
};

// Levenberg and Marquardt's method over poses and points. When stopped, the
// best state so far is kept. Throws std::invalid_argument where an index is out
// of range.
BundleReport AdjustBundle(BundleProblem* problem,
                          const BundleOptions& options = {});

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_BUNDLE_ADJUSTMENT_H_
