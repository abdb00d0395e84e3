#include "native/stereo_scene.h"

#include <algorithm>

namespace sense {

StereoPicture::StereoPicture(const uint8_t* grey, const uint8_t* usable,
                             int width, int height)
    : width_(width), height_(height), quads_(size_t{1} * width * height) {
  for (int y = 0; y < height; ++y) {
    const uint8_t* row = grey + size_t{1} * y * width;
    const uint8_t* below = y + 1 < height ? row + width : row;
    for (int x = 0; x < width; ++x) {
      const int right = std::min(x + 1, width - 1);
      quads_[size_t{1} * y * width + x] =
          row[x] | uint32_t{row[right]} << 8 | uint32_t{below[x]} << 16 |
          uint32_t{below[right]} << 24;
    }
  }
  if (usable) usable_.assign(usable, usable + quads_.size());
}

}  // namespace sense
