#ifndef SENSE_NATIVE_BLOCK_WALK_H_
#define SENSE_NATIVE_BLOCK_WALK_H_

#include <cmath>

#include "native/ray.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Goes along a ray from block to block of one level (Amanatides and Woo, "A
// fast voxel traversal algorithm for ray tracing", 1987).
class BlockWalk {
 public:
  // From `begin` mm on.
  SENSE_INLINE BlockWalk(const std::array<int, 3>& size, int level,
                         const GridRay& ray, float begin) {
    const Point at = ray.At(begin);
    const float places[3] = {at.i, at.j, at.k};
    const float entry[3] = {ray.entry.i, ray.entry.j, ray.entry.k};
    const float per_mm[3] = {ray.per_mm.i, ray.per_mm.j, ray.per_mm.k};
    const int shift = ValueBlocks::kShift + level;
    const float edge = static_cast<float>(1 << shift);
    int64_t stride = 1;
    for (int axis = 0; axis < 3; ++axis) {
      const int last = size[axis] - 1;
      const int block = static_cast<int>(places[axis]) >> shift;
      const int first = block < 0 ? 0 : block < last ? block : last;
      block_ += first * stride;
      const bool forward = per_mm[axis] > 0;
      steps_left_[axis] = forward ? last - first : first;
      stride_[axis] = forward ? stride : -stride;
      const float border = static_cast<float>(forward ? first + 1 : first) * edge;
      const bool leaves = per_mm[axis] != 0 && steps_left_[axis] > 0;
      const float mm_per = leaves ? 1.0f / per_mm[axis] : 0.0f;
      next_[axis] = leaves ? (border - entry[axis]) * mm_per : kNever;
      between_[axis] = leaves ? edge * std::abs(mm_per) : kNever;
      stride *= size[axis];
    }
  }

  // Index of the block, and the distance at which the ray leaves it.
  SENSE_INLINE int64_t block() const { return block_; }
  SENSE_INLINE float exit() const { return next_[NextAxis()]; }

  SENSE_INLINE void Advance() {
    const int axis = NextAxis();
    block_ += stride_[axis];
    next_[axis] =
        --steps_left_[axis] > 0 ? next_[axis] + between_[axis] : kNever;
  }

 private:
  static constexpr float kNever = 1e30f;

  SENSE_INLINE int NextAxis() const {
    const int axis = next_[1] < next_[0] ? 1 : 0;
    return next_[2] < next_[axis] ? 2 : axis;
  }

  int64_t block_ = 0;
  int steps_left_[3];
  int64_t stride_[3];
  float next_[3];     // Where the ray crosses the next border, in mm.
  float between_[3];  // Borders, in mm.
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_BLOCK_WALK_H_
