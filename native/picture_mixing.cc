#include "native/picture_mixing.h"

#include <algorithm>
#include <cstring>

namespace sense {
namespace {

uint8_t Rounded(float level) {
  return static_cast<uint8_t>(std::clamp(level, 0.0f, 255.0f) + 0.5f);
}

void MixPixel(const uint8_t* before, const uint8_t* behind,
              const uint8_t* surface, uint8_t* out) {
  constexpr float kUnit = 1.0f / 255.0f;
  const float share = surface[3] * kUnit, rest = 1 - share;
  const float front = before[3] * kUnit, back = behind[3] * kUnit;
  const float alpha = share + back * rest;
  const float scale = 1 / alpha;
  for (int c = 0; c < 3; ++c) {
    const float here = before[c] * front + surface[c] * (1 - front);
    out[c] = Rounded((here * share + behind[c] * back * rest) * scale);
  }
  out[3] = Rounded(alpha * 255);
}

}  // namespace

void MixSurface(const uint8_t* before, const uint8_t* behind,
                const uint8_t* surface, int64_t pixels, uint8_t* out) {
  for (int64_t n = 0; n < 4 * pixels; n += 4) {
    if (surface[n + 3] == 0) {
      std::memcpy(out + n, behind + n, 4);
    } else {
      MixPixel(before + n, behind + n, surface + n, out + n);
    }
  }
}

}  // namespace sense
