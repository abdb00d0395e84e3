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

// Where a run of samples lies: start + t * step for t = 0 ... count - 1.
struct SampleRun {
  Vector3 start;
  Vector3 step;
  int count = kTile;  // At most kTile.
};

// Values of a run; values[] has room for kTile, and what is beyond the run may
// be overwritten. Any position may be asked for: it is moved to the outermost
// voxel centres.
template <typename Voxel>
void SampleLinear(const Voxel* voxels, const std::array<int64_t, 3>& size,
                  const SampleRun& run, float* values);
template <typename Voxel>
void SampleNearest(const Voxel* voxels, const std::array<int64_t, 3>& size,
                   const SampleRun& run, float* values);

// Linear index of the voxel nearest to a position inside the borders.
int64_t NearestVoxel(const std::array<int64_t, 3>& size,
                     const Vector3& position);

}  // namespace sense

#endif  // SENSE_NATIVE_SAMPLE_ROW_H_
