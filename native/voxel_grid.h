#ifndef SENSE_NATIVE_VOXEL_GRID_H_
#define SENSE_NATIVE_VOXEL_GRID_H_

#include <array>
#include <cstdint>
#include <stdexcept>

namespace sense {

enum class VoxelType { kInt8, kUint8, kInt16, kUint16, kInt32, kFloat32 };

using Vector3 = std::array<double, 3>;

// Voxels in memory, i fastest, without padding; not owned.
struct VoxelGrid {
  const void* data = nullptr;
  VoxelType type = VoxelType::kInt16;
  std::array<int64_t, 3> size = {0, 0, 0};  // Columns, rows, slices.
};

// Calls function(pointer of the voxels' type); the pointer may be null.
template <typename Function>
decltype(auto) WithVoxels(const VoxelGrid& grid, Function&& function) {
  switch (grid.type) {
    case VoxelType::kInt8:
      return function(static_cast<const int8_t*>(grid.data));
    case VoxelType::kUint8:
      return function(static_cast<const uint8_t*>(grid.data));
    case VoxelType::kInt16:
      return function(static_cast<const int16_t*>(grid.data));
    case VoxelType::kUint16:
      return function(static_cast<const uint16_t*>(grid.data));
    case VoxelType::kInt32:
      return function(static_cast<const int32_t*>(grid.data));
    case VoxelType::kFloat32:
      return function(static_cast<const float*>(grid.data));
  }
  throw std::invalid_argument("unknown voxel type");
}

}  // namespace sense

#endif  // SENSE_NATIVE_VOXEL_GRID_H_
