#ifndef SENSE_NATIVE_PACKET_LEAPER_H_
#define SENSE_NATIVE_PACKET_LEAPER_H_

#include "native/lanes.h"
#include "native/ray.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Takes eight rays at once over blocks that cannot change their pixels: a leap
// waits for memory and for the one before, and eight wait no longer than one.
class PacketLeaper {
 public:
  explicit PacketLeaper(const OccupiedBlocks& occupied)
      : distance_(occupied.distance.data()),
        size_{occupied.blocks->size()[0], occupied.blocks->size()[1],
              occupied.blocks->size()[2]} {}

  SENSE_INLINE void Begin(int lane, const Ray& ray, const GridRay& grid_ray,
                          float jitter) {
    const float entry[3] = {grid_ray.entry.i, grid_ray.entry.j,
                            grid_ray.entry.k};
    const float per_mm[3] = {grid_ray.per_mm.i, grid_ray.per_mm.j,
                             grid_ray.per_mm.k};
    for (int axis = 0; axis < 3; ++axis) {
      entry_[axis][lane] = entry[axis];
      per_mm_[axis][lane] = per_mm[axis];
      mm_per_[axis][lane] = per_mm[axis] == 0.0f ? 1e30f : 1 / per_mm[axis];
    }
    length_[lane] = ray.length;
    step_[lane] = ray.step;
    per_step_[lane] = ray.per_step;
    jitter_[lane] = jitter;
  }

  // Moves the samples of the lanes in `active` to where blocks show, and takes
  // lanes out of it that reach their end before.
  SENSE_INLINE uint32_t Leap(uint32_t active, int32_t* samples) const {
    Ints next = LoadLanes<Ints>(samples);
    Ints leaping;
    for (int n = 0; n < kLanes; ++n) leaping[n] = active >> n & 1 ? -1 : 0;
    uint32_t ended = 0;
    for (uint32_t bits = active; bits; bits = LaneBits(leaping)) {
      Ints around;
      const Floats exit = Exit(next, &around);
      leaping &= ~Equal(around, AllLanes(0));
      const Ints ends = leaping & ~Less(exit, length_);
      ended |= LaneBits(ends);
      leaping &= ~ends;
      const Floats last = exit * per_step_ - jitter_ + 1.0f;
      const Ints after = Greatest(Truncated(last), next) + 1;
      next = Select(leaping, after, next);
    }
    StoreLanes(next, samples);
    return active & ~ended;
  }

 private:
  // The distances at which rays leave the cubes of empty blocks around the
  // samples; around is 0 where a block shows.
  SENSE_INLINE Floats Exit(Ints sample, Ints* around) const {
    const Floats place = (Converted(sample - 1) + jitter_) * step_;
    const Floats distance =
        Least(Greatest(place, AllLanes(0.0f)), length_);
    Ints blocks[3];
    for (int axis = 0; axis < 3; ++axis) {
      const Floats at = entry_[axis] + per_mm_[axis] * distance;
      blocks[axis] =
          Least(Greatest(Truncated(at) >> ValueBlocks::kShift, AllLanes(0)),
                AllLanes(size_[axis] - 1));
    }
    const Ints index = blocks[0] + (blocks[1] + blocks[2] * size_[1]) * size_[0];
    for (int n = 0; n < kLanes; ++n) (*around)[n] = distance_[index[n]];
    Floats exit = length_;
    for (int axis = 0; axis < 3; ++axis) {
      const Ints forward = Less(AllLanes(0.0f), mm_per_[axis]);
      const Ints border =
          blocks[axis] + Select(forward, *around, 1 - *around);
      const Floats edge = Converted(border << ValueBlocks::kShift);
      exit = Least(exit, (edge - entry_[axis]) * mm_per_[axis]);
    }
    // Rounding must not turn a leap into a step back.
    return Greatest(exit, distance);
  }

  const uint8_t* const distance_;
  const int size_[3];
  Floats entry_[3] = {}, per_mm_[3] = {}, mm_per_[3] = {};
  Floats length_ = {}, step_ = {}, per_step_ = {}, jitter_ = {};
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_PACKET_LEAPER_H_
