#ifndef SENSE_NATIVE_RASTER_TEXTURE_H_
#define SENSE_NATIVE_RASTER_TEXTURE_H_

#include <array>
#include <cstdint>
#include <vector>

namespace sense {

enum class TextureWrap { kRepeat, kMirror, kClamp };
enum class TextureFilter { kNearest, kLinear, kMipmapped };

// Linear intensity of an sRGB level.
float LinearOfSrgb(uint8_t level);

// sRGB level of a linear intensity, which is clamped to 0 ... 1.
uint8_t SrgbOfLinear(float intensity);

struct TextureOptions {
  TextureWrap wrap_u = TextureWrap::kRepeat;
  TextureWrap wrap_v = TextureWrap::kRepeat;
  TextureFilter filter = TextureFilter::kMipmapped;
  bool srgb = true;  // Whether the colours (never alpha) are sRGB or linear.
  int uv_set = 0;    // Which coordinates of the mesh are used, and the affine
                     // map (rows of 3) of them to those of the picture.
  std::array<float, 6> uv_map = {1, 0, 0, 0, 1, 0};
};

// A picture of 8-bit RGBA texels with its mipmaps, each level averaged over
// areas of the one before in linear light.
class RasterTexture {
 public:
  using Options = TextureOptions;
  using Rgba = std::array<float, 4>;

  RasterTexture(const uint8_t* rgba, int width, int height,
                const Options& options);

  // Linear colour at (u, v), (0, 0) being the upper left corner; `right` and
  // `down` are the changes of (u, v) over one pixel in those directions.
  Rgba Sample(float u, float v, const std::array<float, 2>& right,
              const std::array<float, 2>& down) const;

  const Options& options() const { return options_; }
  int levels() const { return static_cast<int>(levels_.size()); }

 private:
  struct Level {
    int width, height;
    std::vector<uint8_t> rgba;
  };

  Rgba Texel(const Level& level, int x, int y) const;
  Rgba SampleLevel(const Level& level, float u, float v) const;
  Rgba SampleNearest(float u, float v) const;
  Level Halved(const Level& level) const;

  Options options_;
  std::array<float, 256> intensity_;
  std::vector<Level> levels_;
};

}  // namespace sense

#endif  // SENSE_NATIVE_RASTER_TEXTURE_H_
