#ifndef SENSE_NATIVE_RAY_RESULT_H_
#define SENSE_NATIVE_RAY_RESULT_H_

#include <array>
#include <limits>

namespace sense {

// Colour of a pixel, times alpha, and its depth in mm from the ray's entry.
struct RayResult {
  std::array<float, 4> rgba = {0, 0, 0, 0};
  float depth = std::numeric_limits<float>::quiet_NaN();
};

}  // namespace sense

#endif  // SENSE_NATIVE_RAY_RESULT_H_
