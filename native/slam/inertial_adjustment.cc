#include "native/slam/inertial_adjustment.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "native/slam/damping.h"
#include "native/slam/schur_system.h"

namespace sense::slam {
namespace {

using Matrix9X = Eigen::Matrix<double, 9, Eigen::Dynamic>;
constexpr double kLeastDiagonal = 1e-9;
// Unknowns of a link: pose and motion of its beginning, and of its end.
constexpr std::array<int, 4> kSizes = {6, 9, 6, 9};

InertialState StateOf(const InertialProblem& problem, int n) {
  return {problem.bundle.body_from_world[n].Inverse(), problem.velocities[n]};
}

// A residual in sigmas, and its slopes by the pose (6), the velocity (3) and
// the bias (6) of both ends.
struct LinkTerms {
  Vector9 value;
  Eigen::Matrix<double, 9, 6> by_pose[2];
  Eigen::Matrix<double, 9, 9> by_motion[2];
};

// The inverse root of the covariance.
Matrix9 RootOf(const Preintegration& sum) {
  const Matrix9 floor = 1e-14 * Matrix9::Identity();
  const Eigen::LLT<Matrix9> decomposed(sum.covariance() + floor);
  return decomposed.matrixL().solve(Matrix9::Identity());
}

LinkTerms TermsOf(const InertialProblem& problem, const InertialLink& link,
                  const Matrix9& root) {
  const InertialState a = StateOf(problem, link.from);
  const InertialState b = StateOf(problem, link.to);
  const InertialBias& bias = problem.biases[link.from];
  const double s = link.sum.seconds();
  const Eigen::Matrix3d back = a.world_from_body.rotation.transpose();
  const Eigen::Matrix3d turn = back * b.world_from_body.rotation;
  LinkTerms terms;
  terms.value = link.sum.Contradiction(a, b, bias, problem.gravity);
  const Eigen::Vector3d rest = terms.value.head<3>();
  const Eigen::Matrix3d slope = RightJacobianInverse(rest);
  const Eigen::Vector3d push =
      back * (b.velocity - a.velocity - problem.gravity * s);
  const Eigen::Vector3d way =
      back * (b.world_from_body.translation - a.world_from_body.translation -
              a.velocity * s - problem.gravity * (s * s / 2));
  for (int end = 0; end < 2; ++end) {
    terms.by_pose[end].setZero();
    terms.by_motion[end].setZero();
  }
  terms.by_pose[0].block<3, 3>(0, 0) = slope * turn.transpose();
  terms.by_pose[0].block<3, 3>(3, 0) = -CrossMatrix(push);
  terms.by_pose[0].block<3, 3>(6, 0) = -CrossMatrix(way);
  terms.by_pose[0].block<3, 3>(6, 3).setIdentity();
  terms.by_pose[1].block<3, 3>(0, 0) = -slope;
  terms.by_pose[1].block<3, 3>(6, 3) = -turn;
  terms.by_motion[0].block<3, 3>(3, 0) = -back;
  terms.by_motion[0].block<3, 3>(6, 0) = -back * s;
  terms.by_motion[1].block<3, 3>(3, 0) = back;
  const Matrix96& by_bias = link.sum.by_bias();
  const Eigen::Matrix3d by_rate = by_bias.block<3, 3>(0, 0);
  const Eigen::Vector3d change =
      by_rate * (bias.turn_rate - link.sum.bias().turn_rate);
  terms.by_motion[0].block<3, 3>(0, 3) =
      -slope * RotationExp(rest).transpose() * RightJacobian(change) * by_rate;
  terms.by_motion[0].block<6, 6>(3, 3) = -by_bias.bottomRows<6>();
  terms.value = root * terms.value;
  for (int end = 0; end < 2; ++end) {
    terms.by_pose[end] = root * terms.by_pose[end];
    terms.by_motion[end] = root * terms.by_motion[end];
  }
  return terms;
}

class InertialSolver {
 public:
  InertialSolver(InertialProblem* problem, const InertialOptions& options)
      : problem_(problem), options_(options), schur_(problem->bundle) {
    schur_.SetPattern(&system_);
    size_ = 6 * schur_.free_poses();
    for (size_t n = 0; n < problem->velocities.size(); ++n) {
      const bool fixed =
          !problem->motion_fixed.empty() && problem->motion_fixed[n];
      motion_place_.push_back(fixed ? -1 : size_);
      if (!fixed) size_ += 9;
    }
    for (const InertialLink& link : problem->links) {
      roots_.push_back(RootOf(link.sum));
    }
    SetPattern();
  }

