#ifndef SENSE_NATIVE_ARRAY_ARGUMENTS_H_
#define SENSE_NATIVE_ARRAY_ARGUMENTS_H_

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cmath>
#include <limits>

#include "native/voxel_grid.h"

namespace sense {

using VoxelArray =
    nanobind::ndarray<nanobind::ro, nanobind::c_contig, nanobind::device::cpu>;
using AffineArray =
    nanobind::ndarray<const double, nanobind::shape<-1, 3>,
                      nanobind::c_contig, nanobind::device::cpu>;

inline VoxelType VoxelTypeOf(const VoxelArray& array) {
  const nanobind::dlpack::dtype type = array.dtype();
  if (type == nanobind::dtype<int8_t>()) return VoxelType::kInt8;
  if (type == nanobind::dtype<int32_t>()) return VoxelType::kInt32;
  if (type == nanobind::dtype<uint8_t>()) return VoxelType::kUint8;
  if (type == nanobind::dtype<int16_t>()) return VoxelType::kInt16;
  if (type == nanobind::dtype<uint16_t>()) return VoxelType::kUint16;
  if (type == nanobind::dtype<float>()) return VoxelType::kFloat32;
  throw nanobind::type_error("voxels: int8, uint8, int16, uint16, int32 or float32");
}

// Columns, rows, slices of an array whose first axes are slices, rows,
// columns; refuses what the kernels cannot index.
inline std::array<int64_t, 3> GridSizeOf(const VoxelArray& array) {
  std::array<int64_t, 3> size;
  for (int axis = 0; axis < 3; ++axis) {
    size[axis] = static_cast<int64_t>(array.shape(2 - axis));
    // Single precision must hold every index exactly.
    if (size[axis] < 1 || size[axis] > (1 << 23)) {
      throw nanobind::value_error("voxels: an axis is empty or too long");
    }
  }
  if (size[1] * size[2] > std::numeric_limits<int32_t>::max()) {
    throw nanobind::value_error("voxels: too many rows");
  }
  return size;
}

inline VoxelGrid GridOf(const VoxelArray& array) {
  if (array.ndim() != 3) throw nanobind::value_error("voxels: (nk, nj, ni)");
  return {array.data(), VoxelTypeOf(array), GridSizeOf(array)};
}

// Row `row` of an affine map's columns; refuses NaN and infinity.
inline Vector3 FiniteRow(const AffineArray& array, size_t row) {
  Vector3 vector;
  for (size_t axis = 0; axis < 3; ++axis) {
    vector[axis] = array(row, axis);
    if (!std::isfinite(vector[axis])) {
      throw nanobind::value_error("affine: not finite");
    }
  }
  return vector;
}

}  // namespace sense

#endif  // SENSE_NATIVE_ARRAY_ARGUMENTS_H_
