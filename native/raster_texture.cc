#include "native/raster_texture.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sense {
namespace {

// The place of texel `x` in a row of `size` that goes on for ever.
int Wrapped(int x, int size, TextureWrap wrap) {
  if (wrap == TextureWrap::kClamp) return std::clamp(x, 0, size - 1);
  const int period = wrap == TextureWrap::kMirror ? 2 * size : size;
  int inside = x;
  if (x < 0 || x >= period) {
    inside = x % period;
    if (inside < 0) inside += period;
  }
  return inside < size ? inside : period - 1 - inside;
}

// Beyond this many repetitions single precision tells no texels apart.
float Bounded(float u) {
  return std::abs(u) < 32768.0f ? u : u - std::floor(u / 2) * 2;
}

std::array<float, 256> SrgbIntensities() {
  std::array<float, 256> intensities;
  for (int level = 0; level < 256; ++level) {
    const double v = level / 255.0;
    intensities[level] = static_cast<float>(
        v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4));
  }
  return intensities;
}

const std::array<float, 256>& SrgbTable() {
  static const std::array<float, 256> table = SrgbIntensities();
  return table;
}

// For n / 4096, the last level whose lower bound is not above it.
std::array<uint8_t, 4097> FirstGuesses() {
  std::array<uint8_t, 4097> guesses;
  for (int n = 0; n <= 4096; ++n) {
    const double v = n / 4096.0;
    const double encoded = v <= 0.0031308
                               ? 12.92 * v
                               : 1.055 * std::pow(v, 1 / 2.4) - 0.055;
    guesses[n] = static_cast<uint8_t>(
        std::clamp(std::floor(encoded * 255 + 0.5), 0.0, 255.0));
  }
  return guesses;
}

// The intensities half way (in sRGB) between a level and the next.
std::array<float, 256> UpperBounds() {
  std::array<float, 256> bounds;
  for (int level = 0; level < 256; ++level) {
    const double v = (level + 0.5) / 255.0;
    bounds[level] = static_cast<float>(
        v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4));
  }
  bounds[255] = 2.0f;
  return bounds;
}

RasterTexture::Rgba Mixed(const RasterTexture::Rgba& a,
                          const RasterTexture::Rgba& b, float t) {
  RasterTexture::Rgba mixed;
  for (int c = 0; c < 4; ++c) mixed[c] = a[c] + t * (b[c] - a[c]);
  return mixed;
}

}  // namespace

float LinearOfSrgb(uint8_t level) { return SrgbTable()[level]; }

uint8_t SrgbOfLinear(float intensity) {
  static const std::array<uint8_t, 4097> guesses = FirstGuesses();
  static const std::array<float, 256> bounds = UpperBounds();
  if (!(intensity > 0.0f)) return 0;
  const float inside = std::min(intensity, 1.0f);
  uint8_t level = guesses[static_cast<int>(inside * 4096.0f)];
  while (inside >= bounds[level]) ++level;
  return level;
}

RasterTexture::RasterTexture(const uint8_t* rgba, int width, int height,
                             const Options& options)
    : options_(options) {
  for (int level = 0; level < 256; ++level) {
    intensity_[level] =
        options.srgb ? SrgbTable()[level] : static_cast<float>(level) / 255.0f;
  }
  const size_t bytes = size_t{4} * width * height;
  levels_.push_back({width, height, std::vector<uint8_t>(rgba, rgba + bytes)});
  if (options.filter != TextureFilter::kMipmapped) return;
  while (levels_.back().width > 1 || levels_.back().height > 1) {
    Level next = Halved(levels_.back());
    levels_.push_back(std::move(next));
  }
}

