#ifndef SENSE_NATIVE_EXTREME_SEARCH_H_
#define SENSE_NATIVE_EXTREME_SEARCH_H_

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <vector>

#include "native/extreme_bounds.h"
#include "native/ray_lanes.h"
#include "native/raycast.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Eight values, and where on rays they are; NaN for nowhere.
struct Extremes {
  Floats value, distance;
};

// Finds the highest or the lowest values along eight rays. Inside, values are
// negated for the lowest.
template <typename Voxel, bool kMaximum>
class ExtremeSearch {
 public:
  // Of values beyond the window it is enough to know that there are some.
  // Samples that are better by no more than `slack` may be left out.
  ExtremeSearch(const VoxelSampler<Voxel>& sampler, const ValueBlocks& blocks,
                const ValueRange& window, float slack)
      : sampler_(sampler),
        bounds_(blocks),
        least_(kMaximum ? window.low : 0.0f - window.high),
        most_(kMaximum ? window.high : 0.0f - window.low),
        slack_(slack) {
    hints_.fill(-1);
  }

  // Near the extremes of the rays above, and in the blocks of the highest
  // bounds, there are good values: most blocks need not be sampled then.
  // `columns` are those of the picture.
  Extremes Find(const RayLanes& rays, const int* columns) {
    Best best;
    best.value = AllLanes(least_);
    best.sample = AllLanes(-1);
    SetEnough(&best);
    TakeHints(rays, columns, &best);
    const Ints brightest = FindSteps(rays, best);
    for (int n = 0; n < kTried; ++n) {
      const Ints samples = Least(brightest + n, rays.counts() - 1);
      Take(rays.PointsAt(rays.Distances(samples)), samples, &best);
    }
    TakeSteps(rays, &best);
    for (int n = 0; n < kLanes; ++n) {
      hints_[HintAt(columns[n])] = best.sample[n];
    }
    return Refined(rays, best);
  }

 private:
  // Samples that are looked at together, and the level of their blocks.
  static constexpr int kFar = 32, kFarLevel = 3;
  static constexpr int kTried = 4;  // Samples in the brightest blocks.
  // From so many rays on that want a sample it is taken of all.
  static constexpr int kMany = 6;
  static constexpr int kHints = 16;  // For two columns of a tile each.
  static constexpr float kNever = std::numeric_limits<float>::infinity();

  // Eight values and the samples where they are; -1 for none.
  struct Best {
    Floats value;
    Ints sample;
    Floats enough;  // What is not more does not matter.
    float weakest;  // The least of them.
  };

  // A sample of every ray, and what none of their values is more than.
  struct Step {
    Floats bound;
    int sample;
  };

  SENSE_INLINE Floats ValuesAt(const Points& points) const {
    const Floats values = sampler_.Values(points);
    return kMaximum ? values : 0.0f - values;
  }

  SENSE_INLINE void SetEnough(Best* best) const {
    best->enough = Select(Less(best->value, AllLanes(most_)),
                          best->value + slack_, AllLanes(kNever));
    float weakest = best->enough[0];
    for (int n = 1; n < kLanes; ++n) {
      weakest = best->enough[n] < weakest ? best->enough[n] : weakest;
    }
    best->weakest = weakest;
  }

  static SENSE_INLINE int HintAt(int column) {
    return column >> 1 & (kHints - 1);
  }

  // Takes the samples around the extremes of the rays above.
  SENSE_INLINE void TakeHints(const RayLanes& rays, const int* columns,
                              Best* best) const {
    Ints hints;
    for (int n = 0; n < kLanes; ++n) {
      hints[n] = std::min(hints_[HintAt(columns[n])], rays.count(n) - 1);
    }
    for (int shift = -1; shift <= 1; ++shift) {
      const Ints samples = Greatest(hints + shift, AllLanes(0));
      Take(rays.PointsAt(rays.Distances(samples)), samples, best);
    }
  }

