// Against Ceres Solver: the same problems, solved by its dense and sparse Schur
// complements with derivatives of its own.
#include <ceres/ceres.h>
#include <ceres/rotation.h>

#include <array>
#include <vector>

#include "native/slam/bundle_adjustment.h"
#include "native/slam/random_scene.h"
#include "native/testing.h"

namespace sense::slam {
namespace {

struct SeenPoint {
  ImageMeasurement seen;
  Lens lens;
  double baseline_m;

  template <class T>
  bool operator()(const T* pose, const T* point, T* residual) const {
    T p[3];
    ceres::AngleAxisRotatePoint(pose, point, p);
    for (int n = 0; n < 3; ++n) p[n] += pose[3 + n];
    const T x = p[0] / p[2], y = p[1] / p[2];
    const T r2 = x * x + y * y;
    const T radial = 1.0 + r2 * (lens.k[0] + r2 * lens.k[1]);
    const T dx = x * radial + 2.0 * lens.k[2] * x * y +
                 lens.k[3] * (r2 + 2.0 * x * x);
    const T dy = y * radial + lens.k[2] * (r2 + 2.0 * y * y) +
                 2.0 * lens.k[3] * x * y;
    const T u = lens.fx * dx + lens.cx, v = lens.fy * dy + lens.cy;
    residual[0] = (u - seen.u) / seen.sigma_px;
    residual[1] = (v - seen.v) / seen.sigma_px;
    residual[2] = T(0);
    if (seen.right_u == seen.right_u) {
      const T right = u - lens.fx * baseline_m / p[2];
      residual[2] = (right - seen.right_u) / seen.sigma_px;
    } else if (seen.depth_m == seen.depth_m) {
      residual[2] = (p[2] - seen.depth_m) / seen.depth_sigma_m;
    }
    return true;
  }
};

using Pose = std::array<double, 6>;

// The same problem by Ceres; changes `scene` and returns the cost.
double SolveByCeres(BundleProblem* scene) {
  std::vector<Pose> poses;
  for (const Pose3& pose : scene->body_from_world) {
    const Eigen::Vector3d turn = RotationLog(pose.rotation);
    const Eigen::Vector3d& t = pose.translation;
    poses.push_back({turn[0], turn[1], turn[2], t[0], t[1], t[2]});
  }
  ceres::Problem problem;
  for (const BundleObservation& o : scene->observations) {
    const RigCamera& camera = scene->cameras[o.camera];
    auto* cost = new ceres::AutoDiffCostFunction<SeenPoint, 3, 6, 3>(
        new SeenPoint{o.seen, camera.lens.lens(), camera.baseline_m});
    auto* loss = new ceres::HuberLoss(std::sqrt(ChiSquareBound(o.seen)));
    problem.AddResidualBlock(cost, loss, poses[o.pose].data(),
                             scene->points[o.point].data());
  }
  for (size_t n = 0; n < poses.size(); ++n) {
    if (scene->IsPoseFixed(static_cast<int>(n))) {
      problem.SetParameterBlockConstant(poses[n].data());
    }
  }
  ceres::Solver::Options options;
  options.linear_solver_type = ceres::DENSE_SCHUR;
  options.max_num_iterations = 200;
  options.function_tolerance = 1e-14;
  options.parameter_tolerance = 1e-12;
  options.logging_type = ceres::SILENT;
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  for (size_t n = 0; n < poses.size(); ++n) {
    const Pose& p = poses[n];
    scene->body_from_world[n] =
        Pose3(RotationExp({p[0], p[1], p[2]}), {p[3], p[4], p[5]});
  }
  return 2 * summary.final_cost;
}

void SameAsCeres(const SceneOptions& options, uint64_t seed) {
  Random random(seed);
  BundleProblem ours = RandomScene(options, &random);
  ours.pose_fixed.assign(options.poses, 0);
  ours.pose_fixed.front() = ours.pose_fixed.back() = 1;
  Disturb(&ours, 0.01, 0.03, &random);
  BundleProblem theirs = ours;
  const BundleReport report =
      AdjustBundle(&ours, {.most_iterations = 200, .tolerance = 1e-14});
  const double cost = SolveByCeres(&theirs);
  SENSE_EXPECT_NEAR(report.cost_after, cost, 1e-6 * cost);
  for (int n = 0; n < options.poses; ++n) {
    const Pose3 change =
        ours.body_from_world[n] * theirs.body_from_world[n].Inverse();
    SENSE_EXPECT(change.Log().norm() < 1e-5);
  }
  for (size_t n = 0; n < ours.points.size(); ++n) {
    SENSE_EXPECT((ours.points[n] - theirs.points[n]).norm() < 1e-4);
  }
}

}  // namespace
}  // namespace sense::slam

int main() {
  sense::slam::SceneOptions options;
  sense::slam::SameAsCeres(options, 1);
  options.outlier_share = 0.05;
  sense::slam::SameAsCeres(options, 2);
  options.stereo_m = 0.3;
  sense::slam::SameAsCeres(options, 3);
  options.stereo_m = 0;
  options.depth_sigma_m = 0.02;
  sense::slam::SameAsCeres(options, 4);
  options.lens.k = {-0.2, 0.05, 0.001, -0.002};
  sense::slam::SameAsCeres(options, 5);
}
