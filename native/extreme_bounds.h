#ifndef SENSE_NATIVE_EXTREME_BOUNDS_H_
#define SENSE_NATIVE_EXTREME_BOUNDS_H_

#include <algorithm>
#include <limits>
#include <type_traits>

#include "native/value_blocks.h"
#include "native/voxel_sampler.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// What the values around points cannot be more than, by the blocks they are in;
// of a minimum the values are negated.
template <typename Voxel, bool kMaximum>
class ExtremeBounds {
 public:
  explicit ExtremeBounds(const ValueBlocks& blocks) : blocks_(blocks) {}

  // The highest or lowest values of the blocks around points.
  SENSE_INLINE Floats At(const Points& points) const {
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
      return Converted(kMaximum ? found : 0 - found);
    } else {
      return kMaximum ? found : 0.0f - found;
    }
  }

  // No value between points and others is more; by the blocks of a level.
  SENSE_INLINE float Between(int level, const Points& front,
                             const Points& back) const {
    const auto blocks = [&](Floats a, Floats b, int axis) {
      return Along(a, b, ValueBlocks::kShift + level,
                     blocks_.size(level)[axis]);
    };
    const BlockSpan is = blocks(front.i, back.i, 0);
    const BlockSpan js = blocks(front.j, back.j, 1);
    const BlockSpan ks = blocks(front.k, back.k, 2);
    const std::array<int, 3>& size = blocks_.size(level);
    const Bounds<Voxel>* const bounds = blocks_.bounds<Voxel>(level);
    float bound = -std::numeric_limits<float>::infinity();
    for (int k = ks.first; k <= ks.last; ++k) {
      for (int j = js.first; j <= js.last; ++j) {
        const Bounds<Voxel>* const row =
            bounds + (int64_t{k} * size[1] + j) * size[0];
        for (int i = is.first; i <= is.last; ++i) {
          const float one =
              static_cast<float>(kMaximum ? row[i].high : row[i].low);
          bound = std::max(bound, kMaximum ? one : -one);
        }
      }
    }
    return bound;
  }

 private:
  struct BlockSpan {
    int first, last;
  };

  // The blocks of 1 << shift voxels along an axis in which places may be.
  static SENSE_INLINE BlockSpan Along(Floats a, Floats b, int shift,
                                      int size) {
    const Floats lows = Least(a, b), highs = Greatest(a, b);
    float low = lows[0], high = highs[0];
    for (int n = 1; n < kLanes; ++n) {
      low = lows[n] < low ? lows[n] : low;
      high = highs[n] > high ? highs[n] : high;
    }
    return {std::clamp(static_cast<int>(low) >> shift, 0, size - 1),
            std::clamp(static_cast<int>(high) >> shift, 0, size - 1)};
  }

  const ValueBlocks& blocks_;
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_EXTREME_BOUNDS_H_
