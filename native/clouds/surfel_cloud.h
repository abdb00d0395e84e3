#ifndef SENSE_NATIVE_CLOUDS_SURFEL_CLOUD_H_
#define SENSE_NATIVE_CLOUDS_SURFEL_CLOUD_H_

#include <Eigen/Core>
#include <vector>

#include "native/clouds/moment_grid.h"

namespace sense {

// A small piece of a surface: the mean of the points of a cell, and the normal
// of those in it and around it. `flatness` is 0 where they make no surface, 1
// where they make a thin and wide one.
struct Surfel {
  Eigen::Vector3d place = Eigen::Vector3d::Zero();
  Eigen::Vector3d normal = Eigen::Vector3d::Zero();
  double flatness = 0;
};

// One size of cells.
struct SurfelLevel {
  MomentGrid grid;
  std::vector<Surfel> surfels;  // One a cell; relative to the grid's origin.
};

// A cloud of points as surfels of several sizes, the smallest first.
class SurfelCloud {
 public:
  // Places are relative to `origin`, which should be near the points.
  static SurfelCloud Of(const double* points, int64_t count, double cell_size,
                        int levels, const Eigen::Vector3d& origin);

  int levels() const { return static_cast<int>(levels_.size()); }
  const SurfelLevel& level(int number) const { return levels_[number]; }

 private:
  std::vector<SurfelLevel> levels_;
};

// Ascending eigenvalues of a symmetric matrix, and the eigenvector of the
// smallest one.
struct Flattening {
  Eigen::Vector3d values;
  Eigen::Vector3d normal;
};
Flattening FlatteningOf(const Eigen::Matrix3d& covariance);

}  // namespace sense

#endif  // SENSE_NATIVE_CLOUDS_SURFEL_CLOUD_H_
