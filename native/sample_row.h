#ifndef SENSE_NATIVE_SAMPLE_ROW_H_
#define SENSE_NATIVE_SAMPLE_ROW_H_

#include <array>
#include <cstdint>

#include "native/voxel_grid.h"

namespace sense {

// Pixels of a row that are handled at once: small enough for the first cache.
inline constexpr int kTile = 64;

// Half-open range of pixels.
struct PixelRange {
  int begin = 0;
  int end = 0;
};

// Pixels x of 0 ... width - 1 for which start + x * step lies inside the outer
// voxel borders.
PixelRange InsideRange(const Vector3& start, const Vector3& step,
                       const std::array<int64_t, 3>& size, int width);

// Values at the kTile positions start + t * step.
template <typename Voxel>
void SampleLinear(const Voxel* voxels, const std::array<int64_t, 3>& size,
                  const Vector3& start, const Vector3& step, float* values);
template <typename Voxel>
void SampleNearest(const Voxel* voxels, const std::array<int64_t, 3>& size,
                   const Vector3& start, const Vector3& step, float* values);

// Linear index of the voxel nearest to a position inside the borders.
int64_t NearestVoxel(const std::array<int64_t, 3>& size,
                     const Vector3& position);

}  // namespace sense

#endif  // SENSE_NATIVE_SAMPLE_ROW_H_
