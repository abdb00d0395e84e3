#ifndef SENSE_NATIVE_CONTOUR_TRACING_H_
#define SENSE_NATIVE_CONTOUR_TRACING_H_

#include <cstdint>
#include <vector>

namespace sense {

// Closed polygons; the first point of each is not repeated.
struct Contours {
  std::vector<double> points;         // i and j of every point.
  std::vector<int64_t> starts = {0};  // First point of each, then the count.
};

// The border of a mask (rows x columns, not 0 is inside) by marching squares:
// half way between the pixels inside and outside, without points in the middle
// of a straight line. Pixels that only touch at a corner stay apart; holes
// turn the other way round.
Contours TraceContours(const uint8_t* mask, int64_t rows, int64_t columns);

}  // namespace sense

#endif  // SENSE_NATIVE_CONTOUR_TRACING_H_
