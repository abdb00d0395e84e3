#ifndef SENSE_NATIVE_VALUE_BLOCKS_H_
#define SENSE_NATIVE_VALUE_BLOCKS_H_

#include <array>
#include <cstdint>
#include <vector>

#include "native/voxel_grid.h"

namespace sense {

struct ValueRange {
  float low = 0;
  float high = 0;
};

// Range of the values in every block of 8 x 8 x 8 cells; a cell lies between
// neighbouring voxels, so that all that is interpolated inside a block is in
// its range. Lets rays leap over what does not show.
class ValueBlocks {
 public:
  static constexpr int kShift = 3;
  static constexpr int kEdge = 1 << kShift;
  static constexpr uint8_t kFarthest = 16;

  // Reads the whole grid, on all cores. NaN is left out.
  explicit ValueBlocks(const VoxelGrid& grid);

  const std::array<int, 3>& size() const { return size_; }
  const std::vector<ValueRange>& ranges() const { return ranges_; }
  ValueRange whole_range() const { return whole_range_; }

  // Distance of every block to the nearest occupied one, in blocks and in the
  // maximum norm, at most kFarthest; 0 where occupied.
  std::vector<uint8_t> DistanceToOccupied(
      const std::vector<uint8_t>& occupied) const;

 private:
  template <typename Voxel>
  void FillLayer(const Voxel* voxels, const std::array<int64_t, 3>& voxel_size,
                 int layer);

  std::array<int, 3> size_;
  std::vector<ValueRange> ranges_;  // i fastest.
  ValueRange whole_range_;
};

}  // namespace sense

#endif  // SENSE_NATIVE_VALUE_BLOCKS_H_
