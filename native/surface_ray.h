#ifndef SENSE_NATIVE_SURFACE_RAY_H_
#define SENSE_NATIVE_SURFACE_RAY_H_

#include "native/block_leaper.h"
#include "native/illumination.h"
#include "native/ray_lanes.h"
#include "native/ray_result.h"
#include "native/spline_gradient.h"
#include "native/voxel_sampler.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// The first place along a ray at which the values reach that of a surface.
template <typename Voxel>
class SurfaceRay {
 public:
  SurfaceRay(const Voxel* voxels, const VolumeLayer& layer,
             const BlockDistances& distances,
             const Illumination& illumination)
      : sampler_(voxels, layer.grid.size),
        gradient_(voxels, layer.grid.size),
        to_world_(layer.placement),
        look_(layer.look),
        illumination_(illumination),
        leaper_(distances) {}

  RayResult Cast(const Ray& ray, const GridRay& grid_ray) {
    leaper_.Begin(grid_ray);
    grid_ray_ = grid_ray;
    for (int next = 0;;) {
      const float distance = ray.SampleAt(next, 0.0f);
      const float exit = leaper_.EmptyUntil(distance);
      if (exit > distance) {
        if (exit >= ray.length) break;
        const int last = ray.SampleBefore(exit, 0.0f);
        next = last > next ? last + 1 : next + 1;
        continue;
      }
      // From the sample before, so that no segment is left out.
      const int first = next > 0 ? next - 1 : 0;
      float from = ray.SampleAt(first, 0.0f);
      const float to = ray.SampleAt(first + kLanes - 1, 0.0f);
      if (Reaches(&from, to, ray.step)) return Seen(ray, from);
      if (to >= ray.length) break;
      next = first + kLanes;
    }
    return {};
  }

 private:
  SENSE_INLINE Floats Values(Floats distances) const {
    return sampler_.Values(PointsAt(grid_ray_, distances));
  }

  // Looks at eight samples, and again at eight between the two that are on
  // both sides of the surface; then it is almost straight.
  SENSE_INLINE bool Reaches(float* from, float to, float step) const {
    for (int round = 0;; ++round) {
      const Floats distances = Least(
          LaneNumbers() * step + AllLanes(*from), AllLanes(to));
      const Floats heights = Values(distances) - look_.surface_value;
      int n = 0;
      while (n < kLanes && !(heights[n] >= 0.0f)) ++n;
      if (n == kLanes) return false;
      if (n == 0) return true;
      const float front = distances[n - 1], back = distances[n];
      if (round == 1) {
        const float rise = heights[n] - heights[n - 1];
        // A NaN before the surface has no height.
        const float share = rise > 0.0f ? -heights[n - 1] / rise : 1.0f;
        *from = front + share * (back - front);
        return true;
      }
      *from = front;
      to = back;
      step = (back - front) * (1.0f / (kLanes - 1));
    }
  }

  SENSE_INLINE RayResult Seen(const Ray& ray, float distance) const {
    RayResult result;
    result.depth = distance;
    const std::array<float, 3>& colour = look_.surface_colour;
    Floats4 seen = {colour[0], colour[1], colour[2], 1.0f};
    if (illumination_.shaded()) {
      const Points points = PointsAt(grid_ray_, AllLanes(distance));
      const Gradients gradients = to_world_(gradient_.At(points, 1));
      seen = illumination_.On(gradients, ray.direction).On(0, seen);
    }
    StoreLanes(seen, result.rgba.data());
    return result;
  }

  const VoxelSampler<Voxel> sampler_;
  const SplineGradient<Voxel> gradient_;
  const GradientToWorld to_world_;
  const RaycastLook& look_;
  const Illumination& illumination_;
  BlockLeaper leaper_;
  GridRay grid_ray_ = {};
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_SURFACE_RAY_H_