  InertialReport Run() {
    InertialReport report;
    Damping damping;
    for (int n = 0; n < options_.most_iterations; ++n) {
      const double cost = schur_.Linearize(problem_->bundle, true) + Linearize();
      if (n == 0) report.cost_before = cost;
      report.cost_after = cost;
      double next = cost;
      if (!Improve(cost, &damping, &next)) {
        report.stopped = Stopped(options_.stop);
        report.converged = !report.stopped;
        break;
      }
      ++report.iterations;
      report.cost_after = next;
      report.converged = cost - next <= options_.tolerance * cost;
      if (report.converged) break;
    }
    return report;
  }

 private:
  std::array<int, 4> PlacesOf(const InertialLink& link) const {
    return {PosePlace(link.from), motion_place_[link.from], PosePlace(link.to),
            motion_place_[link.to]};
  }

  // Everything lies at multiples of three: poses, then velocities and biases.
  void SetPattern() {
    std::vector<std::pair<int, int>> blocks;
    const auto add = [&blocks](int row, int rows, int column, int columns) {
      for (int r = row / 3; r < (row + rows) / 3; ++r) {
        for (int c = column / 3; c < (column + columns) / 3; ++c) {
          if (r >= c) blocks.push_back({r, c});
        }
      }
    };
    system_.ForEach([&](int row, int column, const Matrix6&) {
      add(6 * row, 6, 6 * column, 6);
    });
    for (const int place : motion_place_) {
      if (place >= 0) add(place, 9, place, 9);
    }
    for (const InertialLink& link : problem_->links) {
      const std::array<int, 4> places = PlacesOf(link);
      for (int a = 0; a < 4; ++a) {
        for (int b = 0; b < 4; ++b) {
          if (places[a] < 0 || places[b] < 0) continue;
          add(places[a], kSizes[a], places[b], kSizes[b]);
        }
      }
    }
    all_.SetPattern(size_ / 3, std::move(blocks));
  }

  int PosePlace(int pose) const {
    const int slot = schur_.SlotOf(pose);
    return slot < 0 ? -1 : 6 * slot;
  }

  // The cost of the readings; with `linear`, their normal equations, too.
  double Sum(bool linear) {
    double cost = 0;
    for (size_t n = 0; n < problem_->links.size(); ++n) {
      const InertialLink& link = problem_->links[n];
      if (!linear) {
        cost += (roots_[n] * link.sum.Contradiction(
                                 StateOf(*problem_, link.from),
                                 StateOf(*problem_, link.to),
                                 problem_->biases[link.from], problem_->gravity))
                    .squaredNorm();
        continue;
      }
      const LinkTerms terms = TermsOf(*problem_, link, roots_[n]);
      cost += terms.value.squaredNorm();
      AddLink(link, terms);
    }
    return cost + SumBiases(linear);
  }

  double Linearize() {
    normal_.assign(all_.size(), Eigen::Matrix3d::Zero());
    right_ = Eigen::VectorXd::Zero(size_);
    const double cost = Sum(true);
    diagonal_.resize(size_);
    for (int row = 0; row < all_.rows(); ++row) {
      diagonal_.segment<3>(3 * row) = normal_[all_.Find(row, row)].diagonal();
    }
    diagonal_ = diagonal_.cwiseMax(kLeastDiagonal).eval();
    return cost;
  }

