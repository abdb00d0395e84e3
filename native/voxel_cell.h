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

  Point operator+(const Point& other) const {
    return {i + other.i, j + other.j, k + other.k};
  }
  Point operator*(float factor) const {
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
      *cell = std::min(static_cast<int32_t>(inside), last_cell);
      *fraction = inside - static_cast<float>(*cell);
    }

    float last;
    int32_t last_cell;
  };

  Axis i_, j_, k_;
};

// Trilinear values of voxels in memory.
template <typename Voxel>
class VoxelSampler {
 public:
  VoxelSampler(const Voxel* voxels, const std::array<int64_t, 3>& size)
      : voxels_(voxels),
        row_(size[0]),
        slice_(size[0] * size[1]),
        next_i_(size[0] > 1 ? 1 : 0),
        next_j_(size[1] > 1 ? row_ : 0),
        next_k_(size[2] > 1 ? slice_ : 0) {}

  SENSE_INLINE float Value(const Cell& cell) const {
    const Voxel* corner = Corner(cell);
    return Mix(FaceValue(corner, cell), FaceValue(corner + next_k_, cell),
               cell.fk);
  }

 private:
  static SENSE_INLINE float Mix(float a, float b, float fraction) {
    return a + fraction * (b - a);
  }

  SENSE_INLINE const Voxel* Corner(const Cell& cell) const {
    return voxels_ + cell.i + cell.j * row_ + cell.k * slice_;
  }

  SENSE_INLINE float RowValue(const Voxel* row, const Cell& cell) const {
    return Mix(static_cast<float>(row[0]), static_cast<float>(row[next_i_]),
               cell.fi);
  }

  SENSE_INLINE float FaceValue(const Voxel* corner, const Cell& cell) const {
    return Mix(RowValue(corner, cell), RowValue(corner + next_j_, cell),
               cell.fj);
  }

  const Voxel* voxels_;
  const int64_t row_, slice_, next_i_, next_j_, next_k_;
};

}  // namespace sense

#endif  // SENSE_NATIVE_VOXEL_CELL_H_
