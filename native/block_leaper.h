#ifndef SENSE_NATIVE_BLOCK_LEAPER_H_
#define SENSE_NATIVE_BLOCK_LEAPER_H_

#include "native/ray.h"

namespace sense {

// Takes one ray over blocks that cannot change its pixel.
class BlockLeaper {
 public:
  BlockLeaper(const OccupiedBlocks& occupied, const Ray& ray)
      : blocks_(*occupied.blocks),
        distance_(occupied.distance.data()),
        entry_{ray.entry.i, ray.entry.j, ray.entry.k} {
    const float per_mm[3] = {ray.per_mm.i, ray.per_mm.j, ray.per_mm.k};
    for (int axis = 0; axis < 3; ++axis) {
      forward_[axis] = per_mm[axis] > 0;
      mm_per_[axis] = per_mm[axis] == 0 ? 1e30f : 1.0f / per_mm[axis];
    }
  }

  SENSE_INLINE int BlockOf(const Cell& cell) const {
    const int bi = cell.i >> ValueBlocks::kShift;
    const int bj = cell.j >> ValueBlocks::kShift;
    const int bk = cell.k >> ValueBlocks::kShift;
    return bi + blocks_.size()[0] * (bj + blocks_.size()[1] * bk);
  }

  // Blocks around this one, itself included, that do not show; 0: it does.
  SENSE_INLINE int EmptyAround(const Cell& cell) const {
    return distance_[BlockOf(cell)];
  }

  // Distance from the entry at which the ray leaves the cube of blocks that
  // reaches `around` - 1 blocks to each side of the cell's.
  SENSE_INLINE float Exit(const Cell& cell, int around) const {
    const int block[3] = {cell.i >> ValueBlocks::kShift,
                          cell.j >> ValueBlocks::kShift,
                          cell.k >> ValueBlocks::kShift};
    float exit = 1e30f;
    for (int axis = 0; axis < 3; ++axis) {
      const int border =
          forward_[axis] ? block[axis] + around : block[axis] - around + 1;
      const bool outermost = border <= 0 || border >= blocks_.size()[axis];
      const float to_border =
          static_cast<float>(border * ValueBlocks::kEdge) - entry_[axis];
      const float leave = outermost ? 1e30f : to_border * mm_per_[axis];
      exit = leave < exit ? leave : exit;
    }
    return exit;
  }

 private:
  const ValueBlocks& blocks_;
  const uint8_t* distance_;
  const float entry_[3];
  float mm_per_[3];
  bool forward_[3];
};

}  // namespace sense

#endif  // SENSE_NATIVE_BLOCK_LEAPER_H_
