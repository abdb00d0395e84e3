#ifndef SENSE_NATIVE_CLOUDS_CLOUD_REGISTRATION_H_
#define SENSE_NATIVE_CLOUDS_CLOUD_REGISTRATION_H_

#include <Eigen/Geometry>

#include "native/clouds/surfel_cloud.h"
#include "native/stop_flag.h"

namespace sense {

struct CloudRegistrationOptions {
  // What remains across a surface against along it, as variances (GICP);
  // 0: from point to plane only.
  double slip = 1e-3;
  int iterations = 20;          // Of one size of cells.
  int coarsest = 3;             // First level that is used.
  // What ends the finest level, radians and shares of a cell; larger cells
  // stop earlier in proportion.
  double rotation_step = 1e-4;
  double shift_step = 1e-2;
};

struct CloudRegistration {
  Eigen::Isometry3d target_from_source = Eigen::Isometry3d::Identity();
  // How well the position is fixed, of turns about the target's origin and
  // shifts: the normal equations' matrix over the variance of the residuals.
  Eigen::Matrix<double, 6, 6> information =
      Eigen::Matrix<double, 6, 6>::Zero();
  double overlap = 0;      // Share of the source that lies on the target.
  double residual = 0;     // Median distance from surface to surface.
  int matches = 0;
  int iterations = 0;      // Of all levels.
  bool converged = false;
};

// Generalized ICP (Segal et al., RSS 2009) from large cells to small ones.
// Both clouds have the same sizes of cells. A piece of the source goes with
// the nearest one of the target in the eight cells around it; residuals are
// weighted by Geman and McClure's function with a width that is measured.
CloudRegistration RegisterClouds(const SurfelCloud& source,
                                 const SurfelCloud& target,
                                 const Eigen::Isometry3d& target_from_source,
                                 const CloudRegistrationOptions& options,
                                 const StopFlag* stop = nullptr);

}  // namespace sense

#endif  // SENSE_NATIVE_CLOUDS_CLOUD_REGISTRATION_H_
