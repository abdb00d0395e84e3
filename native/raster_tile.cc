#include "native/raster_tile.h"

#include <limits>

#include "native/multiversion.h"

namespace sense {
namespace {

constexpr int kEdge = RasterSamples::kEdge;
constexpr int kLanes = 8;

// One row of samples of one plane.
struct Row {
  const float* x;
  const float* y;  // One for each sample where distorted, else one.
  float* nearness;
  uint32_t* number;
  int left, right;
};

// Always whole groups of samples, so that the compiler vectorises the group;
// those beyond the triangle's box are outside one of its edges.
template <bool kDistorted>
SENSE_INLINE void FillRow(const TileTriangle& t, float nearest,
                          uint32_t number, const Row& row) {
  for (int group = row.left & -kLanes; group < row.right; group += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) {
      const int n = group + lane;
      const float x = row.x[n], y = kDistorted ? row.y[n] : *row.y;
      const float nearness = t.nearness.At(x, y);
      const bool drawn = (t.edge[0].At(x, y) >= t.least[0]) &
                         (t.edge[1].At(x, y) >= t.least[1]) &
                         (t.edge[2].At(x, y) >= t.least[2]) &
                         (nearness > row.nearness[n]) & (nearness <= nearest);
      row.nearness[n] = drawn ? nearness : row.nearness[n];
      row.number[n] = drawn ? number : row.number[n];
    }
  }
}

SENSE_MULTIVERSION
void FillRegularRow(const TileTriangle& t, float nearest, uint32_t number,
                    const Row& row) {
  FillRow<false>(t, nearest, number, row);
}

SENSE_MULTIVERSION
void FillDistortedRow(const TileTriangle& t, float nearest, uint32_t number,
                      const Row& row) {
  FillRow<true>(t, nearest, number, row);
}

// Pixels from and up to (excluded) which samples at pixel + offset may be
// within low ... high.
std::array<int, 2> PixelRange(double low, double high, double offset) {
  return {static_cast<int>(
              std::clamp(std::ceil(low - offset), 0.0, double{kEdge})),
          static_cast<int>(
              std::clamp(std::floor(high - offset), -1.0, kEdge - 1.0)) +
              1};
}

}  // namespace

TileTriangle::TileTriangle(const ScreenTriangle& triangle, double left,
                           double top) {
  const auto local = [left, top](const Plane2& p) {
    return Plane{static_cast<float>(p.a), static_cast<float>(p.b),
                 static_cast<float>(p.At(left, top))};
  };
  for (int n = 0; n < 3; ++n) {
    const Plane2& own = triangle.edge[n];
    edge[n] = local(own);
    // A sample on an edge belongs to the triangle to the right or below.
    const bool owns = own.a > 0 || (own.a == 0 && own.b > 0);
    least[n] = owns ? 0.0f : std::numeric_limits<float>::denorm_min();
  }
  nearness = local(triangle.nearness);
}

void RasterTile::Begin(int tile) {
  tile_ = tile;
  left_ = samples_.left(tile);
  top_ = samples_.top(tile);
  const size_t count = Index(samples_.planes(), 0);
  if (x_.empty() || samples_.distorted()) PlaceSamples();
  nearness_.assign(count, -std::numeric_limits<float>::infinity());
  number_.assign(count, kNothing);
}

void RasterTile::PlaceSamples() {
  const int planes = samples_.planes();
  if (!samples_.distorted()) {
    for (int plane = 0; plane < planes; ++plane) {
      for (int n = 0; n < kEdge; ++n) {
        x_.push_back(static_cast<float>(n + samples_.offset(plane)[0]));
        y_.push_back(static_cast<float>(n + samples_.offset(plane)[1]));
      }
    }
    return;
  }
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  constexpr float kFar = std::numeric_limits<float>::infinity();
  x_.assign(Index(planes, 0), kNone);
  y_.assign(Index(planes, 0), kNone);
  row_range_.assign(size_t{1} * planes * kEdge, {kFar, -kFar});
  for (int plane = 0; plane < planes; ++plane) {
    for (int y = 0; y < samples_.bottom(tile_) - top_; ++y) {
      auto& range = row_range_[plane * kEdge + y];
      for (int x = 0; x < samples_.right(tile_) - left_; ++x) {
        const auto [u, v] = samples_.Place(plane, left_ + x, top_ + y);
        const size_t n = Index(plane, y * kEdge + x);
        x_[n] = static_cast<float>(u - left_);
        y_[n] = static_cast<float>(v - top_);
        range = {std::min(range[0], y_[n]), std::max(range[1], y_[n])};
      }
    }
  }
}

RasterTile::Box RasterTile::BoxOf(const PixelBounds& bounds, int plane) const {
  if (samples_.distorted()) return {0, 0, kEdge, kEdge};
  const auto& [dx, dy] = samples_.offset(plane);
  const auto [x0, x1] =
      PixelRange(bounds.left - left_, bounds.right - left_, dx);
  const auto [y0, y1] =
      PixelRange(bounds.top - top_, bounds.bottom - top_, dy);
  return {x0, y0, x1, y1};
}

bool RasterTile::RowMeets(int plane, int y, const PixelBounds& bounds) const {
  // The bounds are wider than the rounding of the places.
  const auto& [low, high] = row_range_[plane * kEdge + y];
  return bounds.top - top_ <= high + 1e-3 && bounds.bottom - top_ >= low - 1e-3;
}

void RasterTile::Draw(const ScreenTriangle& triangle,
                      const PixelBounds& bounds, uint32_t number) {
  const TileTriangle local(triangle, left_, top_);
  for (int plane = 0; plane < samples_.planes(); ++plane) {
    const Box box = BoxOf(bounds, plane);
    if (box.left >= box.right) continue;
    for (int y = box.top; y < box.bottom; ++y) {
      const size_t n = Index(plane, y * kEdge);
      Row row{RowX(plane, y), nullptr, &nearness_[n],
              &number_[n],    box.left, box.right};
      if (!samples_.distorted()) {
        row.y = &y_[kEdge * plane + y];
        FillRegularRow(local, nearest_, number, row);
      } else if (RowMeets(plane, y, bounds)) {
        row.y = &y_[n];
        FillDistortedRow(local, nearest_, number, row);
      }
    }
  }
}

}  // namespace sense
