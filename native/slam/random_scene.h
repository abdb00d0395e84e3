#ifndef SENSE_NATIVE_SLAM_RANDOM_SCENE_H_
#define SENSE_NATIVE_SLAM_RANDOM_SCENE_H_

#include <cstdint>
#include <random>

#include "native/slam/bundle_problem.h"

// Scenes with known poses and points, for tests.
namespace sense::slam {

// The same numbers with every standard library.
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  double Uniform(double low, double high) {
    return low + (high - low) * (engine_() >> 11) * 0x1p-53;
  }
  double Normal() {
    const double radius = std::sqrt(-2 * std::log(Uniform(1e-300, 1)));
    return radius * std::cos(Uniform(0, 6.283185307179586));
  }
  Eigen::Vector3d Normals() {
    const double x = Normal(), y = Normal(), z = Normal();
    return {x, y, z};
  }
  Vector6 Tangent(double turn, double shift) {
    Vector6 t;
    t.head<3>() = turn * Normals();
    t.tail<3>() = shift * Normals();
    return t;
  }

 private:
  std::mt19937_64 engine_;
};

inline Lens PlainLens() {
  Lens lens;
  lens.fx = lens.fy = 500;
  lens.cx = 320;
  lens.cy = 240;
  return lens;
}

struct SceneOptions {
  int poses = 8, points = 200;
  double noise_px = 0.5;
  double stereo_m = 0;   // Baseline; 0: one camera.
  double depth_sigma_m = 0;  // 0: no depth.
  double outlier_share = 0;
  Lens lens = PlainLens();
  Pose3 camera_from_body;
};

// Cameras on an arc around a cloud of points, with what they see.
inline BundleProblem RandomScene(const SceneOptions& options, Random* random) {
  BundleProblem scene;
  RigCamera camera;
  camera.lens = LensProjection(options.lens);
  camera.camera_from_body = options.camera_from_body;
  camera.baseline_m = options.stereo_m;
  scene.cameras = {camera};
  for (int n = 0; n < options.points; ++n) {
    scene.points.push_back({random->Uniform(-2, 2), random->Uniform(-1.5, 1.5),
                            random->Uniform(-1, 1)});
  }
  for (int n = 0; n < options.poses; ++n) {
    const double angle = 0.8 * (n + 0.5) / options.poses - 0.4;
    const Pose3 seen(RotationExp({0, angle, 0}), {0, 0, 6});
    scene.body_from_world.push_back(
        (options.camera_from_body.Inverse() * seen)
            .Moved(random->Tangent(0.02, 0.05)));
  }
  for (int pose = 0; pose < options.poses; ++pose) {
    for (int point = 0; point < options.points; ++point) {
      const Eigen::Vector3d in_camera =
          camera.camera_from_body *
          (scene.body_from_world[pose] * scene.points[point]);
      ProjectedPoint shown;
      if (!camera.lens.Project(in_camera, &shown)) continue;
      BundleObservation o{pose, point, 0, {}};
      o.seen.u = shown.pixel[0] + options.noise_px * random->Normal();
      o.seen.v = shown.pixel[1] + options.noise_px * random->Normal();
      o.seen.sigma_px = options.noise_px > 0 ? options.noise_px : 1;
      if (options.stereo_m > 0) {
        o.seen.right_u = shown.pixel[0] -
                         options.lens.fx * options.stereo_m / in_camera.z() +
                         options.noise_px * random->Normal();
      } else if (options.depth_sigma_m > 0) {
        o.seen.depth_sigma_m = options.depth_sigma_m;
        o.seen.depth_m =
            in_camera.z() + options.depth_sigma_m * random->Normal();
      }
      if (random->Uniform(0, 1) < options.outlier_share) {
        o.seen.u += random->Uniform(20, 60);
      }
      scene.observations.push_back(o);
    }
  }
  return scene;
}

// Moves whatever is not fixed.
inline void Disturb(BundleProblem* scene, double turn, double shift,
                    Random* random) {
  for (size_t n = 0; n < scene->body_from_world.size(); ++n) {
    if (scene->IsPoseFixed(static_cast<int>(n))) continue;
    scene->body_from_world[n] =
        scene->body_from_world[n].Moved(random->Tangent(turn, shift));
  }
  for (Eigen::Vector3d& point : scene->points) point += shift * random->Normals();
}

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_RANDOM_SCENE_H_
