#include "native/slam/schur_system.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace sense::slam {
namespace {

// What a point that its camera cannot see costs, in squared sigmas: more than
// any outlier that can be seen, so that no step buys its way behind a camera.
constexpr double kUnseen = 1e8;
// No element of a diagonal counts as smaller when it is damped.
constexpr double kLeastDiagonal = 1e-9;

HuberLoss LossOf(const ImageMeasurement& seen, double chi_square, bool robust) {
  if (!robust) return {chi_square, 1};
  return Huber(chi_square, ChiSquareBound(seen));
}

bool ResidualOf(const BundleProblem& problem, const BundleObservation& o,
                const Eigen::Vector3d& in_body, WhitenedResidual* out) {
  const RigCamera& camera = problem.cameras[o.camera];
  return Residual(camera, o.seen, camera.camera_from_body * in_body, out);
}

double Damped(double diagonal, double damping) {
  return diagonal + damping * std::max(diagonal, kLeastDiagonal);
}

}  // namespace

// What one sight adds to its point.
struct SchurSystem::Terms {
  double cost = 0;
  Eigen::Matrix3d point_block;
  Eigen::Vector3d point_right;
  Matrix63 cross;
};

SchurSystem::SchurSystem(const BundleProblem& problem) {
  const int poses = static_cast<int>(problem.body_from_world.size());
  slot_of_pose_.assign(poses, -1);
  for (int n = 0; n < poses; ++n) {
    if (problem.IsPoseFixed(n)) continue;
    slot_of_pose_[n] = static_cast<int>(pose_of_slot_.size());
    pose_of_slot_.push_back(n);
  }
  BuildSights(problem);
  pose_blocks_.resize(pose_of_slot_.size());
  pose_right_.resize(pose_of_slot_.size());
  point_blocks_.resize(ranges_.size());
  point_right_.resize(ranges_.size());
  point_roots_.resize(ranges_.size());
  cross_blocks_.resize(sights_.size());
  whitened_.resize(sights_.size());
}

void SchurSystem::BuildSights(const BundleProblem& problem) {
  const auto& all = problem.observations;
  order_.resize(all.size());
  std::iota(order_.begin(), order_.end(), 0);
  std::sort(order_.begin(), order_.end(), [&all](int a, int b) {
    return std::tie(all[a].point, all[a].pose, a) <
           std::tie(all[b].point, all[b].pose, b);
  });
  int pairs = 0;
  for (size_t n = 0; n < order_.size(); ++n) {
    const BundleObservation& o = all[order_[n]];
    const int place = static_cast<int>(n);
    const bool new_point = n == 0 || all[order_[n - 1]].point != o.point;
    if (new_point) {
      const int sight = static_cast<int>(sights_.size());
      ranges_.push_back({o.point, sight, sight, pairs});
      point_free_.push_back(!problem.IsPointFixed(o.point));
    }
    if (new_point || all[order_[n - 1]].pose != o.pose) {
      sights_.push_back({slot_of_pose_[o.pose], place, place});
      const int among = ++ranges_.back().last - ranges_.back().first;
      pairs += among;
    }
    sights_.back().last = place + 1;
  }
  pairs_.assign(pairs, -1);
}

void SchurSystem::SetPattern(BlockSystem<6>* system) const {
  std::vector<std::pair<int, int>> blocks;
  std::vector<uint8_t> seen(pose_of_slot_.size() * pose_of_slot_.size());
  const auto each_pair = [this](auto&& work) {
    for (size_t r = 0; r < ranges_.size(); ++r) {
      if (!point_free_[r]) continue;
      int pair = ranges_[r].first_pair;
      for (int a = ranges_[r].first; a < ranges_[r].last; ++a) {
        for (int b = ranges_[r].first; b <= a; ++b, ++pair) {
          if (sights_[a].slot < 0 || sights_[b].slot < 0) continue;
          work(sights_[a].slot, sights_[b].slot, pair);
        }
      }
    }
  };
  each_pair([&](int row, int column, int) {
    uint8_t& known = seen[row * pose_of_slot_.size() + column];
    if (!known) blocks.push_back({row, column});
    known = 1;
  });
  system->SetPattern(free_poses(), std::move(blocks));
  each_pair([&](int row, int column, int pair) {
    pairs_[pair] = system->Find(row, column);
  });
}

double SchurSystem::Cost(const BundleProblem& problem, bool robust) const {
  double cost = 0;
  WhitenedResidual residual;
  for (const int n : order_) {
    if (!IsActive(n)) continue;
    const BundleObservation& o = problem.observations[n];
    const Eigen::Vector3d in_body =
        problem.body_from_world[o.pose] * problem.points[o.point];
    const bool visible = ResidualOf(problem, o, in_body, &residual);
    const double chi_square = visible ? residual.chi_square() : kUnseen;
    cost += LossOf(o.seen, chi_square, robust).cost;
  }
  return cost;
}

