#ifndef SENSE_NATIVE_PROJECTION_RAY_H_
#define SENSE_NATIVE_PROJECTION_RAY_H_

#include <algorithm>
#include <limits>
#include <vector>

#include "native/block_walk.h"
#include "native/ray_result.h"
#include "native/sample_row.h"

namespace sense {

// Maximum, minimum or mean of the values along a ray, as a grey.
template <typename Voxel>
class ProjectionCaster {
 public:
  ProjectionCaster(const Voxel* voxels, const VoxelGrid& grid,
                   const OccupiedBlocks& occupied, const RaycastLook& look)
      : voxels_(voxels),
        size_(grid.size),
        occupied_(occupied),
        look_(look) {}

  RayResult Cast(const Ray& ray, float jitter) const {
    if (look_.mode == RayMode::kMean) return Mean(ray, jitter);
    return look_.mode == RayMode::kMaximum ? Extreme<true>(ray, jitter)
                                           : Extreme<false>(ray, jitter);
  }

 private:
  // Samples begin ... end - 1 lie in one block, whose best value is `bound`.
  struct Stretch {
    int begin;
    int end;
    float bound;
  };

  struct Best {
    float value;
    float depth = std::numeric_limits<float>::quiet_NaN();
  };

  template <bool kMaximum>
  static bool Improves(float value, float best) {
    return kMaximum ? value > best : value < best;
  }

  // The most promising block is sampled first: most others need not be then.
  // Nor do those matter that are beyond the window, and shown alike.
  template <bool kMaximum>
  RayResult Extreme(const Ray& ray, float jitter) const {
    thread_local std::vector<Stretch> stretches;
    FindStretches<kMaximum>(ray, jitter, &stretches);
    Best best{kMaximum ? look_.window.low : look_.window.high};
    const float enough = kMaximum ? look_.window.high : look_.window.low;
    const Stretch* first = nullptr;
    for (const Stretch& each : stretches) {
      if (!first || Improves<kMaximum>(each.bound, first->bound)) first = &each;
    }
    if (first) SampleStretch<kMaximum>(ray, jitter, *first, &best);
    for (const Stretch& each : stretches) {
      if (!Improves<kMaximum>(enough, best.value)) break;
      if (&each != first && Improves<kMaximum>(each.bound, best.value)) {
        SampleStretch<kMaximum>(ray, jitter, each, &best);
      }
    }
    return Grey(best.value, best.depth);
  }

  template <bool kMaximum>
  void FindStretches(const Ray& ray, float jitter,
                     std::vector<Stretch>* stretches) const {
    stretches->clear();
    const float least = kMaximum ? look_.window.low : look_.window.high;
    const std::vector<ValueRange>& ranges = occupied_.blocks->ranges();
    const int count = ray.SamplesUpTo(ray.length, jitter);
    BlockWalk walk(*occupied_.blocks, ray);
    for (int n = 0; n < count; walk.Advance()) {
      const float exit = std::min(walk.exit(), ray.length);
      const int end = std::min(ray.SamplesUpTo(exit, jitter), count);
      if (end <= n) continue;
      const ValueRange& range = ranges[walk.block()];
      const float bound = kMaximum ? range.high : range.low;
      if (Improves<kMaximum>(bound, least)) {
        stretches->push_back({n, end, bound});
      }
      n = end;
    }
  }

  template <bool kMaximum>
  void SampleStretch(const Ray& ray, float jitter, const Stretch& stretch,
                     Best* best) const {
    float values[kTile];
    for (int begin = stretch.begin; begin < stretch.end; begin += kTile) {
      const int count = std::min(stretch.end - begin, kTile);
      SampleLinear(voxels_, size_, Run(ray, jitter, begin, count), values);
      for (int n = 0; n < count; ++n) {
        if (Improves<kMaximum>(values[n], best->value)) {
          best->value = values[n];
          best->depth = (static_cast<float>(begin + n) + jitter) * ray.step;
        }
      }
    }
  }

  static SampleRun Run(const Ray& ray, float jitter, int begin, int count) {
    const Point start =
        ray.At((static_cast<float>(begin) + jitter) * ray.step);
    const Point step = ray.per_mm * ray.step;
    return {{start.i, start.j, start.k}, {step.i, step.j, step.k}, count};
  }

  RayResult Mean(const Ray& ray, float jitter) const {
    const int total = ray.SamplesUpTo(ray.length, jitter);
    double sum = 0;
    int used = 0;
    float values[kTile];
    for (int begin = 0; begin < total; begin += kTile) {
      const int count = std::min(total - begin, kTile);
      SampleLinear(voxels_, size_, Run(ray, jitter, begin, count), values);
      for (int n = 0; n < count; ++n) {
        if (values[n] != values[n]) continue;
        sum += values[n];
        ++used;
      }
    }
    return Grey(static_cast<float>(sum / used),
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

  const Voxel* voxels_;
  const std::array<int64_t, 3> size_;
  const OccupiedBlocks& occupied_;
  const RaycastLook& look_;
};

}  // namespace sense

#endif  // SENSE_NATIVE_PROJECTION_RAY_H_
