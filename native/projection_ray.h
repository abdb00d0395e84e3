#ifndef SENSE_NATIVE_PROJECTION_RAY_H_
#define SENSE_NATIVE_PROJECTION_RAY_H_

#include <bit>
#include <limits>
#include <type_traits>

#include "native/block_walk.h"
#include "native/ray_result.h"
#include "native/voxel_sampler.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Maximum, minimum or mean of the values along a ray, as a grey.
template <typename Voxel>
class ProjectionRay {
 public:
  // Pictures of eight bits without depths are right within a level.
  ProjectionRay(const Voxel* voxels, const VolumeLayer& layer,
                bool eight_bits)
      : sampler_(voxels, layer.grid.size),
        blocks_(layer.occupied->blocks()),
        look_(layer.look),
        slack_(eight_bits ? (look_.window.high - look_.window.low) / 255
                          : 0.0f) {}

  RayResult Cast(const Ray& ray, const GridRay& grid_ray, float jitter) {
    Begin(ray, grid_ray, jitter);
    if (look_.mode == RayMode::kMean) return Mean();
    return look_.mode == RayMode::kMaximum ? Extreme<true>() : Extreme<false>();
  }

 private:
  SENSE_INLINE void Begin(const Ray& ray, const GridRay& grid_ray,
                          float jitter) {
    ray_ = &ray;
    grid_ray_ = &grid_ray;
    jitter_ = jitter;
    count_ = ray.SampleBefore(ray.length, jitter) + 1;
  }

  static constexpr int kCoarse = 3;  // Level of the blocks.

  struct Best {
    float value;
    int sample = -1;
  };

  template <bool kMaximum>
  static SENSE_INLINE bool Improves(float value, float best) {
    return kMaximum ? value > best : value < best;
  }

  template <bool kMaximum>
  static SENSE_INLINE uint32_t LanesThatImprove(Floats values, float best) {
    return LaneBits(kMaximum ? Less(AllLanes(best), values)
                             : Less(values, AllLanes(best)));
  }

  // Near the extreme of the ray beside this one there is a good value: most
  // blocks need not be sampled then. Nor do those matter that are beyond the
  // window, and shown alike.
  template <bool kMaximum>
  RayResult Extreme() {
    Best best{kMaximum ? look_.window.low : look_.window.high};
    if (hint_ >= 0) SampleHint<kMaximum>(&best);
    WalkCoarse<kMaximum>(&best);
    hint_ = best.sample;
    if (best.sample < 0) {
      return Grey(best.value, std::numeric_limits<float>::quiet_NaN());
    }
    return Refined<kMaximum>(best);
  }

  // Takes the samples around the extreme of the ray before.
  template <bool kMaximum>
  SENSE_INLINE void SampleHint(Best* best) const {
    const int last = count_ > kLanes ? count_ - kLanes : 0;
    const int from = hint_ > kLanes / 2 ? hint_ - kLanes / 2 : 0;
    SampleTile<kMaximum>(from < last ? from : last, count_, best);
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
        static_cast<float>(kMaximum ? bounds.high : bounds.low),
        kMaximum ? best + slack_ : best - slack_);
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
        Search<kMaximum>(begin, end, best);
      }
      begin = exit > begin ? exit : begin;
    }
  }

  // Takes the samples that are in blocks where they may be better.
  template <bool kMaximum>
  void Search(float begin, float end, Best* best) const {
    const int last = ray_->SampleBefore(end, jitter_);
    for (int n = ray_->SampleBefore(begin, jitter_); n <= last; n += kLanes) {
      const Points points = PointsAt(Distances(n));
      const Floats bounds = BoundsAt<kMaximum>(points);
      const float enough = best->value + (kMaximum ? slack_ : -slack_);
      if (!LanesThatImprove<kMaximum>(bounds, enough)) continue;
      TakeBest<kMaximum>(sampler_.Values(points), n, last + 1, best);
    }
  }

  SENSE_INLINE Floats Distances(int first) const {
    const Floats places =
        LaneNumbers() + (static_cast<float>(first - 1) + jitter_);
    return Least(Greatest(places * ray_->step, AllLanes(0.0f)),
                 AllLanes(ray_->length));
  }

  SENSE_INLINE Points PointsAt(Floats distances) const {
    const Point& entry = grid_ray_->entry;
    const Point& per_mm = grid_ray_->per_mm;
    return {distances * per_mm.i + entry.i, distances * per_mm.j + entry.j,
            distances * per_mm.k + entry.k};
  }

  SENSE_INLINE Floats ValuesAt(Floats distances) const {
    return sampler_.Values(PointsAt(distances));
  }

  SENSE_INLINE Floats Values(int first) const {
    return ValuesAt(Distances(first));
  }

  // The highest or lowest values of the blocks around points.
  template <bool kMaximum>
  SENSE_INLINE Floats BoundsAt(const Points& points) const {
    const std::array<int, 3>& size = blocks_.size();
    const auto block = [&](Floats at, int axis) {
      return Least(Greatest(Truncated(at), AllLanes(0)) >> ValueBlocks::kShift,
                   AllLanes(size[axis] - 1));
    };
    const Ints index =
        block(points.i, 0) +
        (block(points.j, 1) + block(points.k, 2) * size[1]) * size[0];
    const Bounds<Voxel>* const bounds = blocks_.bounds<Voxel>(0);
    using Lanes = std::conditional_t<std::is_integral_v<Voxel>, Ints, Floats>;
    Lanes found;
    for (int n = 0; n < kLanes; ++n) {
      found[n] = kMaximum ? bounds[index[n]].high : bounds[index[n]].low;
    }
    if constexpr (std::is_integral_v<Voxel>) {
      return Converted(found);
    } else {
      return found;
    }
  }

  template <bool kMaximum>
  SENSE_INLINE void SampleTile(int first, int end, Best* best) const {
    TakeBest<kMaximum>(Values(first), first, end, best);
  }

  template <bool kMaximum>
  static SENSE_INLINE void TakeBest(Floats values, int first, int end,
                                    Best* best) {
    uint32_t better = LanesThatImprove<kMaximum>(values, best->value);
    if (end - first < kLanes) better &= (1u << (end - first)) - 1;
    for (; better; better &= better - 1) {
      const int n = std::countr_zero(better);
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
  const float slack_;  // What is less than a level of 8 bits does not show.
  const Ray* ray_ = nullptr;
  const GridRay* grid_ray_ = nullptr;
  float jitter_ = 0;
  int count_ = 0;
  int hint_ = -1;
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_PROJECTION_RAY_H_
