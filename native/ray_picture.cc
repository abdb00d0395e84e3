#include "native/ray_picture.h"

#include <algorithm>
#include <cmath>

#include "native/thread_pool.h"

namespace sense {
namespace {

// The two reduced pixels around a pixel, and how far it is towards the second.
struct Between {
  Between(int pixel, int reduction, int reduced_size) {
    const float place =
        (static_cast<float>(pixel) + 0.5f) / static_cast<float>(reduction) -
        0.5f;
    const float inside =
        std::clamp(place, 0.0f, static_cast<float>(reduced_size - 1));
    first = static_cast<int>(inside);
    second = std::min(first + 1, reduced_size - 1);
    fraction = inside - static_cast<float>(first);
  }

  int first, second;
  float fraction;
};

}  // namespace

void EnlargePicture(const float* reduced, int reduction, int width, int height,
                    uint8_t* out) {
  const int reduced_width = (width + reduction - 1) / reduction;
  const int reduced_height = (height + reduction - 1) / reduction;
  ThreadPool::Shared().ForEach(height, [&](int y) {
    const Between row(y, reduction, reduced_height);
    const float* upper = reduced + int64_t{row.first} * reduced_width * 4;
    const float* lower = reduced + int64_t{row.second} * reduced_width * 4;
    for (int x = 0; x < width; ++x) {
      const Between column(x, reduction, reduced_width);
      float pixel[4];
      for (int channel = 0; channel < 4; ++channel) {
        const int a = 4 * column.first + channel;
        const int b = 4 * column.second + channel;
        const float above = upper[a] + column.fraction * (upper[b] - upper[a]);
        const float below = lower[a] + column.fraction * (lower[b] - lower[a]);
        pixel[channel] = above + row.fraction * (below - above);
      }
      StorePixel(pixel, out + (int64_t{y} * width + x) * 4);
    }
  });
}

}  // namespace sense
