#ifndef SENSE_NATIVE_RAY_RESULT_H_
#define SENSE_NATIVE_RAY_RESULT_H_

#include <algorithm>
#include <array>
#include <limits>

#include "native/ray.h"
#include "native/ray_picture.h"

namespace sense {

// Colour of a pixel, times alpha, and its depth in mm from the ray's entry.
struct RayResult {
  std::array<float, 4> rgba = {0, 0, 0, 0};
  float depth = std::numeric_limits<float>::quiet_NaN();
};

// `entry_depth` is that of the ray.
SENSE_INLINE void StoreResult(const RayResult& result, float entry_depth,
                              int64_t pixel, const RaycastPicture& picture) {
  if (picture.straight) {
    StorePixel(result.rgba.data(), picture.straight + 4 * pixel);
  } else {
    std::copy_n(result.rgba.data(), 4, picture.rgba + 4 * pixel);
  }
  if (picture.depth_mm) {
    picture.depth_mm[pixel] = entry_depth + result.depth;
  }
}

}  // namespace sense

#endif  // SENSE_NATIVE_RAY_RESULT_H_
