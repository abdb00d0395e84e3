#include "native/clouds/cloud_registration.h"

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <vector>

#include "native/thread_pool.h"

namespace sense {
namespace {

using Matrix6 = Eigen::Matrix<double, 6, 6>;
using Vector6 = Eigen::Matrix<double, 6, 1>;

constexpr int kChunk = 512;
constexpr int kFewestMatches = 10;
constexpr double kLeastFlatness = 0.05;
constexpr double kLeastAgreement = 0.6;  // Cosine between normals.
constexpr double kReach = 1.0;           // Cells.

// Of the robust weight, in medians of the distances across surfaces: 6 standard
// deviations of normal ones. Narrower ones lose what fixes turns.
constexpr double kWidth = 6 * 1.4826;

struct Match {
  int source;
  int target;
  double across;  // Distance along the target's normal.
};

struct Sums {
  Matrix6 matrix = Matrix6::Zero();
  Vector6 vector = Vector6::Zero();
  double squares = 0, weight = 0;
};

// The nearest surfel in the eight cells around a place, or -1.
int Nearest(const SurfelLevel& level, const Eigen::Vector3d& place) {
  const Eigen::Vector3d at = level.grid.Scaled(place);
  if (!(at.cwiseAbs().maxCoeff() < (1 << 19))) return -1;
  int64_t low[3];
  for (int axis = 0; axis < 3; ++axis) {
    low[axis] = static_cast<int64_t>(std::floor(at[axis] - 0.5));
  }
  const double reach = kReach * level.grid.cell_size();
  double least = reach * reach;
  int best = -1;
  for (int corner = 0; corner < 8; ++corner) {
    const int cell = level.grid.Find(low[0] + (corner & 1),
                                     low[1] + (corner >> 1 & 1),
                                     low[2] + (corner >> 2));
    if (cell < 0) continue;
    const double gap = (level.surfels[cell].place - place).squaredNorm();
    if (gap < least) {
      least = gap;
      best = cell;
    }
  }
  return best;
}

// One size of cells; `pose` brings the source's surfels to the target's.
class LevelAlignment {
 public:
  LevelAlignment(const SurfelLevel& source, const SurfelLevel& target,
                 double slip)
      : source_(source), target_(target), slip_(slip) {
    chunks_ = (static_cast<int>(source.surfels.size()) + kChunk - 1) / kChunk;
    found_.resize(static_cast<size_t>(chunks_));
    sums_.resize(static_cast<size_t>(chunks_));
  }

  void FindMatches(const Eigen::Isometry3d& pose) {
    ThreadPool::Shared().ForEach(chunks_, [&](int chunk) {
      std::vector<Match>& matches = found_[chunk];
      matches.clear();
      const int end = std::min(static_cast<int>(source_.surfels.size()),
                               (chunk + 1) * kChunk);
      for (int row = chunk * kChunk; row < end; ++row) {
        const Surfel& one = source_.surfels[row];
        const int near = Nearest(target_, pose * one.place);
        if (near < 0) continue;
        const Surfel& other = target_.surfels[near];
        if (one.flatness < kLeastFlatness || other.flatness < kLeastFlatness) {
          continue;
        }
        const double agreement =
            std::abs(other.normal.dot(pose.linear() * one.normal));
        if (agreement < kLeastAgreement) continue;
        const Eigen::Vector3d gap = other.place - pose * one.place;
        matches.push_back({row, near, std::abs(other.normal.dot(gap))});
      }
    });
    matches_ = 0;
    for (const auto& each : found_) matches_ += static_cast<int>(each.size());
  }

  int matches() const { return matches_; }

  double MedianAcross() const {
    std::vector<double> all;
    all.reserve(static_cast<size_t>(matches_));
    for (const auto& each : found_) {
      for (const Match& match : each) all.push_back(match.across);
    }
    if (all.empty()) return 0;
    const auto middle = all.begin() + static_cast<int64_t>(all.size() / 2);
    std::nth_element(all.begin(), middle, all.end());
    return *middle;
  }

  Sums Linearize(const Eigen::Isometry3d& pose, double width) {
    ThreadPool::Shared().ForEach(chunks_, [&](int chunk) {
      sums_[chunk] = Sums();
      for (const Match& match : found_[chunk]) {
        AddMatch(match, pose, width, sums_[chunk]);
      }
    });
    Sums total;
    // In the order of chunks: always the same.
    for (const Sums& each : sums_) {
      total.matrix += each.matrix;
      total.vector += each.vector;
      total.squares += each.squares;
      total.weight += each.weight;
    }
    return total;
  }