  // Keeps the samples that may be better; gives where the bounds of each ray
  // are highest first.
  SENSE_INLINE Ints FindSteps(const RayLanes& rays, const Best& best) {
    steps_.clear();
    Floats highest = AllLanes(-kNever);
    Ints brightest = AllLanes(0);
    const int count = best.weakest < kNever ? rays.LongestCount() : 0;
    for (int far = 0; far < count; far += kFar) {
      if (!(Bound(rays, kFarLevel, far, kFar) > best.weakest)) continue;
      const int end = std::min(far + kFar, count);
      for (int n = far; n < end; ++n) {
        const Ints samples = AllLanes(n);
        Floats bound = bounds_.At(rays.PointsAt(rays.Distances(samples)));
        bound = Select(Less(samples, rays.counts()), bound, AllLanes(-kNever));
        if (!LaneBits(Less(best.enough, bound))) continue;
        steps_.push_back({bound, n});
        const Ints higher = Less(highest, bound);
        highest = Select(higher, bound, highest);
        brightest = Select(higher, samples, brightest);
      }
    }
    return brightest;
  }

  // Takes those that still may.
  SENSE_INLINE void TakeSteps(const RayLanes& rays, Best* best) const {
    Ints lanes = AllLanes(0), samples = AllLanes(0);  // Of those that wait.
    int waiting = 0;
    for (const Step& step : steps_) {
      uint32_t wanted = LaneBits(Less(best->enough, step.bound));
      if (std::popcount(wanted) >= kMany) {
        const Ints all = AllLanes(step.sample);
        Take(rays.PointsAt(rays.Distances(all)), all, best);
        continue;
      }
      for (; wanted; wanted &= wanted - 1) {
        lanes[waiting] = std::countr_zero(wanted);
        samples[waiting] = step.sample;
        if (++waiting < kLanes) continue;
        TakeOfLanes(rays, lanes, samples, best);
        waiting = 0;
      }
    }
    if (waiting) TakeOfLanes(rays, lanes, samples, best);
  }

  // Takes samples of any of the rays, several of one, too.
  SENSE_INLINE void TakeOfLanes(const RayLanes& rays, Ints lanes, Ints samples,
                                Best* best) const {
    const Floats values = ValuesAt(rays.PointsAt(lanes, samples));
    uint32_t better =
        LaneBits(Less(Permuted(best->value, lanes), values));
    if (!better) return;
    for (; better; better &= better - 1) {
      const int n = std::countr_zero(better), lane = lanes[n];
      if (!(values[n] > best->value[lane])) continue;
      best->value[lane] = values[n];
      best->sample[lane] = samples[n];
    }
    SetEnough(best);
  }

  SENSE_INLINE void Take(const Points& points, Ints samples,
                         Best* best) const {
    const Floats values = ValuesAt(points);
    const Ints better = Less(best->value, values);
    if (!LaneBits(better)) return;
    best->value = Select(better, values, best->value);
    best->sample = Select(better, samples, best->sample);
    SetEnough(best);
  }

  // No value of `count` samples of the rays is more.
  SENSE_INLINE float Bound(const RayLanes& rays, int level, int first,
                           int count) const {
    return bounds_.Between(
        level, rays.PointsAt(rays.Distances(AllLanes(first))),
        rays.PointsAt(rays.Distances(AllLanes(first + count - 1))));
  }

  // Looks more closely between the samples beside the best ones.
  SENSE_INLINE Extremes Refined(const RayLanes& rays, const Best& best) const {
    const Floats front = rays.Distances(best.sample - 1);
    const Floats step = (rays.Distances(best.sample + 1) - front) * (1.0f / 9);
    Floats value = best.value, distance = rays.Distances(best.sample);
    for (int n = 1; n < 9; ++n) {
      const Floats distances = front + step * static_cast<float>(n);
      const Floats values = ValuesAt(rays.PointsAt(distances));
      const Ints better = Less(value, values);
      value = Select(better, values, value);
      distance = Select(better, distances, distance);
    }
    const Ints nowhere = Equal(best.sample, AllLanes(-1));
    value = Select(nowhere, best.value, value);
    return {kMaximum ? value : 0.0f - value,
            Select(nowhere, AllLanes(std::numeric_limits<float>::quiet_NaN()),
                   distance)};
  }

  const VoxelSampler<Voxel>& sampler_;
  const ExtremeBounds<Voxel, kMaximum> bounds_;
  const float least_, most_;
  const float slack_;
  std::array<int, kHints> hints_;  // Samples of the rays above; -1 for none.
  std::vector<Step> steps_;
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_EXTREME_SEARCH_H_
