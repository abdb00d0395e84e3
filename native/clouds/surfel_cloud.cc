#include "native/clouds/surfel_cloud.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "native/thread_pool.h"

namespace sense {
namespace {

constexpr int kChunk = 1024;
constexpr double kFewestPoints = 5;
// A surface is at least so wide across, against its length, and so thin.
constexpr double kLeastWidth = 0.02;
constexpr double kThin = 0.15;

// The moments of a cell and of its 26 neighbours.
Moments Around(const MomentGrid& grid, int cell) {
  int64_t at[3];
  grid.PlaceOf(cell, at);
  Moments total;
  for (int64_t x = -1; x <= 1; ++x) {
    for (int64_t y = -1; y <= 1; ++y) {
      for (int64_t z = -1; z <= 1; ++z) {
        const int other = grid.Find(at[0] + x, at[1] + y, at[2] + z);
        if (other >= 0) total.Add(grid.moments(other));
      }
    }
  }
  return total;
}

Surfel SurfelOf(const MomentGrid& grid, int cell) {
  Surfel surfel;
  surfel.place = grid.moments(cell).mean();
  const Moments around = Around(grid, cell);
  if (around.count < kFewestPoints) return surfel;
  const Flattening flat = FlatteningOf(around.covariance());
  const Eigen::Vector3d& values = flat.values;
  if (!(values[2] > 0) || values[1] < kLeastWidth * values[2]) return surfel;
  const double thickness =
      std::sqrt(std::max(values[0], 0.0) / values[1]) / kThin;
  surfel.normal = flat.normal;
  surfel.flatness = 1 / (1 + thickness * thickness);
  return surfel;
}

// Where the points around a small cell make a line only, as the rings of a
// laser scanner do, the surface is that of the larger cell.
void BorrowFromLarger(const SurfelLevel& larger, SurfelLevel& level) {
  for (int cell = 0; cell < level.grid.size(); ++cell) {
    Surfel& surfel = level.surfels[cell];
    if (surfel.flatness > 0) continue;
    int64_t at[3];
    level.grid.PlaceOf(cell, at);
    const int other = larger.grid.Find(at[0] >> 1, at[1] >> 1, at[2] >> 1);
    if (other < 0) continue;
    surfel.normal = larger.surfels[other].normal;
    surfel.flatness = larger.surfels[other].flatness;
  }
}

}  // namespace

Flattening FlatteningOf(const Eigen::Matrix3d& covariance) {
  Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> solver;
  solver.computeDirect(covariance);
  return {solver.eigenvalues(), solver.eigenvectors().col(0)};
}

SurfelCloud SurfelCloud::Of(const double* points, int64_t count,
                            double cell_size, int levels,
                            const Eigen::Vector3d& origin) {
  SurfelCloud cloud;
  cloud.levels_.resize(static_cast<size_t>(std::max(levels, 1)));
  for (size_t number = 0; number < cloud.levels_.size(); ++number) {
    SurfelLevel& level = cloud.levels_[number];
    level.grid = number == 0
                     ? MomentGrid::Of(points, count, cell_size, origin)
                     : cloud.levels_[number - 1].grid.Halved();
    const int size = level.grid.size();
    level.surfels.resize(static_cast<size_t>(size));
    ThreadPool::Shared().ForEach((size + kChunk - 1) / kChunk, [&](int chunk) {
      const int end = std::min(size, (chunk + 1) * kChunk);
      for (int cell = chunk * kChunk; cell < end; ++cell) {
        level.surfels[cell] = SurfelOf(level.grid, cell);
      }
    });
  }
  for (int number = cloud.levels() - 2; number >= 0; --number) {
    BorrowFromLarger(cloud.levels_[number + 1], cloud.levels_[number]);
  }
  return cloud;
}

}  // namespace sense