 private:
  void AddMatch(const Match& match, const Eigen::Isometry3d& pose, double width,
                Sums& sums) const {
    const Surfel& one = source_.surfels[match.source];
    const Surfel& other = target_.surfels[match.target];
    const Eigen::Vector3d place = pose * one.place;
    const Eigen::Vector3d gap = other.place - place;
    const double across = match.across / width;
    const double weight = 1 / ((1 + across * across) * (1 + across * across));
    Eigen::Matrix3d metric = other.normal * other.normal.transpose();
    if (slip_ > 0) {
      const Eigen::Vector3d turned = pose.linear() * one.normal;
      const Eigen::Matrix3d spread =
          2 * Eigen::Matrix3d::Identity() -
          (1 - slip_) * (metric + turned * turned.transpose());
      metric = spread.inverse() * (2 * slip_);
    }
    Eigen::Matrix<double, 3, 6> slope;  // Of the gap, by turn and shift.
    slope << 0, -place[2], place[1], -1, 0, 0,  //
        place[2], 0, -place[0], 0, -1, 0,       //
        -place[1], place[0], 0, 0, 0, -1;
    const Eigen::Matrix<double, 3, 6> weighed = weight * metric * slope;
    sums.matrix.noalias() += slope.transpose() * weighed;
    sums.vector.noalias() -= weighed.transpose() * gap;
    sums.squares += weight * gap.dot(metric * gap);
    sums.weight += weight;
  }

  const SurfelLevel& source_;
  const SurfelLevel& target_;
  const double slip_;
  int chunks_ = 0, matches_ = 0;
  std::vector<std::vector<Match>> found_;
  std::vector<Sums> sums_;
};

// The motion by a turn (rotation vector) and a shift.
Eigen::Isometry3d Motion(const Vector6& step) {
  const Eigen::Vector3d turn = step.head<3>();
  const double angle = turn.norm();
  Eigen::Isometry3d motion = Eigen::Isometry3d::Identity();
  if (angle > 1e-15) {
    motion.linear() =
        Eigen::AngleAxisd(angle, turn / angle).toRotationMatrix();
  }
  motion.translation() = step.tail<3>();
  return motion;
}

// Takes steps until they are small; tells whether they became so.
bool AlignLevel(LevelAlignment& level, double cell, double coarseness,
                const CloudRegistrationOptions& options, const StopFlag* stop,
                CloudRegistration& result) {
  for (int round = 0; round < options.iterations; ++round) {
    if (Stopped(stop)) return false;
    level.FindMatches(result.target_from_source);
    if (level.matches() < kFewestMatches) return false;
    const double width = std::max(kWidth * level.MedianAcross(), 1e-6 * cell);
    const Sums sums = level.Linearize(result.target_from_source, width);
    ++result.iterations;
    Matrix6 matrix = sums.matrix;
    // What nothing fixes, such as a shift along a corridor, stays as it is.
    matrix.diagonal() *= 1 + 1e-9;
    matrix.diagonal().array() += 1e-12 * matrix.trace();
    const Vector6 step = matrix.ldlt().solve(sums.vector);
    if (!step.allFinite()) return false;
    result.target_from_source = Motion(step) * result.target_from_source;
    const double variance = sums.squares / std::max(sums.weight, 1e-300);
    result.information = sums.matrix / std::max(variance, 1e-300);
    if (step.head<3>().norm() < options.rotation_step * coarseness &&
        step.tail<3>().norm() < options.shift_step * cell) {
      return true;
    }
  }
  return false;
}

}  // namespace

CloudRegistration RegisterClouds(const SurfelCloud& source,
                                 const SurfelCloud& target,
                                 const Eigen::Isometry3d& target_from_source,
                                 const CloudRegistrationOptions& options,
                                 const StopFlag* stop) {
  CloudRegistration result;
  const Eigen::Vector3d target_origin = target.level(0).grid.origin();
  const Eigen::Vector3d source_origin = source.level(0).grid.origin();
  // Between places relative to the origins.
  result.target_from_source = Eigen::Translation3d(-target_origin) *
                              target_from_source *
                              Eigen::Translation3d(source_origin);
  const int levels = std::min(source.levels(), target.levels());
  for (int number = std::min(options.coarsest, levels - 1); number >= 0;
       --number) {
    const SurfelLevel& one = source.level(number);
    LevelAlignment level(one, target.level(number), options.slip);
    result.converged = AlignLevel(level, one.grid.cell_size(), 1 << number,
                                  options, stop, result);
    if (number > 0) continue;
    level.FindMatches(result.target_from_source);
    result.matches = level.matches();
    result.overlap = static_cast<double>(level.matches()) /
                     std::max<double>(1, one.grid.size());
    result.residual = level.MedianAcross();
  }
  result.target_from_source = Eigen::Translation3d(target_origin) *
                              result.target_from_source *
                              Eigen::Translation3d(-source_origin);
  return result;
}

}  // namespace sense
