#ifndef SENSE_NATIVE_CONTOUR_FILLING_H_
#define SENSE_NATIVE_CONTOUR_FILLING_H_

#include <cstdint>

namespace sense {

// Closed polygons: `starts` holds the first point of each, then the count of
// points; a point is i and j in pixels, centres at integers.
struct Polygons {
  const double* points = nullptr;
  const int64_t* starts = nullptr;
  int64_t count = 0;
};

// Sets `mask` (rows x columns) to 1 where a pixel's centre lies inside an odd
// number of the polygons, else to 0. A centre on a line belongs to the polygon
// on its right or below. Points that are not finite are left out.
void FillContours(const Polygons& polygons, int64_t rows, int64_t columns,
                  uint8_t* mask);

}  // namespace sense

#endif  // SENSE_NATIVE_CONTOUR_FILLING_H_