  void AddLink(const InertialLink& link, const LinkTerms& terms) {
    const std::array<int, 4> places = PlacesOf(link);
    const std::array<Matrix9X, 4> slopes = {
        Matrix9X(terms.by_pose[0]), Matrix9X(terms.by_motion[0]),
        Matrix9X(terms.by_pose[1]), Matrix9X(terms.by_motion[1])};
    for (int a = 0; a < 4; ++a) {
      if (places[a] < 0) continue;
      right_.segment(places[a], kSizes[a]) -= slopes[a].transpose() * terms.value;
      for (int b = 0; b < 4; ++b) {
        if (places[b] < 0 || places[b] > places[a]) continue;
        AddProduct(places[a], slopes[a], places[b], slopes[b]);
      }
    }
  }

  void AddProduct(int place, const Matrix9X& slope, int other,
                  const Matrix9X& other_slope) {
    for (int r = 0; r < slope.cols(); r += 3) {
      for (int c = 0; c < other_slope.cols(); c += 3) {
        if (place + r < other + c) continue;
        normal_[all_.Find((place + r) / 3, (other + c) / 3)] +=
            slope.middleCols<3>(r).transpose() * other_slope.middleCols<3>(c);
      }
    }
  }

  // Biases wander slowly, and are never far from none.
  double SumBiases(bool linear) {
    double cost = 0;
    const Vector6 prior = Weights(problem_->turn_rate_bias_sigma,
                                  problem_->acceleration_bias_sigma, 1);
    for (size_t n = 0; n < motion_place_.size(); ++n) {
      if (motion_place_[n] < 0) continue;
      const Vector6 value = BiasOf(static_cast<int>(n));
      cost += value.dot(prior.cwiseProduct(value));
      if (linear) AddBias(motion_place_[n], -1, prior, value);
    }
    for (const InertialLink& link : problem_->links) {
      const Vector6 weights =
          Weights(problem_->turn_rate_walk, problem_->acceleration_walk,
                  std::max(link.sum.seconds(), 1e-6));
      const Vector6 value = BiasOf(link.to) - BiasOf(link.from);
      cost += value.dot(weights.cwiseProduct(value));
      if (linear) {
        AddBias(motion_place_[link.to], motion_place_[link.from], weights, value);
      }
    }
    return cost;
  }

  static Vector6 Weights(double turn_rate, double acceleration, double seconds) {
    Vector6 weights;
    weights.head<3>().setConstant(1 / (turn_rate * turn_rate * seconds));
    weights.tail<3>().setConstant(1 / (acceleration * acceleration * seconds));
    return weights;
  }

  Vector6 BiasOf(int n) const {
    Vector6 bias;
    bias << problem_->biases[n].turn_rate, problem_->biases[n].acceleration;
    return bias;
  }

  // Of a difference (plus - minus) of biases; a place of -1 is fixed.
  void AddBias(int plus, int minus, const Vector6& weights,
               const Vector6& value) {
    for (int part = 0; part < 6; part += 3) {
      const Eigen::Vector3d weight = weights.segment<3>(part);
      const Eigen::Vector3d pull = weight.cwiseProduct(value.segment<3>(part));
      const int p = plus + 3 + part, m = minus + 3 + part;
      if (plus >= 0) {
        normal_[all_.Find(p / 3, p / 3)].diagonal() += weight;
        right_.segment<3>(p) -= pull;
      }
      if (minus >= 0) {
        normal_[all_.Find(m / 3, m / 3)].diagonal() += weight;
        right_.segment<3>(m) += pull;
      }
      if (plus >= 0 && minus >= 0) {
        const int row = std::max(p, m) / 3, column = std::min(p, m) / 3;
        normal_[all_.Find(row, column)].diagonal() -= weight;
      }
    }
  }

