#ifndef SENSE_NATIVE_RASTER_TILE_H_
#define SENSE_NATIVE_RASTER_TILE_H_

#include <cstdint>
#include <vector>

#include "native/raster_disc.h"
#include "native/raster_samples.h"

namespace sense {

// A triangle as a tile sees it: single precision, from the tile's corner.
struct TileTriangle {
  struct Plane {
    float a, b, c;
    float At(float x, float y) const { return a * x + (b * y + c); }
  };

  TileTriangle(const ScreenTriangle& triangle, double left, double top);

  std::array<Plane, 3> edge;
  std::array<float, 3> least;  // An edge's values inside are not less.
  Plane nearness;
};

// What each sample of a tile shows: the nearest triangle so far.
class RasterTile {
 public:
  static constexpr uint32_t kNothing = 0xffffffff;

  // `nearest` is the nearness of the near plane.
  RasterTile(const RasterSamples& samples, float nearest)
      : samples_(samples), nearest_(nearest) {}

  // Begins with an empty tile.
  void Begin(int tile);

  // Draws a triangle where it is the nearest.
  void Draw(const ScreenTriangle& triangle, const PixelBounds& bounds,
            uint32_t number);

  // Calls found(plane, pixel, nearness) for all samples where the triangle is
  // the nearest so far, without drawing it.
  template <typename Found>
  void ForEachSample(const ScreenTriangle& triangle, const PixelBounds& bounds,
                     const Found& found) const;

  // The same of a disc.
  template <typename Found>
  void ForEachSample(const ScreenDisc& disc, const RasterCamera& camera,
                     const PixelBounds& bounds, const Found& found) const;

  void Set(int plane, int pixel, float nearness, uint32_t number) {
    nearness_[Index(plane, pixel)] = nearness;
    number_[Index(plane, pixel)] = number;
  }

  // Of pixel y * RasterSamples::kEdge + x of the tile.
  uint32_t number(int plane, int pixel) const {
    return number_[Index(plane, pixel)];
  }
  float nearness(int plane, int pixel) const {
    return nearness_[Index(plane, pixel)];
  }

 private:
  struct Box {
    int left, top, right, bottom;  // The last two are one beyond.
  };

  static size_t Index(int plane, int pixel) {
    return size_t{RasterSamples::kTilePixels} * plane + pixel;
  }

  void PlaceSamples();
  Box BoxOf(const PixelBounds& bounds, int plane) const;
  bool RowMeets(int plane, int y, const PixelBounds& bounds) const;

  // Of a row of samples, from the tile's corner.
  const float* RowX(int plane, int y) const {
    return &x_[samples_.distorted() ? Index(plane, y * RasterSamples::kEdge)
                                    : size_t{RasterSamples::kEdge} * plane];
  }

  const RasterSamples& samples_;
  const float nearest_;
  int tile_ = 0, left_ = 0, top_ = 0;
  std::vector<float> x_, y_;        // Places; y of a row where undistorted.
  std::vector<std::array<float, 2>> row_range_;  // Of y, where distorted.
  std::vector<float> nearness_;
  std::vector<uint32_t> number_;
};

template <typename Found>
void RasterTile::ForEachSample(const ScreenTriangle& triangle,
                               const PixelBounds& bounds,
                               const Found& found) const {
  constexpr int kEdge = RasterSamples::kEdge;
  const TileTriangle local(triangle, left_, top_);
  for (int plane = 0; plane < samples_.planes(); ++plane) {
    const Box box = BoxOf(bounds, plane);
    for (int y = box.top; y < box.bottom; ++y) {
      const float* xs = RowX(plane, y);
      for (int x = box.left; x < box.right; ++x) {
        const int pixel = y * kEdge + x;
        const float v = samples_.distorted() ? y_[Index(plane, pixel)]
                                             : y_[kEdge * plane + y];
        const float nearness = local.nearness.At(xs[x], v);
        if (local.edge[0].At(xs[x], v) >= local.least[0] &&
            local.edge[1].At(xs[x], v) >= local.least[1] &&
            local.edge[2].At(xs[x], v) >= local.least[2] &&
            nearness > nearness_[Index(plane, pixel)] &&
            nearness <= nearest_) {
          found(plane, pixel, nearness);
        }
      }
    }
  }
}

template <typename Found>
void RasterTile::ForEachSample(const ScreenDisc& disc,
                               const RasterCamera& camera,
                               const PixelBounds& bounds,
                               const Found& found) const {
  constexpr int kEdge = RasterSamples::kEdge;
  for (int plane = 0; plane < samples_.planes(); ++plane) {
    const Box box = BoxOf(bounds, plane);
    const int right = std::min(box.right, samples_.right(tile_) - left_);
    const int bottom = std::min(box.bottom, samples_.bottom(tile_) - top_);
    for (int y = box.top; y < bottom; ++y) {
      for (int x = box.left; x < right; ++x) {
        const auto [u, v] = samples_.Place(plane, left_ + x, top_ + y);
        const int pixel = y * kEdge + x;
        float nearness;
        if (disc.IsAt(camera, u, v, &nearness) && nearness <= nearest_ &&
            nearness > nearness_[Index(plane, pixel)]) {
          found(plane, pixel, nearness);
        }
      }
    }
  }
}

}  // namespace sense

#endif  // SENSE_NATIVE_RASTER_TILE_H_
