#ifndef SENSE_NATIVE_EXPONENTIAL_H_
#define SENSE_NATIVE_EXPONENTIAL_H_

#include <cstdint>
#include <cstring>

#include "native/lanes.h"
#include "native/multiversion.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Unlike a library's functions these give the same on every machine.

// exp(-x) for x >= 0, within 3e-7.
SENSE_INLINE float Decay(float x) {
  const float octaves = (x < 60.0f ? x : 60.0f) * 1.44269504f;
  const int whole = static_cast<int>(octaves + 0.5f);
  // Its series for the rest, at most ln(2) / 2.
  const float rest = (octaves - static_cast<float>(whole)) * 0.693147181f;
  float power = 1.0f / 720;
  power = 1.0f / 120 - rest * power;
  power = 1.0f / 24 - rest * power;
  power = 1.0f / 6 - rest * power;
  power = 0.5f - rest * power;
  power = 1.0f - rest * power;
  power = 1.0f - rest * power;
  const int32_t bits = (127 - whole) << 23;
  float scale;
  std::memcpy(&scale, &bits, sizeof(scale));
  return power * scale;
}

// 1 - exp(-depth) for depth >= 0.
SENSE_INLINE float Absorbed(float depth) {
  if (depth < 0.02f) {
    return depth * (1.0f - depth * (0.5f - depth * (1.0f / 6)));
  }
  return 1.0f - Decay(depth);
}

// The same side by side.
SENSE_INLINE Floats Absorbed(Floats depths) {
  const Floats octaves =
      Least(Greatest(depths, AllLanes(0.0f)), AllLanes(60.0f)) * 1.44269504f;
  const Ints whole = Truncated(octaves + 0.5f);
  const Floats rest = (octaves - Converted(whole)) * 0.693147181f;
  Floats power = AllLanes(1.0f / 720);
  power = 1.0f / 120 - rest * power;
  power = 1.0f / 24 - rest * power;
  power = 1.0f / 6 - rest * power;
  power = 0.5f - rest * power;
  power = 1.0f - rest * power;
  power = 1.0f - rest * power;
  const Ints bits = (127 - whole) << 23;
  const Floats far = 1.0f - power * LoadLanes<Floats>(&bits);
  const Floats near =
      depths * (1.0f - depths * (0.5f - depths * (1.0f / 6)));
  return Select(Less(depths, AllLanes(0.02f)), near, far);
}

// base ^ exponent for a base of 0 to 1 and an exponent of 1 or more.
SENSE_INLINE float Power(float base, float exponent) {
  if (!(base > 1e-6f)) return 0.0f;
  if (base >= 1.0f) return 1.0f;
  int32_t bits;
  std::memcpy(&bits, &base, sizeof(bits));
  // A mantissa from 1 / sqrt(2) on, and the octaves left out.
  const int32_t octave = (bits - 0x3f3504f3) >> 23;
  const int32_t mantissa_bits = bits - (octave << 23);
  float mantissa;
  std::memcpy(&mantissa, &mantissa_bits, sizeof(mantissa));
  const float s = (mantissa - 1.0f) / (mantissa + 1.0f), square = s * s;
  const float logarithm =
      2 * s * (1 + square * (1.0f / 3 + square * (1.0f / 5 + square / 7))) +
      static_cast<float>(octave) * 0.693147181f;
  return Decay(-logarithm * exponent);
}

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_EXPONENTIAL_H_
