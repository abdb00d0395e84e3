#include "native/contour_filling.h"

#include <algorithm>
#include <cmath>

#include "native/clamped_ceiling.h"

namespace sense {
namespace {

// Turns inside to outside, and back, from every crossing of a line with a row
// on: a vertex on a row counts for one of its two lines.
void FlipRows(const double* start, const double* end, int64_t rows,
              int64_t columns, uint8_t* mask) {
  const bool down = start[1] <= end[1];
  const double* upper = down ? start : end;
  const double* lower = down ? end : start;
  const int64_t stop = ClampedCeiling(lower[1], rows);
  for (int64_t j = ClampedCeiling(upper[1], rows); j < stop; ++j) {
    const double share =
        (static_cast<double>(j) - upper[1]) / (lower[1] - upper[1]);
    const double crossing = upper[0] + share * (lower[0] - upper[0]);
    const int64_t i = ClampedCeiling(crossing, columns);
    if (i < columns) mask[j * columns + i] ^= 1;
  }
}

bool IsFinite(const double* point) {
  return std::isfinite(point[0]) && std::isfinite(point[1]);
}

}  // namespace

void FillContours(const Polygons& polygons, int64_t rows, int64_t columns,
                  uint8_t* mask) {
  std::fill_n(mask, rows * columns, uint8_t{0});
  for (int64_t n = 0; n < polygons.count; ++n) {
    const int64_t first = polygons.starts[n];
    const int64_t stop = polygons.starts[n + 1];
    for (int64_t point = first; point < stop; ++point) {
      const double* start = polygons.points + 2 * point;
      const double* end =
          polygons.points + 2 * (point + 1 < stop ? point + 1 : first);
      if (IsFinite(start) && IsFinite(end)) {
        FlipRows(start, end, rows, columns, mask);
      }
    }
  }
  for (int64_t j = 0; j < rows; ++j) {
    uint8_t* row = mask + j * columns;
    for (int64_t i = 1; i < columns; ++i) row[i] ^= row[i - 1];
  }
}

}  // namespace sense
