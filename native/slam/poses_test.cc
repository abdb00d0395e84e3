#include "native/slam/random_scene.h"
#include "native/slam/similarity_pose.h"
#include "native/testing.h"

namespace sense::slam {
namespace {

void RotationsThereAndBack() {
  Random random(1);
  for (double size : {0.0, 1e-9, 1e-5, 1e-3, 0.5, 3.0, 3.14159}) {
    for (int n = 0; n < 20; ++n) {
      const Eigen::Vector3d turn = size * random.Normals().normalized();
      const Eigen::Matrix3d rotation = RotationExp(turn);
      SENSE_EXPECT((rotation * rotation.transpose()).isIdentity(1e-12));
      SENSE_EXPECT_NEAR((RotationLog(rotation) - turn).norm(), 0, 1e-8);
      SENSE_EXPECT(
          (LeftJacobian(turn) * LeftJacobianInverse(turn)).isIdentity(1e-8));
    }
  }
}

void JacobiansAreThoseOfDifferences() {
  Random random(2);
  const double e = 1e-6;
  for (double size : {1e-5, 0.01, 0.7, 2.5}) {
    const Eigen::Vector3d turn = size * random.Normals().normalized();
    for (int axis = 0; axis < 3; ++axis) {
      const Eigen::Vector3d d = e * Eigen::Vector3d::Unit(axis);
      const Eigen::Vector3d left =
          RotationLog(RotationExp(turn + d) * RotationExp(turn).transpose()) / e;
      SENSE_EXPECT((left - LeftJacobian(turn).col(axis)).norm() < 1e-5);
      const Eigen::Vector3d right =
          RotationLog(RotationExp(turn).transpose() * RotationExp(turn + d)) / e;
      SENSE_EXPECT((right - RightJacobian(turn).col(axis)).norm() < 1e-5);
    }
  }
}

void RigidMotions() {
  Random random(3);
  for (int n = 0; n < 50; ++n) {
    const Vector6 a = random.Tangent(0.8, 2), x = random.Tangent(0.5, 1);
    const Pose3 pose = Pose3::Exp(a);
    SENSE_EXPECT((Pose3::Exp(pose.Log()) * pose.Inverse()).Log().norm() < 1e-9);
    const Pose3 left = pose * Pose3::Exp(x) * pose.Inverse();
    const Pose3 right = Pose3::Exp(pose.Adjoint() * x);
    SENSE_EXPECT((left * right.Inverse()).Log().norm() < 1e-9);
    SENSE_EXPECT((pose * pose.Centre()).norm() < 1e-12);
  }
}

void Similarities() {
  Random random(4);
  for (double turn : {0.0, 1e-6, 1e-3, 0.5}) {
    for (double growth : {0.0, 1e-7, 1e-3, 0.4}) {
      Vector7 a, x;
      a << random.Tangent(turn, 2), growth * random.Normal();
      x << random.Tangent(0.5, 1), 0.3 * random.Normal();
      const Similarity3 pose = Similarity3::Exp(a);
      SENSE_EXPECT((pose.Log() - a).norm() < 1e-8);
      // The exponential of twice the tangent is the square.
      const Similarity3 twice = Similarity3::Exp(2 * a);
      SENSE_EXPECT(((pose * pose).Inverse() * twice).Log().norm() < 1e-7);
      const Similarity3 left = pose * Similarity3::Exp(x) * pose.Inverse();
      const Similarity3 right = Similarity3::Exp(pose.Adjoint() * x);
      SENSE_EXPECT((left * right.Inverse()).Log().norm() < 1e-8);
      const Eigen::Vector3d point = random.Normals();
      SENSE_EXPECT((pose.Inverse() * (pose * point) - point).norm() < 1e-9);
      SENSE_EXPECT((pose.SameRays() * point * pose.scale - pose * point).norm() <
                   1e-9);
    }
  }
}

void ProjectionsByDifferences() {
  Random random(5);
  Lens brown = PlainLens(), fisheye = PlainLens();
  brown.k = {-0.2, 0.05, 0.001, -0.002};
  fisheye.k = {0.03, -0.01, 0.004, -0.001};
  fisheye.fisheye = true;
  for (const Lens& lens : {PlainLens(), brown, fisheye}) {
    const LensProjection camera(lens);
    for (int n = 0; n < 50; ++n) {
      const Eigen::Vector3d point(random.Uniform(-1, 1), random.Uniform(-1, 1),
                                  random.Uniform(2, 4));
      ProjectedPoint here, moved;
      SENSE_EXPECT(camera.Project(point, &here));
      for (int axis = 0; axis < 3; ++axis) {
        const double e = 1e-6;
        SENSE_EXPECT(
            camera.Project(point + e * Eigen::Vector3d::Unit(axis), &moved));
        SENSE_EXPECT(((moved.pixel - here.pixel) / e - here.by_point.col(axis))
                         .norm() < 1e-2);
      }
      const Eigen::Vector3d ray = camera.Ray(here.pixel[0], here.pixel[1]);
      SENSE_EXPECT((ray * point.z() - point).norm() < 1e-8);
    }
    ProjectedPoint none;
    SENSE_EXPECT(!camera.Project({0, 0, -1}, &none));
  }
}

}  // namespace
}  // namespace sense::slam

int main() {
  sense::slam::RotationsThereAndBack();
  sense::slam::JacobiansAreThoseOfDifferences();
  sense::slam::RigidMotions();
  sense::slam::Similarities();
  sense::slam::ProjectionsByDifferences();
}
