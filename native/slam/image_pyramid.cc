#include "native/slam/image_pyramid.h"

namespace sense::slam {
namespace {

constexpr int kSmallestSide = 16;

ImageLevel Halved(const ImageLevel& whole) {
  ImageLevel half;
  half.width = whole.width / 2;
  half.height = whole.height / 2;
  half.pixels.resize(static_cast<size_t>(half.width) * half.height);
  for (int y = 0; y < half.height; ++y) {
    const uint8_t* a = whole.row(2 * y);
    const uint8_t* b = whole.row(2 * y + 1);
    uint8_t* out = half.pixels.data() + static_cast<size_t>(y) * half.width;
    for (int x = 0; x < half.width; ++x) {
      out[x] = static_cast<uint8_t>(
          (a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1] + 2) >> 2);
    }
  }
  return half;
}

}  // namespace

ImagePyramid::ImagePyramid(const uint8_t* pixels, int width, int height,
                           int levels) {
  ImageLevel first;
  first.width = width;
  first.height = height;
  first.pixels.assign(pixels, pixels + static_cast<size_t>(width) * height);
  levels_.push_back(std::move(first));
  while (static_cast<int>(levels_.size()) < levels &&
         levels_.back().width >= 2 * kSmallestSide &&
         levels_.back().height >= 2 * kSmallestSide) {
    levels_.push_back(Halved(levels_.back()));
  }
}

}  // namespace sense::slam
