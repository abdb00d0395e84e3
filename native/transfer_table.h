#ifndef SENSE_NATIVE_TRANSFER_TABLE_H_
#define SENSE_NATIVE_TRANSFER_TABLE_H_

#include <cmath>
#include <vector>

#include "native/value_blocks.h"

namespace sense {

// Colour times extinction, and extinction per mm; adds up along a ray.
struct Emission {
  float red = 0;
  float green = 0;
  float blue = 0;
  float extinction = 0;

  Emission operator+(const Emission& other) const {
    return {red + other.red, green + other.green, blue + other.blue,
            extinction + other.extinction};
  }
  Emission operator-(const Emission& other) const {
    return *this + other * -1.0f;
  }
  Emission operator*(float factor) const {
    return {red * factor, green * factor, blue * factor, extinction * factor};
  }
};

// A transfer function with its integral over the value, from which the mean
// emission between two samples follows at once, however sharp the function is
// (pre-integration without self-attenuation: Engel, Kraus, Ertl, "High-quality
// pre-integrated volume rendering", 2001, section 3.2).
class TransferTable {
 public:
  // Entries at equal distances from value `low` to value `high`; beyond them
  // the first and the last go on. At least two.
  TransferTable(std::vector<Emission> entries, float low, float high);

  // Place of a value in the table; may lie beyond its ends. NaN is the lowest.
  float Place(float value) const {
    const float place = (value - low_) * places_per_value_;
    const float raised = place > -kFarthest ? place : -kFarthest;
    return raised < kFarthest ? raised : kFarthest;
  }

  // Mean emission over the places between two samples.
  Emission Mean(float front, float back) const {
    const float distance = back - front;
    // Of close places the difference of the integrals would be noise.
    if (distance > -0.5f && distance < 0.5f) {
      return Blend(entries_, Clamped(front + 0.5f * distance));
    }
    return (Integral(back) - Integral(front)) * (1.0f / distance);
  }

  // Whether any place between two samples shows; cheaper than their mean.
  bool ShowsBetween(float front, float back) const {
    const float low = Clamped(front < back ? front : back);
    const float high = Clamped(front < back ? back : front);
    return visible_before_[static_cast<int>(std::ceil(high)) + 1] >
           visible_before_[static_cast<int>(low)];
  }

  // Whether any value of a range shows.
  bool Shows(ValueRange range) const;

 private:
  static constexpr float kFarthest = 1e6f;

  float Clamped(float place) const {
    const float raised = place > 0.0f ? place : 0.0f;
    return raised < last_place_ ? raised : last_place_;
  }

  // Integral of the emission over the places up to this one.
  Emission Integral(float place) const {
    const float inside = Clamped(place);
    const Emission integral = Blend(integrals_, inside);
    if (place == inside) return integral;
    const Emission& edge = place < 0.0f ? entries_.front() : entries_.back();
    return integral + edge * (place - inside);
  }

  static Emission Blend(const std::vector<Emission>& entries, float place) {
    const int lower = static_cast<int>(place);
    const float fraction = place - static_cast<float>(lower);
    const Emission& a = entries[lower];
    const Emission& b = entries[lower + 1];
    return a + (b - a) * fraction;
  }

  float low_, places_per_value_, last_place_;
  std::vector<Emission> entries_;    // The last one twice.
  std::vector<Emission> integrals_;  // As long.
  // Number of entries before n that show; one longer than the entries.
  std::vector<int> visible_before_;
};

}  // namespace sense

#endif  // SENSE_NATIVE_TRANSFER_TABLE_H_