void SchurSystem::LinearizeSight(const BundleProblem& problem,
                                 const Sight& sight, bool robust,
                                 Terms* terms) {
  terms->point_block.setZero();
  terms->point_right.setZero();
  terms->cross.setZero();
  WhitenedResidual residual;
  for (int n = sight.first; n < sight.last; ++n) {
    if (!IsActive(order_[n])) continue;
    const BundleObservation& o = problem.observations[order_[n]];
    const Pose3& pose = problem.body_from_world[o.pose];
    const Eigen::Vector3d in_body = pose * problem.points[o.point];
    if (!ResidualOf(problem, o, in_body, &residual)) {
      terms->cost += LossOf(o.seen, kUnseen, robust).cost;
      continue;
    }
    const HuberLoss loss = LossOf(o.seen, residual.chi_square(), robust);
    terms->cost += loss.cost;
    const Eigen::Matrix3d by_body =
        residual.by_point * problem.cameras[o.camera].camera_from_body.rotation;
    const Eigen::Matrix3d by_point = by_body * pose.rotation;
    const Eigen::Matrix3d weighted = by_point * loss.weight;
    const Eigen::Vector3d pull = residual.value * loss.weight;
    terms->point_block.noalias() += by_point.transpose() * weighted;
    terms->point_right.noalias() -= by_point.transpose() * pull;
    if (sight.slot < 0) continue;
    Eigen::Matrix<double, 3, 6> by_pose;
    for (int row = 0; row < 3; ++row) {
      const Eigen::Vector3d slope = by_body.row(row);
      by_pose.block<1, 3>(row, 0) = in_body.cross(slope);
    }
    by_pose.rightCols<3>() = by_body;
    const Matrix63 turned = by_pose.transpose();
    by_pose *= loss.weight;
    pose_blocks_[sight.slot].noalias() += turned.lazyProduct(by_pose);
    pose_right_[sight.slot].noalias() -= turned * pull;
    terms->cross.noalias() += turned.lazyProduct(weighted);
  }
}

double SchurSystem::Linearize(const BundleProblem& problem, bool robust) {
  for (Matrix6& block : pose_blocks_) block.setZero();
  for (Vector6& right : pose_right_) right.setZero();
  Terms terms;
  for (size_t r = 0; r < ranges_.size(); ++r) {
    point_blocks_[r].setZero();
    point_right_[r].setZero();
    for (int n = ranges_[r].first; n < ranges_[r].last; ++n) {
      LinearizeSight(problem, sights_[n], robust, &terms);
      point_blocks_[r] += terms.point_block;
      point_right_[r] += terms.point_right;
      cross_blocks_[n] = terms.cross;
    }
  }
  return terms.cost;
}

bool SchurSystem::Reduce(double damping, BlockSystem<6>* system,
                         Eigen::VectorXd* right) {
  system->SetZero();
  right->resize(6 * free_poses());
  for (int slot = 0; slot < free_poses(); ++slot) {
    Matrix6& block = system->Diagonal(slot);
    block = pose_blocks_[slot];
    for (int n = 0; n < 6; ++n) block(n, n) = Damped(block(n, n), damping);
    right->segment<6>(6 * slot) = pose_right_[slot];
  }
  for (size_t r = 0; r < ranges_.size(); ++r) {
    if (!point_free_[r]) continue;
    Eigen::Matrix3d block = point_blocks_[r];
    for (int n = 0; n < 3; ++n) block(n, n) = Damped(block(n, n), damping);
    const Eigen::LLT<Eigen::Matrix3d> decomposed(block);
    if (decomposed.info() != Eigen::Success) return false;
    point_roots_[r] = decomposed.matrixL();
    const auto root = point_roots_[r].triangularView<Eigen::Lower>();
    const Eigen::Vector3d pull = root.solve(point_right_[r]);
    int pair = ranges_[r].first_pair;
    for (int a = ranges_[r].first; a < ranges_[r].last; ++a) {
      const int slot = sights_[a].slot;
      if (slot < 0) {
        pair += a - ranges_[r].first + 1;
        continue;
      }
      Eigen::Matrix<double, 3, 6> turned = cross_blocks_[a].transpose();
      root.solveInPlace(turned);
      whitened_[a] = turned.transpose();
      right->segment<6>(6 * slot).noalias() -= whitened_[a] * pull;
      for (int b = ranges_[r].first; b <= a; ++b, ++pair) {
        if (sights_[b].slot < 0) continue;
        (*system)[pairs_[pair]].noalias() -=
            whitened_[a].lazyProduct(whitened_[b].transpose());
      }
    }
  }
  return true;
}

double SchurSystem::Apply(const Eigen::VectorXd& step, double damping,
                          BundleProblem* problem) const {
  double promised = 0;
  for (int slot = 0; slot < free_poses(); ++slot) {
    const Vector6 move = step.segment<6>(6 * slot);
    promised += move.dot(pose_right_[slot]);
    for (int n = 0; n < 6; ++n) {
      const double d = std::max(pose_blocks_[slot](n, n), kLeastDiagonal);
      promised += damping * d * move[n] * move[n];
    }
    Pose3& pose = problem->body_from_world[pose_of_slot_[slot]];
    pose = pose.Moved(move);
  }
  for (size_t r = 0; r < ranges_.size(); ++r) {
    if (!point_free_[r]) continue;
    const auto root = point_roots_[r].triangularView<Eigen::Lower>();
    Eigen::Vector3d move = point_right_[r];
    for (int n = ranges_[r].first; n < ranges_[r].last; ++n) {
      if (sights_[n].slot < 0) continue;
      move.noalias() -= cross_blocks_[n].transpose() *
                        step.segment<6>(6 * sights_[n].slot);
    }
    root.solveInPlace(move);
    root.transpose().solveInPlace(move);
    promised += move.dot(point_right_[r]);
    for (int n = 0; n < 3; ++n) {
      const double d = std::max(point_blocks_[r](n, n), kLeastDiagonal);
      promised += damping * d * move[n] * move[n];
    }
    problem->points[ranges_[r].point] += move;
  }
  return promised;
}

}  // namespace sense::slam
