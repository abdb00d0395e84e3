#ifndef SENSE_NATIVE_VOXEL_CELL_H_
#define SENSE_NATIVE_VOXEL_CELL_H_

#include <algorithm>
#include <array>
#include <cstdint>

#include "native/multiversion.h"

namespace sense {

struct Point {
  float i = 0;
  float j = 0;
  float k = 0;

  SENSE_INLINE Point operator+(const Point& other) const {
    return {i + other.i, j + other.j, k + other.k};
  }
  SENSE_INLINE Point operator*(float factor) const {
    return {i * factor, j * factor, k * factor};
  }
};

// The cell between eight voxels around a point, and where in it the point is.
struct Cell {
  int32_t i, j, k;
  float fi, fj, fk;
};

// Finds cells in a grid; any point is moved to the outermost voxel centres.
class CellFinder {
 public:
  explicit CellFinder(const std::array<int64_t, 3>& size)
      : i_(size[0]), j_(size[1]), k_(size[2]) {}

  SENSE_INLINE Cell Find(const Point& point) const {
    Cell cell;
    i_.Split(point.i, &cell.i, &cell.fi);
    j_.Split(point.j, &cell.j, &cell.fj);
    k_.Split(point.k, &cell.k, &cell.fk);
    return cell;
  }

 private:
  struct Axis {
    explicit Axis(int64_t n)
        : last(static_cast<float>(n - 1)),
          last_cell(static_cast<int32_t>(std::max<int64_t>(n - 2, 0))) {}

    SENSE_INLINE void Split(float place, int32_t* cell, float* fraction) const {
      const float raised = place > 0.0f ? place : 0.0f;
      const float inside = raised < last ? raised : last;
      const int32_t whole = static_cast<int32_t>(inside);
      *cell = whole < last_cell ? whole : last_cell;
      *fraction = inside - static_cast<float>(*cell);
    }

    float last;
    int32_t last_cell;
  };

  Axis i_, j_, k_;
};

}  // namespace sense

#endif  // SENSE_NATIVE_VOXEL_CELL_H_
