#include "native/slam/bundle_adjustment.h"

#include <limits>
#include <stdexcept>

#include "native/slam/block_system.h"
#include "native/slam/pose_refinement.h"
#include "native/slam/random_scene.h"
#include "native/testing.h"

namespace sense::slam {
namespace {

double WorstPose(const BundleProblem& a, const BundleProblem& b) {
  double worst = 0;
  for (size_t n = 0; n < a.body_from_world.size(); ++n) {
    const Pose3 change = a.body_from_world[n] * b.body_from_world[n].Inverse();
    worst = std::max(worst, change.Log().norm());
  }
  return worst;
}

void FindsWhatIsExact() {
  Lens brown = PlainLens(), fisheye = PlainLens();
  brown.k = {-0.2, 0.05, 0.001, -0.002};
  fisheye.k = {0.03, -0.01, 0.004, -0.001};
  fisheye.fisheye = true;
  Random random(1);
  for (const Lens& lens : {PlainLens(), brown, fisheye}) {
    for (int kind = 0; kind < 3; ++kind) {
      SceneOptions options;
      options.noise_px = 0;
      options.lens = lens;
      options.stereo_m = kind == 1 && lens.k[0] == 0 ? 0.3 : 0;
      options.depth_sigma_m = kind == 2 ? 1e-9 : 0;
      options.camera_from_body = Pose3::Exp(random.Tangent(0.3, 0.2));
      BundleProblem scene = RandomScene(options, &random);
      for (BundleObservation& o : scene.observations) {
        o.seen.depth_sigma_m = 0.01;
      }
      scene.pose_fixed.assign(scene.body_from_world.size(), 0);
      scene.pose_fixed.front() = scene.pose_fixed.back() = 1;
      const BundleProblem truth = scene;
      Disturb(&scene, 0.02, 0.05, &random);
      const BundleReport report =
          AdjustBundle(&scene, {.most_iterations = 30, .tolerance = 0});
      SENSE_EXPECT(report.cost_after < 1e-6);
      SENSE_EXPECT(WorstPose(scene, truth) < 1e-5);
    }
  }
}

void LeavesOutliersOut() {
  Random random(2);
  SceneOptions options;
  options.outlier_share = 0.1;
  options.stereo_m = 0.3;
  BundleProblem scene = RandomScene(options, &random);
  scene.pose_fixed.assign(scene.body_from_world.size(), 0);
  scene.pose_fixed[0] = 1;
  const BundleProblem truth = scene;
  Disturb(&scene, 0.01, 0.03, &random);
  const BundleReport report = AdjustBundle(&scene, {.rounds = 3});
  SENSE_EXPECT(WorstPose(scene, truth) < 0.02);
  size_t outliers = 0;
  for (uint8_t o : report.outlier) outliers += o;
  const double share = 1.0 * outliers / scene.observations.size();
  SENSE_EXPECT(share > 0.1 && share < 0.17);
}

// The sparse decomposition gives what the dense one of the same matrix gives.
void SparseIsDense() {
  Random random(7);
  constexpr int kRows = 90;
  std::vector<std::pair<int, int>> pairs = {{kRows - 1, 0}};
  for (int row = 1; row < kRows; ++row) pairs.push_back({row, row - 1});
  BlockSystem<6> system;
  system.SetPattern(kRows, pairs);
  Eigen::VectorXd right(6 * kRows), sparse;
  for (int row = 0; row < kRows; ++row) {
    const Matrix6 any = random.Tangent(1, 1) * random.Tangent(1, 1).transpose();
    system.Diagonal(row) = any * any.transpose() + 50 * Matrix6::Identity();
    right.segment<6>(6 * row) = random.Tangent(1, 1);
  }
  for (const auto& [row, column] : pairs) {
    system.At(row, column) =
        random.Tangent(1, 1) * random.Tangent(1, 1).transpose();
  }
  SENSE_EXPECT(system.Solve(right, &sparse));
  const Eigen::VectorXd dense = system.Dense().llt().solve(right);
  SENSE_EXPECT((sparse - dense).norm() < 1e-9 * dense.norm());
}

// Cameras that see only what their neighbours see.
void LongChains() {
  Random random(3);
  SceneOptions options;
  options.poses = 90;
  options.points = 300;
  BundleProblem scene = RandomScene(options, &random);
  // Each point is seen by a few neighbours only, so that the system is sparse.
  std::vector<BundleObservation> near;
  for (const BundleObservation& o : scene.observations) {
    if (std::abs(o.pose - o.point * 90 / 300) < 6) near.push_back(o);
  }
  scene.observations = near;
  scene.pose_fixed.assign(90, 0);
  scene.pose_fixed[0] = scene.pose_fixed[1] = 1;
  const BundleProblem truth = scene;
  Disturb(&scene, 0.002, 0.005, &random);
  const double before = WorstPose(scene, truth);
  const BundleReport report = AdjustBundle(&scene, {.most_iterations = 40});
  const double spare = 2.0 * near.size() - 88 * 6 - 300 * 3;
  SENSE_EXPECT_NEAR(report.cost_after / spare, 0.95, 0.15);
  SENSE_EXPECT(report.converged && before > 0);
}

void SameInputSameBits() {
  Random random(4);
  BundleProblem scene = RandomScene({}, &random);
  Disturb(&scene, 0.01, 0.02, &random);
  BundleProblem again = scene;
  AdjustBundle(&scene);
  AdjustBundle(&again);
  for (size_t n = 0; n < scene.points.size(); ++n) {
    SENSE_EXPECT(scene.points[n] == again.points[n]);
  }
}

void StopsAndRefuses() {
  Random random(5);
  BundleProblem scene = RandomScene({}, &random);
  Disturb(&scene, 0.01, 0.02, &random);
  const BundleProblem before = scene;
  StopFlag stop;
  stop.Stop();
  BundleOptions options;
  options.stop = &stop;
  SENSE_EXPECT(AdjustBundle(&scene, options).stopped);
  SENSE_EXPECT(scene.points[3] == before.points[3]);
  scene.observations[7].point = 100000;
  bool refused = false;
  try {
    AdjustBundle(&scene);
  } catch (const std::invalid_argument&) {
    refused = true;
  }
  SENSE_EXPECT(refused);
  BundleProblem nothing;
  SENSE_EXPECT(AdjustBundle(&nothing).iterations == 0);
}

// Over many noisy scenes, the error is what the covariance says.
void CovarianceIsTheError() {
  Random random(6);
  double squares = 0;
  constexpr int kTrials = 200;
  for (int trial = 0; trial < kTrials; ++trial) {
    SceneOptions options;
    options.poses = 1;
    options.points = 60;
    options.stereo_m = trial % 2 ? 0.2 : 0;
    options.outlier_share = 0.1;
    BundleProblem scene = RandomScene(options, &random);
    std::vector<PoseObservation> seen;
    for (const BundleObservation& o : scene.observations) {
      seen.push_back({scene.points[o.point], o.seen, 0});
    }
    const Pose3 truth = scene.body_from_world[0];
    const RefinedPose found =
        RefinePose(scene.cameras, seen, truth.Moved(random.Tangent(0.05, 0.1)));
    SENSE_EXPECT(found.inliers > 40);
    const Eigen::Vector3d error =
        found.body_from_world.Centre() - truth.Centre();
    squares += error.dot(found.CentreCovariance().ldlt().solve(error));
  }
  // Chi-square with three degrees: mean 3, here a little more, since 5 % of
  // the good observations count as outliers.
  SENSE_EXPECT_NEAR(squares / kTrials, 3.1, 0.6);
}

void TooLittleIsTold() {
  const RigCamera camera{LensProjection(PlainLens()), Pose3(), 0};
  PoseObservation one;
  one.in_world = {0, 0, 3};
  one.seen.u = 320;
  one.seen.v = 240;
  const RefinedPose found = RefinePose({camera}, {one}, Pose3());
  SENSE_EXPECT(std::isinf(found.covariance(0, 0)));
  PosePrior prior{Pose3(), Matrix6::Identity() * 10};
  PoseRefinementOptions options;
  options.prior = &prior;
  const RefinedPose held = RefinePose({camera}, {one}, Pose3(), options);
  SENSE_EXPECT(held.covariance.allFinite());
}

}  // namespace
}  // namespace sense::slam

int main() {
  sense::slam::FindsWhatIsExact();
  sense::slam::LeavesOutliersOut();
  sense::slam::SparseIsDense();
  sense::slam::LongChains();
  sense::slam::SameInputSameBits();
  sense::slam::StopsAndRefuses();
  sense::slam::CovarianceIsTheError();
  sense::slam::TooLittleIsTold();
}
