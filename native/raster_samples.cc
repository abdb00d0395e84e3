#include "native/raster_samples.h"

#include <limits>

namespace sense {
namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();

}  // namespace

RasterSamples::RasterSamples(const RasterCamera& camera,
                             const SamplePlaces& places)
    : places_(places),
      width_(camera.width),
      height_(camera.height),
      across_((camera.width + kEdge - 1) / kEdge),
      down_((camera.height + kEdge - 1) / kEdge),
      columns_(across_, {kFar, -kFar}),
      rows_(down_, {kFar, -kFar}) {
  for (int tile = 0; tile < tiles(); ++tile) {
    const PixelBounds b =
        distorted() ? DistortedBounds(tile) : RegularBounds(tile);
    bounds_.push_back(b);
    Range& column = columns_[tile % across_];
    column = {std::min(column.low, b.left), std::max(column.high, b.right)};
    Range& row = rows_[tile / across_];
    row = {std::min(row.low, b.top), std::max(row.high, b.bottom)};
  }
}

PixelBounds RasterSamples::RegularBounds(int tile) const {
  Range x{kFar, -kFar}, y{kFar, -kFar};
  for (const auto& [dx, dy] : places_.offsets) {
    x = {std::min(x.low, dx), std::max(x.high, dx)};
    y = {std::min(y.low, dy), std::max(y.high, dy)};
  }
  return {left(tile) + x.low, top(tile) + y.low, right(tile) - 1 + x.high,
          bottom(tile) - 1 + y.high};
}

// Pixels that no ray belongs to are NaN and left out by the comparisons.
PixelBounds RasterSamples::DistortedBounds(int tile) const {
  PixelBounds b{kFar, kFar, -kFar, -kFar};
  for (int plane = 0; plane < planes(); ++plane) {
    for (int y = top(tile); y < bottom(tile); ++y) {
      for (int x = left(tile); x < right(tile); ++x) {
        const auto [u, v] = Place(plane, x, y);
        b.left = std::min(b.left, u);
        b.right = std::max(b.right, u);
        b.top = std::min(b.top, v);
        b.bottom = std::max(b.bottom, v);
      }
    }
  }
  return b;
}

std::array<int, 2> RasterSamples::Meeting(const std::vector<Range>& ranges,
                                          double from, double to) const {
  const int count = static_cast<int>(ranges.size());
  if (!distorted()) {  // Every range is within half a pixel of its tile.
    const double first = std::floor((from - 1) / kEdge);
    const double last = std::floor((to + 1) / kEdge);
    return {static_cast<int>(std::clamp(first, 0.0, double{1} * count)),
            static_cast<int>(std::clamp(last, -1.0, count - 1.0)) + 1};
  }
  int first = 0, end = count;
  while (first < count && !ranges[first].Meets(from, to)) ++first;
  while (end > first && !ranges[end - 1].Meets(from, to)) --end;
  return {first, end};
}

}  // namespace sense