// Odd sizes are rounded down, and their three texels weighted by the area that
// the new texel has of each.
RasterTexture::Level RasterTexture::Halved(const Level& level) const {
  Level half{std::max(level.width / 2, 1), std::max(level.height / 2, 1), {}};
  half.rgba.resize(size_t{4} * half.width * half.height);
  const double step_x = static_cast<double>(level.width) / half.width;
  const double step_y = static_cast<double>(level.height) / half.height;
  const auto overlap = [](double low, double high, int n) {
    return std::min(high, n + 1.0) - std::max(low, static_cast<double>(n));
  };
  for (int y = 0; y < half.height; ++y) {
    for (int x = 0; x < half.width; ++x) {
      const double left = x * step_x, top = y * step_y;
      Rgba sum = {};
      for (int j = static_cast<int>(top); j < top + step_y - 1e-9; ++j) {
        for (int i = static_cast<int>(left); i < left + step_x - 1e-9; ++i) {
          const double share =
              overlap(left, left + step_x, i) * overlap(top, top + step_y, j);
          const Rgba texel = Texel(level, i, j);
          for (int c = 0; c < 4; ++c) {
            sum[c] += static_cast<float>(share) * texel[c];
          }
        }
      }
      const float scale = static_cast<float>(1 / (step_x * step_y));
      uint8_t* out = &half.rgba[size_t{4} * (size_t{1} * y * half.width + x)];
      for (int c = 0; c < 4; ++c) {
        const float mean = sum[c] * scale;
        out[c] = options_.srgb && c < 3
                     ? SrgbOfLinear(mean)
                     : static_cast<uint8_t>(mean * 255.0f + 0.5f);
      }
    }
  }
  return half;
}

RasterTexture::Rgba RasterTexture::Texel(const Level& level, int x,
                                         int y) const {
  const uint8_t* texel =
      &level.rgba[size_t{4} * (size_t{1} * y * level.width + x)];
  return {intensity_[texel[0]], intensity_[texel[1]], intensity_[texel[2]],
          static_cast<float>(texel[3]) * (1.0f / 255.0f)};
}

RasterTexture::Rgba RasterTexture::SampleLevel(const Level& level, float u,
                                               float v) const {
  const float x = u * static_cast<float>(level.width) - 0.5f;
  const float y = v * static_cast<float>(level.height) - 0.5f;
  const float left = std::floor(x), top = std::floor(y);
  const int i = static_cast<int>(left), j = static_cast<int>(top);
  const int x0 = Wrapped(i, level.width, options_.wrap_u);
  const int x1 = Wrapped(i + 1, level.width, options_.wrap_u);
  const int y0 = Wrapped(j, level.height, options_.wrap_v);
  const int y1 = Wrapped(j + 1, level.height, options_.wrap_v);
  const Rgba upper =
      Mixed(Texel(level, x0, y0), Texel(level, x1, y0), x - left);
  const Rgba lower =
      Mixed(Texel(level, x0, y1), Texel(level, x1, y1), x - left);
  return Mixed(upper, lower, y - top);
}

RasterTexture::Rgba RasterTexture::SampleNearest(float u, float v) const {
  const Level& level = levels_.front();
  const auto at = [](float place, int size, TextureWrap wrap) {
    return Wrapped(static_cast<int>(std::floor(place * size)), size, wrap);
  };
  return Texel(level, at(u, level.width, options_.wrap_u),
               at(v, level.height, options_.wrap_v));
}

RasterTexture::Rgba RasterTexture::Sample(
    float u, float v, const std::array<float, 2>& right,
    const std::array<float, 2>& down) const {
  if (!std::isfinite(u) || !std::isfinite(v)) return {0, 0, 0, 1};
  u = Bounded(u);
  v = Bounded(v);
  if (options_.filter == TextureFilter::kNearest) return SampleNearest(u, v);
  const Level& finest = levels_.front();
  const float width = static_cast<float>(finest.width);
  const float height = static_cast<float>(finest.height);
  const auto square = [&](const std::array<float, 2>& d) {
    return d[0] * d[0] * width * width + d[1] * d[1] * height * height;
  };
  const float texels = std::max(square(right), square(down));
  if (levels_.size() == 1 || !(texels > 1.0f)) {
    return SampleLevel(finest, u, v);
  }
  const float last = static_cast<float>(levels_.size() - 1);
  const float detail = std::min(0.5f * std::log2(texels), last);
  const int lower = std::min(static_cast<int>(detail), levels() - 1);
  const int upper = std::min(lower + 1, levels() - 1);
  return Mixed(SampleLevel(levels_[lower], u, v),
               SampleLevel(levels_[upper], u, v),
               detail - static_cast<float>(lower));
}

}  // namespace sense
