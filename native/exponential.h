#ifndef SENSE_NATIVE_EXPONENTIAL_H_
#define SENSE_NATIVE_EXPONENTIAL_H_

#include "native/lanes.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Unlike a library's functions these give the same on every machine.

// exp(-x) for x >= 0, within 3e-7.
SENSE_INLINE Floats Decay(Floats x) {
  const Floats octaves =
      Least(Greatest(x, AllLanes(0.0f)), AllLanes(60.0f)) * 1.44269504f;
  const Ints whole = Truncated(octaves + 0.5f);
  // Its series for the rest, at most ln(2) / 2.
  const Floats rest = (octaves - Converted(whole)) * 0.693147181f;
  Floats power = AllLanes(1.0f / 720);
  power = 1.0f / 120 - rest * power;
  power = 1.0f / 24 - rest * power;
  power = 1.0f / 6 - rest * power;
  power = 0.5f - rest * power;
  power = 1.0f - rest * power;
  power = 1.0f - rest * power;
  const Ints bits = (127 - whole) << 23;
  return power * LoadLanes<Floats>(&bits);
}

// 1 - exp(-depth) for depth >= 0.
SENSE_INLINE Floats Absorbed(Floats depths) {
  const Floats far = 1.0f - Decay(depths);
  const Floats near =
      depths * (1.0f - depths * (0.5f - depths * (1.0f / 6)));
  return Select(Less(depths, AllLanes(0.02f)), near, far);
}

// base ^ exponent for bases of 0 to 1 and an exponent of 1 or more.
SENSE_INLINE Floats Power(Floats base, float exponent) {
  const Floats inside = Least(Greatest(base, AllLanes(1e-6f)), AllLanes(1.0f));
  const Ints bits = LoadLanes<Ints>(&inside);
  // A mantissa from 1 / sqrt(2) on, and the octaves left out.
  const Ints octaves = (bits - 0x3f3504f3) >> 23;
  const Ints mantissa_bits = bits - (octaves << 23);
  const Floats mantissa = LoadLanes<Floats>(&mantissa_bits);
  const Floats s = (mantissa - 1.0f) / (mantissa + 1.0f), square = s * s;
  const Floats logarithm =
      2.0f * s *
          (1.0f + square * (1.0f / 3 + square * (1.0f / 5 + square * (1.0f / 7)))) +
      Converted(octaves) * 0.693147181f;
  const Floats power = Decay(0.0f - logarithm * exponent);
  return Select(Less(AllLanes(1e-6f), base), power, AllLanes(0.0f));
}

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_EXPONENTIAL_H_
