#ifndef SENSE_NATIVE_TRANSFER_LOOKUP_H_
#define SENSE_NATIVE_TRANSFER_LOOKUP_H_

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
        visible_before_(table.visible_before()) {}

  // A value that is no number is at the lowest place.
  SENSE_INLINE Floats Places(Floats values) const {
    const Floats places = (values - low_) * places_per_value_;
    return Least(Greatest(places, AllLanes(-kFarthest)), AllLanes(kFarthest));
  }

  // Bit n is set where anything shows between places n and n + 1 of nine.
  SENSE_INLINE uint32_t Showing(const float* places) const {
    const Floats fronts = Clamped(LoadLanes<Floats>(places));
    const Floats backs = Clamped(LoadLanes<Floats>(places + 1));
    alignas(32) int32_t first[kLanes], last[kLanes];
    StoreLanes(Truncated(Least(fronts, backs)), first);
    // One entry too many where the higher place is whole.
    StoreLanes(Truncated(Greatest(fronts, backs)) + 2, last);
    uint32_t showing = 0;
    for (int n = 0; n < kLanes; ++n) {
      const bool shows = visible_before_[last[n]] > visible_before_[first[n]];
      showing |= static_cast<uint32_t>(shows) << n;
    }
    return showing;
  }

  // Mean emission over the places between two samples.
  SENSE_INLINE Floats4 Mean(float front, float back) const {
    const float distance = back - front;
    // Of close places the difference of the integrals would be noise.
    if (distance > -0.5f && distance < 0.5f) {
      return Blend(entries_, Clamped(front + 0.5f * distance));
    }
    return (Integral(back) - Integral(front)) * (1.0f / distance);
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

  // Integral of the emission over the places up to this one.
  SENSE_INLINE Floats4 Integral(float place) const {
    const float inside = Clamped(place);
    const Floats4 integral = Blend(integrals_, inside);
    if (place == inside) return integral;
    const int edge = place < 0.0f ? 0 : static_cast<int>(last_place_);
    return integral + LoadLanes<Floats4>(entries_ + edge) * (place - inside);
  }

  static SENSE_INLINE Floats4 Blend(const Emission* entries, float place) {
    const int lower = static_cast<int>(place);
    const float fraction = place - static_cast<float>(lower);
    const Floats4 a = LoadLanes<Floats4>(entries + lower);
    const Floats4 b = LoadLanes<Floats4>(entries + lower + 1);
    return a + (b - a) * fraction;
  }

  const float low_, places_per_value_, last_place_;
  const Emission* const entries_;
  const Emission* const integrals_;
  const int* const visible_before_;
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_TRANSFER_LOOKUP_H_
