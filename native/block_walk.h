#ifndef SENSE_NATIVE_BLOCK_WALK_H_
#define SENSE_NATIVE_BLOCK_WALK_H_

#include <algorithm>

#include "native/ray.h"

namespace sense {

// Goes along a ray from block to block (Amanatides and Woo, "A fast voxel
// traversal algorithm for ray tracing", 1987).
class BlockWalk {
 public:
  BlockWalk(const ValueBlocks& blocks, const Ray& ray) {
    const float entry[3] = {ray.entry.i, ray.entry.j, ray.entry.k};
    const float per_mm[3] = {ray.per_mm.i, ray.per_mm.j, ray.per_mm.k};
    int64_t stride = 1;
    for (int axis = 0; axis < 3; ++axis) {
      const int last = blocks.size()[axis] - 1;
      const int first = std::clamp(
          static_cast<int>(entry[axis]) >> ValueBlocks::kShift, 0, last);
      block_ += first * stride;
      const bool forward = per_mm[axis] > 0;
      steps_left_[axis] = forward ? last - first : first;
      stride_[axis] = forward ? stride : -stride;
      const float border = static_cast<float>((forward ? first + 1 : first) *
                                              ValueBlocks::kEdge);
      const bool leaves = per_mm[axis] != 0 && steps_left_[axis] > 0;
      next_[axis] = leaves ? (border - entry[axis]) / per_mm[axis] : kNever;
      between_[axis] = leaves ? static_cast<float>(ValueBlocks::kEdge) /
                                    std::abs(per_mm[axis])
                              : kNever;
      stride *= blocks.size()[axis];
    }
  }

  // Index of the block, and the distance at which the ray leaves it.
  int64_t block() const { return block_; }
  float exit() const { return next_[NextAxis()]; }

  void Advance() {
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

}  // namespace sense

#endif  // SENSE_NATIVE_BLOCK_WALK_H_
