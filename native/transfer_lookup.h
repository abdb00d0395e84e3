#ifndef SENSE_NATIVE_TRANSFER_LOOKUP_H_
#define SENSE_NATIVE_TRANSFER_LOOKUP_H_

#include <bit>

#include "native/lanes.h"
#include "native/transfer_table.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Red, green, blue (times extinction) and extinction, as one vector.
constexpr int kExtinction = 3;

// Reads a transfer table for samples along a ray. A place is where a value is
// in the table; it may lie beyond the table's ends.
class TransferLookup {
 public:
  explicit TransferLookup(const TransferTable& table)
      : low_(table.low()),
        places_per_value_(table.places_per_value()),
        last_place_(table.last_place()),
        entries_(table.entries()),
        integrals_(table.integrals()),
        first_visible_(table.first_visible()),
        last_visible_(table.last_visible()) {}

  // A value that is no number is at the lowest place.
  SENSE_INLINE Floats Places(Floats values) const {
    const Floats places = (values - low_) * places_per_value_;
    return Least(Greatest(places, AllLanes(-kFarthest)), AllLanes(kFarthest));
  }

  // Bit n is set where anything may show between places n and n + 1 of nine.
  SENSE_INLINE uint32_t Showing(const float* places) const {
    const Floats fronts = LoadLanes<Floats>(places);
    const Floats backs = LoadLanes<Floats>(places + 1);
    return LaneBits(Less(AllLanes(first_visible_), Greatest(fronts, backs)) &
                    Less(Least(fronts, backs), AllLanes(last_visible_)));
  }

  // Integrals of the emission over the places up to each of eight, of which
  // bit n of `wanted` is set.
  SENSE_INLINE void Integrals(const float* places, uint32_t wanted,
                              Floats4* integrals) const {
    const Floats all = LoadLanes<Floats>(places);
    const Floats inside = Clamped(all);
    const Ints lower = Truncated(inside);
    const Floats fractions = inside - Converted(lower);
    const Floats beyond = all - inside;
    for (; wanted; wanted &= wanted - 1) {
      const int n = std::countr_zero(wanted);
      integrals[n] = Blend(integrals_ + lower[n], fractions[n]);
      if (beyond[n] != 0.0f) {
        integrals[n] += LoadLanes<Floats4>(entries_ + lower[n]) * beyond[n];
      }
    }
  }

  // Emission in the middle between two places.
  SENSE_INLINE Floats4 Middle(float front, float back) const {
    const float place = Clamped(0.5f * (front + back));
    const int lower = static_cast<int>(place);
    return Blend(entries_ + lower, place - static_cast<float>(lower));
  }

 private:
  static constexpr float kFarthest = 1e6f;

  SENSE_INLINE Floats Clamped(Floats places) const {
    return Least(Greatest(places, AllLanes(0.0f)), AllLanes(last_place_));
  }

  SENSE_INLINE float Clamped(float place) const {
    const float raised = place > 0.0f ? place : 0.0f;
    return raised < last_place_ ? raised : last_place_;
  }

  static SENSE_INLINE Floats4 Blend(const Emission* entries, float fraction) {
    const Floats4 a = LoadLanes<Floats4>(entries);
    const Floats4 b = LoadLanes<Floats4>(entries + 1);
    return a + (b - a) * fraction;
  }

  const float low_, places_per_value_, last_place_;
  const Emission* const entries_;
  const Emission* const integrals_;
  const float first_visible_, last_visible_;
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_TRANSFER_LOOKUP_H_
