#ifndef SENSE_NATIVE_DEPTH_FIELD_H_
#define SENSE_NATIVE_DEPTH_FIELD_H_

#include <array>
#include <cstdint>
#include <vector>

#include "native/stop_flag.h"

namespace sense {

// How far away what a pinhole camera sees is. The camera looks along +z, y is
// down, the first pixel's centre is (0, 0).
struct DepthView {
  int width;
  int height;
  const float* depth;    // Along z, row by row; 0 where it is not known.
  const float* normals;  // Three a pixel, in the camera's frame, or 0.
  std::array<double, 9> intrinsics;         // Row by row, last row 0 0 1.
  std::array<double, 9> world_from_camera;  // A rotation, row by row.
  std::array<double, 3> centre;
  // A byte a pixel, set where the depth counts less than what others see;
  // null: nowhere.
  const uint8_t* doubtful = nullptr;
};

struct DepthFieldOptions {
  double voxel;       // Edge length, in the world's unit.
  double truncation;  // Distances beyond are not told apart.
  int views = 1;      // So many views must see a voxel near their surface.
};

// Signed distances to the surface that depth maps show (Curless and Levoy
// 1996), in blocks of voxels near it (Niessner 2013).
struct DepthField {
  static constexpr int kEdge = 8;
  static constexpr int kVoxels = kEdge * kEdge * kEdge;

  double voxel = 0.0;
  double truncation = 0.0;
  // Voxel (i, j, k) of block (x, y, z) lies at (8 x + i, 8 y + j, 8 z + k)
  // times the voxel's size. Sorted by z, y and x.
  std::vector<std::array<int32_t, 3>> blocks;
  // Of all voxels, i fastest; positive outside, NaN where nothing is known.
  std::vector<float> distances;

  // The number of a block, or -1.
  int64_t Find(const std::array<int32_t, 3>& block) const;
};

// How many blocks `MakeDepthField` would make.
int64_t CountBlocks(const std::vector<DepthView>& views,
                    const DepthFieldOptions& options, const StopFlag* stop);

// Stops early, with what it has, once `stop` is set.
DepthField MakeDepthField(const std::vector<DepthView>& views,
                          const DepthFieldOptions& options,
                          const StopFlag* stop);

}  // namespace sense

#endif  // SENSE_NATIVE_DEPTH_FIELD_H_
