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

// The moments of every cell and its 26 neighbours. Each pair of neighbours is
// looked for once only: from the one that comes first.
std::vector<Moments> Around(const MomentGrid& grid) {
  constexpr int kFirstAfter = 14;  // Of 27, the 14th is the cell itself.
  std::vector<Moments> total;
  total.reserve(static_cast<size_t>(grid.size()));
  for (int cell = 0; cell < grid.size(); ++cell) {
    total.push_back(grid.moments(cell));
  }
  for (int cell = 0; cell < grid.size(); ++cell) {
    int64_t at[3];
    grid.PlaceOf(cell, at);
    for (int near = kFirstAfter; near < 27; ++near) {
      const int other =
          grid.Find(at[0] + near / 9 - 1, at[1] + near / 3 % 3 - 1,
                    at[2] + near % 3 - 1);
      if (other < 0) continue;
      total[cell].Add(grid.moments(other));
      total[other].Add(grid.moments(cell));
    }
  }
  return total;
}

Surfel SurfelOf(const Moments& own, const Moments& around) {
  Surfel surfel;
  surfel.place = own.mean();
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
    const std::vector<Moments> around = Around(level.grid);
    ThreadPool::Shared().ForEach((size + kChunk - 1) / kChunk, [&](int chunk) {
      const int end = std::min(size, (chunk + 1) * kChunk);
      for (int cell = chunk * kChunk; cell < end; ++cell) {
        level.surfels[cell] =
            SurfelOf(level.grid.moments(cell), around[cell]);
      }
    });
  }
  for (int number = cloud.levels() - 2; number >= 0; --number) {
    BorrowFromLarger(cloud.levels_[number + 1], cloud.levels_[number]);
  }
  return cloud;
}

}  // namespace sense
