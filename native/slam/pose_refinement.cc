#include "native/slam/pose_refinement.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <limits>

#include "native/slam/damping.h"

namespace sense::slam {
namespace {

constexpr double kUnseen = 1e8;
constexpr double kConverged = 1e-7;

struct NormalEquations {
  Matrix6 matrix = Matrix6::Zero();
  Vector6 right = Vector6::Zero();
  double cost = 0;
};

class PoseCost {
 public:
  PoseCost(const std::vector<RigCamera>& cameras,
           const std::vector<PoseObservation>& observations,
           const PosePrior* prior)
      : cameras_(cameras), observations_(observations), prior_(prior),
        active(observations.size(), 1) {}

  bool ResidualOf(size_t n, const Pose3& pose, Eigen::Vector3d* in_body,
                  WhitenedResidual* out) const {
    const PoseObservation& o = observations_[n];
    const RigCamera& camera = cameras_[o.camera];
    *in_body = pose * o.in_world;
    return Residual(camera, o.seen, camera.camera_from_body * *in_body, out);
  }

  // Only the cost, where `linear` is false.
  NormalEquations At(const Pose3& pose, bool robust, bool linear) const {
    NormalEquations sum;
    WhitenedResidual residual;
    Eigen::Vector3d in_body;
    for (size_t n = 0; n < observations_.size(); ++n) {
      if (!active[n]) continue;
      const bool visible = ResidualOf(n, pose, &in_body, &residual);
      const double chi_square = visible ? residual.chi_square() : kUnseen;
      const HuberLoss loss =
          robust ? Huber(chi_square, ChiSquareBound(observations_[n].seen))
                 : HuberLoss{chi_square, 1};
      sum.cost += loss.cost;
      if (visible && linear) {
        Add(observations_[n].camera, in_body, residual, loss.weight, &sum);
      }
    }
    if (prior_) AddPrior(pose, &sum);
    return sum;
  }

 private:
  void Add(int camera, const Eigen::Vector3d& in_body,
           const WhitenedResidual& residual, double weight,
           NormalEquations* sum) const {
    const Eigen::Matrix3d by_body =
        residual.by_point * cameras_[camera].camera_from_body.rotation;
    Eigen::Matrix<double, 3, 6> by_pose;
    for (int row = 0; row < 3; ++row) {
      const Eigen::Vector3d slope = by_body.row(row);
      by_pose.block<1, 3>(row, 0) = in_body.cross(slope);
    }
    by_pose.rightCols<3>() = by_body;
    const Eigen::Matrix<double, 6, 3> turned = by_pose.transpose() * weight;
    sum->matrix.noalias() += turned.lazyProduct(by_pose);
    sum->right.noalias() -= turned * residual.value;
  }

  // The derivative of the logarithm is the identity to first order: a prior is
  // never far from what it holds.
  void AddPrior(const Pose3& pose, NormalEquations* sum) const {
    const Vector6 value =
        prior_->root * (pose * prior_->expected.Inverse()).Log();
    sum->cost += value.squaredNorm();
    sum->matrix.noalias() += prior_->root.transpose() * prior_->root;
    sum->right.noalias() -= prior_->root.transpose() * value;
  }

  const std::vector<RigCamera>& cameras_;
  const std::vector<PoseObservation>& observations_;
  const PosePrior* prior_;

 public:
  std::vector<uint8_t> active;
};

Pose3 Descend(const PoseCost& problem, Pose3 pose, bool robust,
              int most_iterations) {
  Damping damping(1e-5);
  NormalEquations here = problem.At(pose, robust, true);
  for (int n = 0; n < most_iterations; ++n) {
    Matrix6 damped = here.matrix;
    damped.diagonal() +=
        (here.matrix.diagonal() * damping.value()).cwiseMax(1e-12);
    const Vector6 step = damped.ldlt().solve(here.right);
    const double promised =
        step.dot(here.right) +
        damping.value() * step.dot(here.matrix.diagonal().cwiseProduct(step));
    const Pose3 moved = pose.Moved(step);
    const double cost = problem.At(moved, robust, false).cost;
    if (!(cost < here.cost)) {
      if (!(promised > 1e-9 * here.cost) || !damping.Distrust()) break;
      continue;
    }
    damping.Trust((here.cost - cost) / promised);
    const bool converged = here.cost - cost <= kConverged * here.cost;
    pose = moved;
    if (converged) break;
    here = problem.At(pose, robust, true);
  }
  return pose;
}

void Judge(const PoseCost& problem,
           const std::vector<PoseObservation>& observations,
           RefinedPose* out) {
  out->inliers = 0;
  WhitenedResidual residual;
  Eigen::Vector3d in_body;
  double squares = 0;
  int measured = 0;
  for (size_t n = 0; n < observations.size(); ++n) {
    const ImageMeasurement& seen = observations[n].seen;
    out->chi_square[n] = std::numeric_limits<double>::infinity();
    if (problem.ResidualOf(n, out->body_from_world, &in_body, &residual)) {
      out->chi_square[n] = residual.chi_square();
    }
    out->outlier[n] = !(out->chi_square[n] <= ChiSquareBound(seen));
    if (out->outlier[n]) continue;
    ++out->inliers;
    squares += out->chi_square[n];
    measured += seen.has_third() ? 3 : 2;
  }
  const int spare = measured - 6;
  out->variance_factor = spare > 0 ? squares / spare : 0;
}

Matrix6 InverseOf(const Matrix6& information) {
  const Eigen::SelfAdjointEigenSolver<Matrix6> solver(information);
  const Vector6& values = solver.eigenvalues();
  if (!(values[0] > 1e-12 * values[5])) {
    return Matrix6::Constant(std::numeric_limits<double>::infinity());
  }
  return solver.eigenvectors() * values.cwiseInverse().asDiagonal() *
         solver.eigenvectors().transpose();
}

}  // namespace

RefinedPose RefinePose(const std::vector<RigCamera>& cameras,
                       const std::vector<PoseObservation>& observations,
                       const Pose3& start,
                       const PoseRefinementOptions& options) {
  PoseCost problem(cameras, observations, options.prior);
  RefinedPose refined;
  refined.body_from_world = start;
  refined.outlier.assign(observations.size(), 0);
  refined.chi_square.assign(observations.size(), 0);
  for (int round = 0; round < options.rounds; ++round) {
    const bool last = round > 0 && round == options.rounds - 1;
    refined.body_from_world = Descend(problem, refined.body_from_world, !last,
                                      options.most_iterations);
    Judge(problem, observations, &refined);
    for (size_t n = 0; n < observations.size(); ++n) {
      problem.active[n] = !refined.outlier[n];
    }
  }
  refined.covariance =
      InverseOf(problem.At(refined.body_from_world, false, true).matrix);
  return refined;
}

}  // namespace sense::slam
