#ifndef SENSE_NATIVE_RESLICE_H_
#define SENSE_NATIVE_RESLICE_H_

#include <cstdint>

#include "native/stop_flag.h"
#include "native/voxel_grid.h"

namespace sense {

enum class Interpolation { kNearest, kLinear };
enum class Projection { kMean, kMaximum, kMinimum };

// Pixel (x, y) and sample s lie at voxel index
// origin + x * step_x + y * step_y + s * step_sample; all finite.
struct ResliceOptions {
  Vector3 origin = {0, 0, 0};
  Vector3 step_x = {1, 0, 0};
  Vector3 step_y = {0, 1, 0};
  Vector3 step_sample = {0, 0, 1};
  int samples = 1;
  Interpolation interpolation = Interpolation::kLinear;
  Projection projection = Projection::kMean;
};

// Cuts an oblique slab out of a grid into out[height][width]. A sample counts
// where it lies within the outer voxel borders, [-0.5, n - 0.5] along each
// axis; beyond the outermost centres the value of the edge goes on, as in
// ITK. Pixels without any such sample become NaN. Runs on all cores. Returns
// false, with `out` unfinished, when stopped.
bool Reslice(const VoxelGrid& grid, const ResliceOptions& options, int width,
             int height, float* out, const StopFlag* stop);

// The same for RGB voxels by the nearest neighbour, without a slab, into RGBA
// out[height][width][4]; transparent black outside.
bool ResliceColour(const uint8_t* rgb, const std::array<int64_t, 3>& size,
                   const ResliceOptions& options, int width, int height,
                   uint8_t* out, const StopFlag* stop);

}  // namespace sense

#endif  // SENSE_NATIVE_RESLICE_H_