  bool Solve(double damping, Eigen::VectorXd* step) {
    Eigen::VectorXd pose_right;
    if (!schur_.Reduce(damping, &system_, &pose_right)) return false;
    for (size_t n = 0; n < normal_.size(); ++n) {
      all_[static_cast<int>(n)] = normal_[n];
    }
    for (int row = 0; row < all_.rows(); ++row) {
      all_.Diagonal(row).diagonal() += damping * diagonal_.segment<3>(3 * row);
    }
    system_.ForEach([this](int row, int column, const Matrix6& block) {
      for (int r = 0; r < 2; ++r) {
        for (int c = 0; c < 2; ++c) {
          if (2 * row + r < 2 * column + c) continue;
          all_.At(2 * row + r, 2 * column + c) += block.block<3, 3>(3 * r, 3 * c);
        }
      }
    });
    Eigen::VectorXd right = right_;
    right.head(pose_right.size()) += pose_right;
    return all_.Solve(right, step);
  }

  void Move(const Eigen::VectorXd& step) {
    for (size_t n = 0; n < motion_place_.size(); ++n) {
      const int place = motion_place_[n];
      if (place < 0) continue;
      problem_->velocities[n] += step.segment<3>(place);
      problem_->biases[n].turn_rate += step.segment<3>(place + 3);
      problem_->biases[n].acceleration += step.segment<3>(place + 6);
    }
  }

  bool Improve(double cost, Damping* damping, double* next) {
    const auto poses = problem_->bundle.body_from_world;
    const auto points = problem_->bundle.points;
    const auto velocities = problem_->velocities;
    const auto biases = problem_->biases;
    Eigen::VectorXd step;
    do {
      if (Stopped(options_.stop)) return false;
      if (!Solve(damping->value(), &step)) continue;
      const double promised =
          schur_.Apply(step.head(6 * schur_.free_poses()), damping->value(),
                       &problem_->bundle) +
          step.dot(right_) +
          damping->value() * step.dot(diagonal_.cwiseProduct(step));
      Move(step);
      *next = schur_.Cost(problem_->bundle, true) + Sum(false);
      if (*next < cost) {
        damping->Trust((cost - *next) / promised);
        return true;
      }
      problem_->bundle.body_from_world = poses;
      problem_->bundle.points = points;
      problem_->velocities = velocities;
      problem_->biases = biases;
      if (promised <= 1e-9 * cost) return false;
    } while (damping->Distrust());
    return false;
  }

  InertialProblem* problem_;
  const InertialOptions& options_;
  SchurSystem schur_;
  BlockSystem<6> system_;
  int size_ = 0;
  std::vector<int> motion_place_;
  std::vector<Matrix9> roots_;
  // The readings' part, block by block as in `all_`, and its diagonal.
  std::vector<Eigen::Matrix3d> normal_;
  Eigen::VectorXd right_, diagonal_;
  BlockSystem<3> all_;
};

void CheckProblem(const InertialProblem& problem) {
  const size_t count = problem.bundle.body_from_world.size();
  const bool sizes_fit =
      problem.velocities.size() == count && problem.biases.size() == count &&
      (problem.motion_fixed.empty() || problem.motion_fixed.size() == count);
  if (!sizes_fit) throw std::invalid_argument("velocities, biases");
  const auto within = [](int n, size_t size) {
    return n >= 0 && static_cast<size_t>(n) < size;
  };
  for (const InertialLink& link : problem.links) {
    if (!within(link.from, count) || !within(link.to, count)) {
      throw std::invalid_argument("links");
    }
  }
  for (const BundleObservation& o : problem.bundle.observations) {
    if (!within(o.pose, count) || !within(o.point, problem.bundle.points.size()) ||
        !within(o.camera, problem.bundle.cameras.size())) {
      throw std::invalid_argument("observations");
    }
  }
}

}  // namespace

InertialReport AdjustInertial(InertialProblem* problem,
                              const InertialOptions& options) {
  CheckProblem(*problem);
  return InertialSolver(problem, options).Run();
}

}  // namespace sense::slam
