#ifndef SENSE_NATIVE_RASTER_SAMPLES_H_
#define SENSE_NATIVE_RASTER_SAMPLES_H_

#include <algorithm>
#include <array>
#include <vector>

#include "native/raster_triangle.h"

namespace sense {

// The samples of a picture, in square tiles.
class RasterSamples {
 public:
  static constexpr int kEdge = 64;  // Of a tile, in pixels.
  static constexpr int kTilePixels = kEdge * kEdge;

  RasterSamples(const RasterCamera& camera, const SamplePlaces& places);

  int planes() const { return places_.planes(); }
  int tiles() const { return across_ * down_; }
  bool distorted() const { return places_.table != nullptr; }
  int left(int tile) const { return tile % across_ * kEdge; }
  int top(int tile) const { return tile / across_ * kEdge; }
  int right(int tile) const { return std::min(left(tile) + kEdge, width_); }
  int bottom(int tile) const { return std::min(top(tile) + kEdge, height_); }
  const std::array<double, 2>& offset(int plane) const {
    return places_.offsets[plane];
  }

  // Where a sample is in the undistorted picture.
  std::array<double, 2> Place(int plane, int x, int y) const {
    if (places_.table) {
      const double* place =
          places_.table + 2 * ((int64_t{plane} * height_ + y) * width_ + x);
      return {place[0], place[1]};
    }
    return {x + places_.offsets[plane][0], y + places_.offsets[plane][1]};
  }

  // By how much the undistorted place of a pixel changes (x and y) to the next
  // one on the right, and below.
  std::array<std::array<double, 2>, 2> Steps(int x, int y) const {
    if (!places_.table) return {{{1, 0}, {0, 1}}};
    const int i = std::min(x, width_ - 2), j = std::min(y, height_ - 2);
    return {Difference(std::max(i, 0), y, std::min(1, width_ - 1), 0),
            Difference(x, std::max(j, 0), 0, std::min(1, height_ - 1))};
  }

  // Calls found(tile) for every tile that may have samples inside.
  template <typename Found>
  void ForEachTile(const PixelBounds& bounds, const Found& found) const;

 private:
  struct Range {
    double low, high;
    bool Meets(double from, double to) const {
      return from <= high && to >= low;
    }
  };

  std::array<double, 2> Difference(int x, int y, int dx, int dy) const {
    const auto from = Place(0, x, y), to = Place(0, x + dx, y + dy);
    return {to[0] - from[0], to[1] - from[1]};
  }

  PixelBounds RegularBounds(int tile) const;
  PixelBounds DistortedBounds(int tile) const;

  // First and one after the last of `ranges` that may meet from ... to.
  std::array<int, 2> Meeting(const std::vector<Range>& ranges, double from,
                             double to) const;

  SamplePlaces places_;
  int width_, height_, across_, down_;
  std::vector<PixelBounds> bounds_;  // Of each tile's samples.
  std::vector<Range> columns_, rows_;
};

template <typename Found>
void RasterSamples::ForEachTile(const PixelBounds& bounds,
                                const Found& found) const {
  const auto [x0, x1] = Meeting(columns_, bounds.left, bounds.right);
  const auto [y0, y1] = Meeting(rows_, bounds.top, bounds.bottom);
  for (int y = y0; y < y1; ++y) {
    for (int x = x0; x < x1; ++x) {
      const PixelBounds& own = bounds_[y * across_ + x];
      if (bounds.left <= own.right && bounds.right >= own.left &&
          bounds.top <= own.bottom && bounds.bottom >= own.top) {
        found(y * across_ + x);
      }
    }
  }
}

}  // namespace sense

#endif  // SENSE_NATIVE_RASTER_SAMPLES_H_
