#ifndef SENSE_NATIVE_PACKET_LEAPER_H_
#define SENSE_NATIVE_PACKET_LEAPER_H_

#include <bit>

#include "native/lanes.h"
#include "native/ray.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Takes many rays at once over blocks that cannot change their pixels: a leap
// waits for memory and for the one before, and many wait no longer than one.
// All rays stay inside the grid. Sets of rays are bits of a number.
class PacketLeaper {
 public:
  static constexpr int kRays = 3 * kLanes;

  explicit PacketLeaper(const BlockDistances& blocks)
      : distance_(blocks.distances->data()),
        size_{blocks.size[0], blocks.size[1], blocks.size[2]} {}

  SENSE_INLINE void Begin(int ray_number, const Ray& ray,
                          const GridRay& grid_ray, float jitter) {
    const float entry[3] = {grid_ray.entry.i, grid_ray.entry.j,
                            grid_ray.entry.k};
    const float per_mm[3] = {grid_ray.per_mm.i, grid_ray.per_mm.j,
                             grid_ray.per_mm.k};
    Group& group = groups_[ray_number / kLanes];
    const int lane = ray_number % kLanes;
    for (int axis = 0; axis < 3; ++axis) {
      group.entry[axis][lane] = entry[axis];
      group.per_mm[axis][lane] = per_mm[axis];
      const bool still = per_mm[axis] == 0.0f;
      group.mm_per[axis][lane] = still ? 1e30f : 1 / per_mm[axis];
      group.backward[axis][lane] = per_mm[axis] < 0.0f ? -1 : 0;
    }
    group.length[lane] = ray.length;
    group.step[lane] = ray.step;
    group.per_step[lane] = ray.per_step;
    group.jitter[lane] = jitter;
    group.next[lane] = 0;
  }

  // The next sample of a ray.
  int next(int ray) const { return groups_[ray / kLanes].next[ray % kLanes]; }
  void set_next(int ray, int sample) {
    groups_[ray / kLanes].next[ray % kLanes] = sample;
  }

  // The rays of `rays` whose sample before the next one is where blocks show.
  SENSE_INLINE uint32_t ShowBefore(uint32_t rays) const {
    uint32_t showing = 0;
    for (int n = 0; n < kGroups; ++n) {
      Floats distance;
      Ints blocks[3], around;
      Look(groups_[n], groups_[n].next - 1, &distance, blocks, &around);
      showing |= LaneBits(Equal(around, AllLanes(0))) << (n * kLanes);
    }
    return showing & rays;
  }

  // Moves the next samples of the rays in `leaping` to where blocks show, until
  // few are still on their way: gives those. Adds to `ended` those that come to
  // their end before.
  SENSE_INLINE uint32_t Leap(uint32_t leaping, uint32_t* ended) {
    Ints on_way[kGroups];
    for (int n = 0; n < kGroups; ++n) {
      for (int lane = 0; lane < kLanes; ++lane) {
        on_way[n][lane] = leaping >> (n * kLanes + lane) & 1 ? -1 : 0;
      }
    }
    do {
      leaping = 0;
      for (int n = 0; n < kGroups; ++n) {
        const Ints ends = LeapOnce(&groups_[n], &on_way[n]);
        *ended |= LaneBits(ends) << (n * kLanes);
        leaping |= LaneBits(on_way[n]) << (n * kLanes);
      }
    } while (std::popcount(leaping) > kFew);
    return leaping;
  }

 private:
  static constexpr int kGroups = kRays / kLanes;
  static constexpr int kFew = 4;

  struct Group {
    Floats entry[3] = {}, per_mm[3] = {}, mm_per[3] = {};
    Ints backward[3] = {};  // All bits set where it goes so.
    Floats length = {}, step = {}, per_step = {}, jitter = {};
    Ints next = {};
  };

  // One leap of the rays that are on their way; gives those that end.
  SENSE_INLINE Ints LeapOnce(Group* group, Ints* on_way) const {
    Ints around;
    const Floats exit = Exit(*group, group->next, &around);
    *on_way &= ~Equal(around, AllLanes(0));
    const Ints ends = *on_way & ~Less(exit, group->length);
    *on_way &= ~ends;
    const Floats last = exit * group->per_step - group->jitter + 1.0f;
    const Ints after = Greatest(Truncated(last), group->next) + 1;
    group->next = Select(*on_way, after, group->next);
    return ends;
  }

  // Where samples are, and the leaps from there.
  SENSE_INLINE void Look(const Group& group, Ints sample, Floats* distance,
                         Ints* blocks, Ints* around) const {
    const Floats place =
        (Converted(sample - 1) + group.jitter) * group.step;
    *distance = Least(Greatest(place, AllLanes(0.0f)), group.length);
    for (int axis = 0; axis < 3; ++axis) {
      // Half a voxel below 0 is cut to 0, too.
      const Floats at = group.entry[axis] + group.per_mm[axis] * *distance;
      blocks[axis] = Least(Greatest(Truncated(at), AllLanes(0)) >>
                               ValueBlocks::kShift,
                           AllLanes(size_[axis] - 1));
    }
    const Ints index =
        blocks[0] + (blocks[1] + blocks[2] * size_[1]) * size_[0];
    for (int n = 0; n < kLanes; ++n) (*around)[n] = distance_[index[n]];
  }

  // The distances at which rays leave the cubes of empty blocks ahead of the
  // samples; around is 0 where a block shows.
  SENSE_INLINE Floats Exit(const Group& group, Ints sample,
                           Ints* around) const {
    Floats distance;
    Ints blocks[3];
    Look(group, sample, &distance, blocks, around);
    Floats exit = group.length;
    for (int axis = 0; axis < 3; ++axis) {
      // `around` blocks on, or 1 - around.
      const Ints backward = group.backward[axis];
      const Ints reach = (*around ^ backward) - (backward + backward);
      const Floats edge =
          Converted((blocks[axis] + reach) << ValueBlocks::kShift);
      exit = Least(exit, (edge - group.entry[axis]) * group.mm_per[axis]);
    }
    // Rounding must not turn a leap into a step back.
    return Greatest(exit, distance);
  }

  const uint8_t* const distance_;
  const int size_[3];
  Group groups_[kGroups];
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_PACKET_LEAPER_H_
