#include "native/slam/inertial_adjustment.h"

#include <stdexcept>

#include "native/slam/random_scene.h"
#include "native/slam/sway_motion.h"
#include "native/testing.h"

namespace sense::slam {
namespace {

constexpr int kPoses = 12;
constexpr double kStep = 0.25;
const InertialBias kBias{{0.02, -0.01, 0.03}, {0.1, -0.05, 0.08}};

// One camera on the swaying body, with points all around it.
InertialProblem Scene(double noise_px, Random* random) {
  InertialProblem problem;
  problem.gravity = kGravity;
  RigCamera camera;
  camera.lens = LensProjection(PlainLens());
  camera.camera_from_body = Pose3::Exp(random->Tangent(0.2, 0.1));
  problem.bundle.cameras = {camera};
  for (int n = 0; n < 1500; ++n) {
    problem.bundle.points.push_back(8 * random->Normals().normalized());
  }
  const auto readings = Readings(0, kPoses * kStep, kBias);
  for (int n = 0; n < kPoses; ++n) {
    const InertialState state = StateAt(n * kStep);
    problem.bundle.body_from_world.push_back(state.world_from_body.Inverse());
    problem.velocities.push_back(state.velocity);
    problem.biases.push_back(kBias);
    for (int point = 0; point < 1500; ++point) {
      const Eigen::Vector3d in_camera =
          camera.camera_from_body * (problem.bundle.body_from_world[n] *
                                     problem.bundle.points[point]);
      ProjectedPoint shown;
      if (!camera.lens.Project(in_camera, &shown)) continue;
      const Eigen::Vector2d& at = shown.pixel;
      if (at.minCoeff() < 0 || at[0] > 640 || at[1] > 480) continue;
      BundleObservation o{n, point, 0, {}};
      o.seen.u = at[0] + noise_px * random->Normal();
      o.seen.v = at[1] + noise_px * random->Normal();
      o.seen.sigma_px = std::max(noise_px, 0.1);
      problem.bundle.observations.push_back(o);
    }
    if (n == 0) continue;
    problem.links.push_back({n - 1, n, Preintegration()});
    problem.links.back().sum.AddReadings(readings, (n - 1) * kStep, n * kStep);
  }
  problem.bundle.pose_fixed.assign(kPoses, 0);
  problem.bundle.pose_fixed[0] = 1;
  return problem;
}

// One camera, its scale a fifth too small, no velocities and no biases known:
// the readings put everything right.
void ScaleAndBiasesAreFound() {
  Random random(1);
  InertialProblem problem = Scene(0.5, &random);
  const InertialProblem truth = problem;
  const Eigen::Vector3d origin = problem.bundle.body_from_world[0].Centre();
  for (Pose3& pose : problem.bundle.body_from_world) {
    const Eigen::Vector3d centre = origin + 0.8 * (pose.Centre() - origin);
    pose.translation = -(pose.rotation * centre);
  }
  for (Eigen::Vector3d& point : problem.bundle.points) {
    point = origin + 0.8 * (point - origin);
  }
  for (int n = 0; n < kPoses; ++n) {
    problem.velocities[n] *= 0.8;
    problem.biases[n] = {};
  }
  const InertialReport report = AdjustInertial(
      &problem, {.most_iterations = 60, .tolerance = 1e-9});
  SENSE_EXPECT(report.converged && report.cost_after < report.cost_before);
  for (int n = 0; n < kPoses; ++n) {
    const Eigen::Vector3d error = problem.bundle.body_from_world[n].Centre() -
                                  truth.bundle.body_from_world[n].Centre();
    SENSE_EXPECT(error.norm() < 0.05);
    SENSE_EXPECT((problem.velocities[n] - truth.velocities[n]).norm() < 0.06);
    SENSE_EXPECT((problem.biases[n].turn_rate - kBias.turn_rate).norm() < 0.003);
    SENSE_EXPECT(
        (problem.biases[n].acceleration - kBias.acceleration).norm() < 0.06);
  }
}

// With everything past fixed, a stretch without pictures is bridged.
void ReadingsBridgeDarkness() {
  Random random(2);
  InertialProblem problem = Scene(0.3, &random);
  const InertialProblem truth = problem;
  std::vector<BundleObservation> seen;
  for (const BundleObservation& o : problem.bundle.observations) {
    if (o.pose < 8) seen.push_back(o);
  }
  problem.bundle.observations = seen;
  problem.motion_fixed.assign(kPoses, 0);
  for (int n = 0; n < 8; ++n) {
    problem.bundle.pose_fixed[n] = problem.motion_fixed[n] = 1;
  }
  for (int n = 8; n < kPoses; ++n) {
    problem.bundle.body_from_world[n] = problem.bundle.body_from_world[7];
    problem.velocities[n] = problem.velocities[7];
  }
  AdjustInertial(&problem, {.most_iterations = 60, .tolerance = 1e-10});
  const Eigen::Vector3d error =
      problem.bundle.body_from_world[kPoses - 1].Centre() -
      truth.bundle.body_from_world[kPoses - 1].Centre();
  SENSE_EXPECT(error.norm() < 0.02);
}

void RefusesAndStops() {
  Random random(3);
  InertialProblem problem = Scene(0.5, &random);
  StopFlag stop;
  stop.Stop();
  InertialOptions options;
  options.stop = &stop;
  SENSE_EXPECT(AdjustInertial(&problem, options).stopped);
  problem.links[0].to = kPoses;
  bool refused = false;
  try {
    AdjustInertial(&problem);
  } catch (const std::invalid_argument&) {
    refused = true;
  }
  SENSE_EXPECT(refused);
}

}  // namespace
}  // namespace sense::slam

int main() {
  sense::slam::ScaleAndBiasesAreFound();
  sense::slam::ReadingsBridgeDarkness();
  sense::slam::RefusesAndStops();
}
