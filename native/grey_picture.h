#ifndef SENSE_NATIVE_GREY_PICTURE_H_
#define SENSE_NATIVE_GREY_PICTURE_H_

#include <cstdint>

namespace sense {

// Greys from values: round(255 * (value - low) / (high - low)) clamped to
// 0 ... 255; with high == low a step: 255 above low, else 0.
struct GreyOptions {
  float low = 0;
  float high = 1;
  bool inverted = false;
  uint8_t nan_grey = 0;
};

void GreyPicture(const float* values, int64_t count,
                 const GreyOptions& options, uint8_t* out);

}  // namespace sense

#endif  // SENSE_NATIVE_GREY_PICTURE_H_
