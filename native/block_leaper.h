#ifndef SENSE_NATIVE_BLOCK_LEAPER_H_
#define SENSE_NATIVE_BLOCK_LEAPER_H_

#include "native/ray.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Takes rays, one after the other, over blocks that cannot change a pixel.
class BlockLeaper {
 public:
  explicit BlockLeaper(const BlockDistances& blocks)
      : distance_(blocks.distances->data()),
        size_{blocks.size[0], blocks.size[1], blocks.size[2]} {}

  SENSE_INLINE void Begin(const GridRay& ray) {
    ray_ = ray;
    mm_per_[0] = Inverse(ray.per_mm.i);
    mm_per_[1] = Inverse(ray.per_mm.j);
    mm_per_[2] = Inverse(ray.per_mm.k);
  }

  // Whether something may be there.
  SENSE_INLINE bool ShowsAt(float distance) const {
    if (!(distance >= ray_.begin && distance < ray_.end)) return false;
    const Point at = ray_.At(distance);
    const int i = BlockAt(at.i, size_[0]), j = BlockAt(at.j, size_[1]),
              k = BlockAt(at.k, size_[2]);
    return distance_[i + size_[0] * (j + size_[1] * k)] == 0;
  }

  // The distance up to which nothing is from here on; the same where
  // something may be.
  SENSE_INLINE float EmptyUntil(float distance) const {
    if (distance < ray_.begin) return ray_.begin;
    if (distance >= ray_.end) return kNever;
    const Point at = ray_.At(distance);
    const int block[3] = {BlockAt(at.i, size_[0]), BlockAt(at.j, size_[1]),
                          BlockAt(at.k, size_[2])};
    const int around =
        distance_[block[0] + size_[0] * (block[1] + size_[1] * block[2])];
    return around == 0 ? distance : Exit(block, around, distance);
  }

 private:
  static constexpr float kNever = 1e30f;

  static SENSE_INLINE float Inverse(float speed) {
    return speed == 0.0f ? 0.0f : 1.0f / speed;
  }

  static SENSE_INLINE int BlockAt(float place, int size) {
    const int block = static_cast<int>(place) >> ValueBlocks::kShift;
    return block < 0 ? 0 : block < size ? block : size - 1;
  }

  // Where the ray leaves the cube of blocks that reaches `around` - 1 blocks
  // to each side of a block.
  SENSE_INLINE float Exit(const int* block, int around, float distance) const {
    const float entry[3] = {ray_.entry.i, ray_.entry.j, ray_.entry.k};
    float exit = kNever;
    for (int axis = 0; axis < 3; ++axis) {
      if (mm_per_[axis] == 0.0f) continue;
      const int border = mm_per_[axis] > 0.0f ? block[axis] + around
                                              : block[axis] - around + 1;
      if (border <= 0 || border >= size_[axis]) continue;
      const float to_border =
          static_cast<float>(border * ValueBlocks::kEdge) - entry[axis];
      const float leave = to_border * mm_per_[axis];
      exit = leave < exit ? leave : exit;
    }
    // Rounding must not turn a leap into a step back.
    return exit > distance ? exit : distance;
  }

  const uint8_t* const distance_;
  const int size_[3];
  GridRay ray_ = {};
  float mm_per_[3] = {};
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_BLOCK_LEAPER_H_
