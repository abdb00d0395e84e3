#ifndef SENSE_NATIVE_VOXEL_SAMPLER_H_
#define SENSE_NATIVE_VOXEL_SAMPLER_H_

#include <array>

#include "native/voxel_cell.h"
#include "native/voxel_pairs.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Eight points in voxel indices.
struct Points {
  Floats i, j, k;
};

// One axis of eight cells: the lower voxel and how far the point is from it.
struct AxisCells {
  Ints cell;
  Floats fraction;

  SENSE_INLINE AxisCells(Floats place, int32_t size) {
    const Floats nothing = AllLanes(0.0f);
    // A place that is no number becomes 0.
    const Floats inside = Least(Greatest(place, nothing),
                                AllLanes(static_cast<float>(size - 1)));
    cell = Least(Truncated(inside), AllLanes(size > 1 ? size - 2 : 0));
    fraction = inside - Converted(cell);
  }
};

// Trilinear values of voxels in memory, eight at a time; any point is moved to
// the outermost voxel centres.
template <typename Voxel>
class VoxelSampler {
 public:
  VoxelSampler(const Voxel* voxels, const std::array<int64_t, 3>& size)
      : voxels_(voxels),
        ni_(static_cast<int32_t>(size[0])),
        nj_(static_cast<int32_t>(size[1])),
        nk_(static_cast<int32_t>(size[2])),
        next_j_(size[1] > 1 ? size[0] : 0),
        next_k_(size[2] > 1 ? size[0] * size[1] : 0) {}

  // The cells of eight points: their first voxels, and where in them they are.
  struct Cells {
    const Voxel* corner[kLanes];
    Floats along_i, along_j, along_k;
  };

  SENSE_INLINE Cells Find(const Points& points) const {
    const AxisCells i(points.i, ni_), j(points.j, nj_), k(points.k, nk_);
    Cells cells;
    FindCorners(i.cell, j.cell + k.cell * nj_, cells.corner);
    cells.along_i = i.fraction;
    cells.along_j = j.fraction;
    cells.along_k = k.fraction;
    return cells;
  }

  // Asks for the voxels of cells.
  SENSE_INLINE void Ask(const Cells& cells) const {
    for (const Voxel* corner : cells.corner) {
      Prefetch(corner);
      Prefetch(corner + next_j_);
      Prefetch(corner + next_k_);
      Prefetch(corner + next_j_ + next_k_);
    }
  }

  SENSE_INLINE Floats Values(const Cells& cells) const {
    const Floats i = cells.along_i, j = cells.along_j;
    const Floats lower = Face(cells.corner, 0, i, j);
    const Floats upper = Face(cells.corner, next_k_, i, j);
    return lower + cells.along_k * (upper - lower);
  }

  SENSE_INLINE Floats Values(const Points& points) const {
    return Values(Find(points));
  }

 private:
  SENSE_INLINE void FindCorners(Ints column, Ints row,
                                const Voxel** corners) const {
    alignas(32) int32_t columns[kLanes], rows[kLanes];
    StoreLanes(column, columns);
    StoreLanes(row, rows);
    for (int n = 0; n < kLanes; ++n) {
      corners[n] = voxels_ + (int64_t{rows[n]} * ni_ + columns[n]);
    }
  }

  SENSE_INLINE Floats Face(const Voxel* const* corners, int64_t offset,
                           Floats along_i, Floats along_j) const {
    const Floats lower = Edge(corners, offset, along_i);
    const Floats upper = Edge(corners, offset + next_j_, along_i);
    return lower + along_j * (upper - lower);
  }

  SENSE_INLINE Floats Edge(const Voxel* const* corners, int64_t offset,
                           Floats along_i) const {
    const Voxel* places[kLanes];
    for (int n = 0; n < kLanes; ++n) places[n] = corners[n] + offset;
    const VoxelPairs pairs = ni_ > 1 ? LoadPairs(places) : LoadTwice(places);
    return pairs.first + along_i * (pairs.second - pairs.first);
  }

  const Voxel* voxels_;
  const int32_t ni_, nj_, nk_;
  const int64_t next_j_, next_k_;
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_VOXEL_SAMPLER_H_
