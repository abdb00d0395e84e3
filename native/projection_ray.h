#ifndef SENSE_NATIVE_PROJECTION_RAY_H_
#define SENSE_NATIVE_PROJECTION_RAY_H_

#include <limits>

#include "native/block_walk.h"
#include "native/ray_result.h"
#include "native/voxel_sampler.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Maximum, minimum or mean of the values along a ray, as a grey.
template <typename Voxel>
class ProjectionRay {
 public:
  ProjectionRay(const Voxel* voxels, const VolumeLayer& layer)
      : sampler_(voxels, layer.grid.size),
        blocks_(layer.occupied->blocks()),
        look_(layer.look) {}

  RayResult Cast(const Ray& ray, const GridRay& grid_ray, float jitter) {
    ray_ = &ray;
    grid_ray_ = &grid_ray;
    jitter_ = jitter;
    count_ = ray.SampleBefore(ray.length, jitter) + 1;
    if (look_.mode == RayMode::kMean) return Mean();
    return look_.mode == RayMode::kMaximum ? Extreme<true>() : Extreme<false>();
  }

 private:
  static constexpr int kCoarse = 3, kFine = 1;  // Levels of the blocks.

  struct Best {
    float value;
    int sample = -1;
  };

  template <bool kMaximum>
  static SENSE_INLINE bool Improves(float value, float best) {
    return kMaximum ? value > best : value < best;
  }

  // Near the extreme of the ray beside this one there is a good value: most
  // blocks need not be sampled then. Nor do those matter that are beyond the
  // window, and shown alike.
  template <bool kMaximum>
  RayResult Extreme() {
    Best best{kMaximum ? look_.window.low : look_.window.high};
    if (hint_ >= 0) {
      const int last = count_ > kLanes ? count_ - kLanes : 0;
      const int from = hint_ > kLanes / 2 ? hint_ - kLanes / 2 : 0;
      SampleTile<kMaximum>(from < last ? from : last, count_, &best);
    }
    WalkCoarse<kMaximum>(&best);
    hint_ = best.sample;
    if (best.sample < 0) {
      return Grey(best.value, std::numeric_limits<float>::quiet_NaN());
    }
    return Refined<kMaximum>(best);
  }

  // Looks more closely between the samples beside the best one.
  template <bool kMaximum>
  SENSE_INLINE RayResult Refined(const Best& best) const {
    const float front = ray_->SampleAt(best.sample - 1, jitter_);
    const float back = ray_->SampleAt(best.sample + 1, jitter_);
    const Floats distances =
        (LaneNumbers() + 1.0f) * ((back - front) * (1.0f / (kLanes + 1))) +
        front;
    const Floats values = ValuesAt(distances);
    float value = best.value;
    float depth = ray_->SampleAt(best.sample, jitter_);
    for (int n = 0; n < kLanes; ++n) {
      if (!Improves<kMaximum>(values[n], value)) continue;
      value = values[n];
      depth = distances[n];
    }
    return Grey(value, depth);
  }

  template <bool kMaximum>
  SENSE_INLINE bool MayImprove(int level, int64_t block, float best) const {
    const Bounds<Voxel>& bounds = blocks_.bounds<Voxel>(level)[block];
    return Improves<kMaximum>(
        static_cast<float>(kMaximum ? bounds.high : bounds.low), best);
  }

  template <bool kMaximum>
  void WalkCoarse(Best* best) const {
    const float enough = kMaximum ? look_.window.high : look_.window.low;
    BlockWalk walk(blocks_.size(kCoarse), kCoarse, *grid_ray_, 0.0f);
    for (float begin = 0.0f; begin < ray_->length; walk.Advance()) {
      if (!Improves<kMaximum>(enough, best->value)) return;
      const float exit = walk.exit();
      const float end = exit < ray_->length ? exit : ray_->length;
      if (end > begin &&
          MayImprove<kMaximum>(kCoarse, walk.block(), best->value)) {
        WalkFine<kMaximum>(begin, end, best);
      }
      begin = exit > begin ? exit : begin;
    }
  }

  template <bool kMaximum>
  void WalkFine(float begin, float end, Best* best) const {
    BlockWalk walk(blocks_.size(kFine), kFine, *grid_ray_, begin);
    int next = ray_->SampleBefore(begin, jitter_);
    for (; begin < end; walk.Advance()) {
      const float exit = walk.exit();
      const float leave = exit < end ? exit : end;
      const int last = ray_->SampleBefore(leave, jitter_);
      if (MayImprove<kMaximum>(kFine, walk.block(), best->value)) {
        for (int n = next; n <= last; n += kLanes) {
          SampleTile<kMaximum>(n, last + 1, best);
        }
      }
      next = last + 1;
      begin = exit > begin ? exit : begin;
    }
  }

  SENSE_INLINE Floats Values(int first) const {
    const Floats places =
        LaneNumbers() + (static_cast<float>(first - 1) + jitter_);
    const Floats distances =
        Least(Greatest(places * ray_->step, AllLanes(0.0f)),
              AllLanes(ray_->length));
    return ValuesAt(distances);
  }

  SENSE_INLINE Floats ValuesAt(Floats distances) const {
    const Point& entry = grid_ray_->entry;
    const Point& per_mm = grid_ray_->per_mm;
    return sampler_.Values({distances * per_mm.i + entry.i,
                            distances * per_mm.j + entry.j,
                            distances * per_mm.k + entry.k});
  }

  template <bool kMaximum>
  SENSE_INLINE void SampleTile(int first, int end, Best* best) const {
    const Floats values = Values(first);
    for (int n = 0; n < kLanes && first + n < end; ++n) {
      if (Improves<kMaximum>(values[n], best->value)) {
        best->value = values[n];
        best->sample = first + n;
      }
    }
  }

  RayResult Mean() const {
    double sum = 0;
    int used = 0;
    for (int first = 0; first < count_; first += kLanes) {
      const Floats values = Values(first);
      for (int n = 0; n < kLanes && first + n < count_; ++n) {
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
    const float grey = level > 0.0f ? level < 1.0f ? level : 1.0f : 0.0f;
    result.rgba = {grey, grey, grey, 1.0f};
    return result;
  }

  const VoxelSampler<Voxel> sampler_;
  const ValueBlocks& blocks_;
  const RaycastLook& look_;
  const Ray* ray_ = nullptr;
  const GridRay* grid_ray_ = nullptr;
  float jitter_ = 0;
  int count_ = 0;
  int hint_ = -1;
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_PROJECTION_RAY_H_
