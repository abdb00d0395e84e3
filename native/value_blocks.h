#ifndef SENSE_NATIVE_VALUE_BLOCKS_H_
#define SENSE_NATIVE_VALUE_BLOCKS_H_

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <vector>

#include "native/voxel_grid.h"

namespace sense {

struct ValueRange {
  float low = 0;
  float high = 0;
};

// Smallest and largest voxel of a block, in the voxels' own type.
template <typename Voxel>
struct Bounds {
  Voxel low, high;
};

// An octree of the ranges of values. Level 0 has blocks of 4 x 4 x 4 cells, and
// every further level blocks of twice the edge; a cell lies between
// neighbouring voxels, so that all that is interpolated inside a block is in
// its range. Lets rays leap over what does not show.
class ValueBlocks {
 public:
  static constexpr int kShift = 2;
  static constexpr int kEdge = 1 << kShift;
  static constexpr int kLevels = 4;

  // Reads the whole grid, on all cores. NaN is left out: a block of nothing
  // else has its low above its high.
  explicit ValueBlocks(const VoxelGrid& grid);

  const std::array<int, 3>& size(int level = 0) const {
    return levels_[level].size;
  }
  ValueRange whole_range() const { return whole_range_; }
  VoxelType type() const { return type_; }
  int64_t byte_count() const;

  // The blocks of a level, i fastest.
  template <typename Voxel>
  const Bounds<Voxel>* bounds(int level) const {
    return reinterpret_cast<const Bounds<Voxel>*>(levels_[level].bytes.data());
  }

  // Whether shows(range) holds, for every block of level 0; on all cores.
  std::vector<uint8_t> Showing(
      const std::function<bool(ValueRange)>& shows) const;

 private:
  struct Level {
    std::array<int, 3> size;
    std::vector<uint64_t> bytes;  // Aligned for any voxel type.
  };

  template <typename Voxel>
  Bounds<Voxel>* mutable_bounds(int level) {
    return reinterpret_cast<Bounds<Voxel>*>(levels_[level].bytes.data());
  }
  template <typename Voxel>
  void AddLevel();
  template <typename Voxel>
  void FillLayer(const Voxel* voxels, const std::array<int64_t, 3>& voxel_size,
                 int layer);
  template <typename Voxel>
  void FindWholeRange();

  VoxelType type_;
  std::vector<Level> levels_;
  ValueRange whole_range_;
};

}  // namespace sense

#endif  // SENSE_NATIVE_VALUE_BLOCKS_H_
