#ifndef SENSE_NATIVE_PROJECTION_RAY_H_
#define SENSE_NATIVE_PROJECTION_RAY_H_

#include <algorithm>

#include "native/composite_ray.h"

namespace sense {

// Maximum, minimum or mean of the values along a ray, as a grey.
template <typename Voxel>
class ProjectionCaster {
 public:
  ProjectionCaster(const Voxel* voxels, const VoxelGrid& grid,
                   const OccupiedBlocks& occupied, const RaycastLook& look)
      : cells_(grid.size),
        sampler_(voxels, grid.size),
        occupied_(occupied),
        look_(look) {}

  RayResult Cast(const Ray& ray, float jitter) const {
    if (look_.mode == RayMode::kMean) return Mean(ray, jitter);
    return look_.mode == RayMode::kMaximum ? Extreme<true>(ray, jitter)
                                           : Extreme<false>(ray, jitter);
  }

 private:
  template <bool kMaximum>
  RayResult Extreme(const Ray& ray, float jitter) const {
    const BlockLeaper leaper(occupied_, ray);
    float best = std::numeric_limits<float>::quiet_NaN(), depth = best;
    const auto improves = [&best](float value) {
      return !(kMaximum ? value <= best : value >= best);
    };
    for (int n = 0;; ++n) {
      const float distance = (static_cast<float>(n) + jitter) * ray.step;
      if (distance > ray.length) break;
      const Cell cell = cells_.Find(ray.At(distance));
      const ValueRange& range = leaper.RangeAt(cell);
      if (!improves(kMaximum ? range.high : range.low)) {
        const float exit = leaper.Exit(cell, 1);
        if (exit >= ray.length) break;
        n = std::max(n, static_cast<int>(exit / ray.step - jitter));
        continue;
      }
      const float value = sampler_.Value(cell);
      if (value == value && improves(value)) {
        best = value;
        depth = distance;
      }
    }
    return Grey(best, depth);
  }

  RayResult Mean(const Ray& ray, float jitter) const {
    double sum = 0;
    int count = 0;
    for (int n = 0;; ++n) {
      const float distance = (static_cast<float>(n) + jitter) * ray.step;
      if (distance > ray.length) break;
      sum += sampler_.Value(cells_.Find(ray.At(distance)));
      ++count;
    }
    return Grey(static_cast<float>(sum / count),
                std::numeric_limits<float>::quiet_NaN());
  }

  RayResult Grey(float value, float depth) const {
    RayResult result;
    result.depth = depth;
    if (value != value) return result;
    const float level =
        (value - look_.window.low) / (look_.window.high - look_.window.low);
    const float grey = std::clamp(level, 0.0f, 1.0f);
    result.rgba = {grey, grey, grey, 1.0f};
    return result;
  }

  const CellFinder cells_;
  const VoxelSampler<Voxel> sampler_;
  const OccupiedBlocks& occupied_;
  const RaycastLook& look_;
};

}  // namespace sense

#endif  // SENSE_NATIVE_PROJECTION_RAY_H_
