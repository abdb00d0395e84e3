#include "native/slam/bundle_adjustment.h"

#include <limits>
#include <stdexcept>

#include "native/slam/damping.h"
#include "native/slam/schur_system.h"

namespace sense::slam {
namespace {

void CheckProblem(const BundleProblem& problem) {
  const size_t poses = problem.body_from_world.size();
  const size_t points = problem.points.size();
  const bool sizes_fit =
      (problem.pose_fixed.empty() || problem.pose_fixed.size() == poses) &&
      (problem.point_fixed.empty() || problem.point_fixed.size() == points);
  if (!sizes_fit) throw std::invalid_argument("pose_fixed, point_fixed");
  const auto within = [](int n, size_t count) {
    return n >= 0 && static_cast<size_t>(n) < count;
  };
  for (const BundleObservation& o : problem.observations) {
    if (!within(o.pose, poses) || !within(o.point, points) ||
        !within(o.camera, problem.cameras.size())) {
      throw std::invalid_argument("observations");
    }
  }
}

// Fills in what is known of each observation.
void Judge(const BundleProblem& problem, BundleReport* report) {
  const size_t count = problem.observations.size();
  report->chi_square.assign(count, std::numeric_limits<double>::infinity());
  report->outlier.assign(count, 1);
  WhitenedResidual residual;
  for (size_t n = 0; n < count; ++n) {
    const BundleObservation& o = problem.observations[n];
    const RigCamera& camera = problem.cameras[o.camera];
    const Eigen::Vector3d in_camera =
        camera.camera_from_body *
        (problem.body_from_world[o.pose] * problem.points[o.point]);
    if (!Residual(camera, o.seen, in_camera, &residual)) continue;
    report->chi_square[n] = residual.chi_square();
    report->outlier[n] = !(residual.chi_square() <= ChiSquareBound(o.seen));
  }
}

class Round {
 public:
  Round(BundleProblem* problem, SchurSystem* schur, BlockSystem<6>* system,
        const BundleOptions& options, bool robust)
      : problem_(problem), schur_(schur), system_(system), options_(options),
        robust_(robust) {}

  void Run(BundleReport* report) {
    report->converged = false;
    for (int n = 0; n < options_.most_iterations; ++n) {
      const double cost = schur_->Linearize(*problem_, robust_);
      if (n == 0 && report->iterations == 0) report->cost_before = cost;
      report->cost_after = cost;
      double next = cost;
      if (!Improve(cost, &next)) {
        report->stopped = Stopped(options_.stop);
        report->converged = !report->stopped;
        return;
      }
      ++report->iterations;
      report->cost_after = next;
      report->converged = cost - next <= options_.tolerance * cost;
      if (report->converged) return;
    }
  }

 private:
  // One step that makes the cost smaller; false where there is none.
  bool Improve(double cost, double* next) {
    const std::vector<Pose3> poses = problem_->body_from_world;
    const std::vector<Eigen::Vector3d> points = problem_->points;
    Eigen::VectorXd right, step;
    do {
      if (Stopped(options_.stop)) return false;
      const bool solved = schur_->Reduce(damping_.value(), system_, &right) &&
                          system_->Solve(right, &step);
      if (!solved) continue;
      const double promised = schur_->Apply(step, damping_.value(), problem_);
      *next = schur_->Cost(*problem_, robust_);
      if (*next < cost) {
        damping_.Trust((cost - *next) / promised);
        return true;
      }
      problem_->body_from_world = poses;
      problem_->points = points;
      // Nothing is left to gain that arithmetic could tell.
      if (promised <= 1e-9 * cost) return false;
    } while (damping_.Distrust());
    return false;
  }

  BundleProblem* problem_;
  SchurSystem* schur_;
  BlockSystem<6>* system_;
  const BundleOptions& options_;
  bool robust_;
  Damping damping_;
};

}  // namespace

BundleReport AdjustBundle(BundleProblem* problem,
                          const BundleOptions& options) {
  CheckProblem(*problem);
  BundleReport report;
  SchurSystem schur(*problem);
  BlockSystem<6> system;
  schur.SetPattern(&system);
  for (int round = 0; round < options.rounds && !report.stopped; ++round) {
    if (round > 0) {
      Judge(*problem, &report);
      std::vector<uint8_t> active(report.outlier.size());
      for (size_t n = 0; n < active.size(); ++n) active[n] = !report.outlier[n];
      schur.SetActive(std::move(active));
    }
    const bool last = options.rounds > 1 && round == options.rounds - 1;
    Round(problem, &schur, &system, options, options.robust && !last)
        .Run(&report);
  }
  Judge(*problem, &report);
  return report;
}

}  // namespace sense::slam
