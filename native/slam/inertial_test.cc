#include "native/slam/inertial_start.h"
#include "native/slam/preintegration.h"
#include "native/slam/random_scene.h"
#include "native/slam/sway_motion.h"
#include "native/testing.h"

namespace sense::slam {
namespace {

void SumsLeadWhereTheMotionWent() {
  const auto readings = Readings(0, 3, {});
  for (double from : {0.0, 0.1013, 1.337}) {
    Preintegration sum;
    SENSE_EXPECT(sum.AddReadings(readings, from, from + 1));
    const InertialState end = sum.Predict(StateAt(from), {}, kGravity);
    const InertialState truth = StateAt(from + 1);
    SENSE_EXPECT((end.velocity - truth.velocity).norm() < 1e-3);
    SENSE_EXPECT((end.world_from_body * truth.world_from_body.Inverse())
                     .Log().norm() < 1e-3);
    SENSE_EXPECT(sum.Contradiction(StateAt(from), truth, {}, kGravity).norm() <
                 1e-3);
  }
}

void GapsAreRefused() {
  auto readings = Readings(0, 1, {});
  Preintegration sum;
  SENSE_EXPECT(!sum.AddReadings({}, 0, 1));
  SENSE_EXPECT(!sum.AddReadings(readings, 0.5, 1.5));
  SENSE_EXPECT(!sum.AddReadings(readings, 0.5, 0.5));
  readings.erase(readings.begin() + 60, readings.begin() + 100);
  SENSE_EXPECT(!sum.AddReadings(readings, 0, 1));
  SENSE_EXPECT(sum.seconds() == 0);
}

void BiasSlopesAreThoseOfDifferences() {
  const auto readings = Readings(0, 1, {});
  Preintegration sum;
  sum.AddReadings(readings, 0, 0.7);
  for (int axis = 0; axis < 6; ++axis) {
    const double e = 1e-5;
    InertialBias bias;
    (axis < 3 ? bias.turn_rate : bias.acceleration)[axis % 3] = e;
    Preintegration other(bias);
    other.AddReadings(readings, 0, 0.7);
    Vector9 change;
    change << RotationLog(sum.RotationAt({}).transpose() *
                          other.RotationAt(bias)),
        other.VelocityAt(bias) - sum.VelocityAt({}),
        other.PositionAt(bias) - sum.PositionAt({});
    SENSE_EXPECT((change / e - sum.by_bias().col(axis)).norm() < 2e-3);
  }
}

// Noisy readings many times over: the spread is what the covariance says.
void CovarianceIsTheSpread() {
  Random random(1);
  const InertialNoise noise{0.01, 0.1};
  const auto readings = Readings(0, 1, {});
  Preintegration exact({}, noise);
  exact.AddReadings(readings, 0, 0.5);
  double squares = 0;
  constexpr int kTrials = 300;
  for (int trial = 0; trial < kTrials; ++trial) {
    Preintegration noisy({}, noise);
    for (int n = 0; n < 100; ++n) {
      const auto& a = readings[n];
      const auto& b = readings[n + 1];
      const double scale = 1 / std::sqrt(0.005);
      noisy.Add((a.turn_rate + b.turn_rate) / 2 +
                    noise.turn_rate * scale * random.Normals(),
                (a.acceleration + b.acceleration) / 2 +
                    noise.acceleration * scale * random.Normals(),
                0.005);
    }
    Vector9 change;
    change << RotationLog(exact.RotationAt({}).transpose() *
                          noisy.RotationAt({})),
        noisy.VelocityAt({}) - exact.VelocityAt({}),
        noisy.PositionAt({}) - exact.PositionAt({});
    squares += change.dot(exact.covariance().ldlt().solve(change));
  }
  SENSE_EXPECT_NEAR(squares / kTrials, 9, 1);  // Nine degrees.
}

void StartsFromPicturesAndReadings() {
  const InertialBias bias{{0.02, -0.01, 0.03}, Eigen::Vector3d::Zero()};
  const auto readings = Readings(0, 5, bias);
  Random random(2);
  const Pose3 body_from_camera = Pose3::Exp(random.Tangent(0.5, 0.1));
  // Another world, and for the second round another scale.
  const Pose3 turned = Pose3::Exp(random.Tangent(0.7, 1));
  for (const double scale : {1.0, 3.7}) {
    std::vector<Pose3> cameras;
    std::vector<Preintegration> between;
    for (int n = 0; n < 12; ++n) {
      Pose3 pose = turned * StateAt(0.25 * n).world_from_body * body_from_camera;
      pose.translation /= scale;
      cameras.push_back(pose);
      if (n == 0) continue;
      between.emplace_back();
      between.back().AddReadings(readings, 0.25 * (n - 1), 0.25 * n);
    }
    InertialStartOptions options;
    options.scale_known = scale == 1;
    const InertialStart start =
        FindInertialStart(cameras, body_from_camera, between, options);
    SENSE_EXPECT(start.found);
    SENSE_EXPECT_NEAR(start.scale / scale, 1, 0.01);
    SENSE_EXPECT((start.gravity - turned.rotation * kGravity).norm() < 0.1);
    SENSE_EXPECT((start.turn_rate_bias - bias.turn_rate).norm() < 1e-3);
    for (int n = 0; n < 12; ++n) {
      SENSE_EXPECT((start.velocities[n] -
                    turned.rotation * StateAt(0.25 * n).velocity).norm() < 0.05);
    }
  }
}

// A camera that stands still has no scale.
void StandingStillStartsNothing() {
  std::vector<Preintegration> between(7);
  for (auto& sum : between) {
    for (int n = 0; n < 50; ++n) sum.Add({0, 0, 0}, -kGravity, 0.005);
  }
  InertialStartOptions options;
  options.scale_known = false;
  const std::vector<Pose3> poses(8);
  SENSE_EXPECT(!FindInertialStart(poses, {}, between, options).found);
  SENSE_EXPECT(!FindInertialStart({}, {}, {}, options).found);
}

}  // namespace
}  // namespace sense::slam

int main() {
  using namespace sense::slam;
  SumsLeadWhereTheMotionWent();
  GapsAreRefused();
  BiasSlopesAreThoseOfDifferences();
  CovarianceIsTheSpread();
  StartsFromPicturesAndReadings();
  StandingStillStartsNothing();
}
