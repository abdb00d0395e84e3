#ifndef SENSE_NATIVE_RAY_PICTURE_H_
#define SENSE_NATIVE_RAY_PICTURE_H_

#include <cstdint>

#include "native/multiversion.h"

namespace sense {

// Makes a pixel of 8 bits, its colour not multiplied by alpha.
SENSE_INLINE void StorePixel(const float* premultiplied, uint8_t* out) {
  const float alpha = premultiplied[3];
  const float scale = alpha > 0.0f ? 255.0f / alpha : 0.0f;
  for (int channel = 0; channel < 3; ++channel) {
    const float level = premultiplied[channel] * scale;
    out[channel] =
        static_cast<uint8_t>((level < 255.0f ? level : 255.0f) + 0.5f);
  }
  out[3] = static_cast<uint8_t>((alpha < 1.0f ? alpha : 1.0f) * 255.0f + 0.5f);
}

}  // namespace sense

#endif  // SENSE_NATIVE_RAY_PICTURE_H_
