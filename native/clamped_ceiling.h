#ifndef SENSE_NATIVE_CLAMPED_CEILING_H_
#define SENSE_NATIVE_CLAMPED_CEILING_H_

#include <cmath>
#include <cstdint>

namespace sense {

// The first whole number that is not less, within 0 ... most; 0 for NaN.
inline int64_t ClampedCeiling(double value, int64_t most) {
  if (!(value > 0.0)) return 0;
  if (value >= static_cast<double>(most)) return most;
  return static_cast<int64_t>(std::ceil(value));
}

}  // namespace sense

#endif  // SENSE_NATIVE_CLAMPED_CEILING_H_
