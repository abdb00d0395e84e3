#ifndef SENSE_NATIVE_RAY_H_
#define SENSE_NATIVE_RAY_H_

#include <algorithm>

#include "native/raycast.h"
#include "native/voxel_cell.h"

namespace sense {

// The part of a ray inside the volume and the crop box. Distances are mm from
// where it enters.
struct Ray {
  Point entry;       // Voxel index.
  Point per_mm;      // Voxel index per mm.
  float length;      // To where it leaves; 0 or less when it misses.
  float step;        // Between samples.
  float per_step;    // 1 / step.
  float entry_depth; // From the camera to the entry.
  std::array<float, 3> direction;  // Unit vector, in world axes.

  // Number of samples at (n + jitter) * step, n = 0, 1, ..., up to `distance`.
  int SamplesUpTo(float distance, float jitter) const {
    return std::max(static_cast<int>(distance * per_step - jitter) + 1, 0);
  }

  Point At(float distance) const { return entry + per_mm * distance; }
};

// Makes the rays of a picture.
class RayMaker {
 public:
  RayMaker(const VoxelGrid& grid, const GridPlacement& placement,
           const RaycastLook& look, const RayCamera& camera);

  Ray Make(int x, int y) const;

 private:
  Vector3 ToIndexStep(const Vector3& world) const;

  const GridPlacement& placement_;
  const RayCamera& camera_;
  Vector3 low_, high_;
  double steps_per_voxel_;
};

// In [0, 1): shifts the samples of neighbouring rays against each other, so
// that steps do not show as contours (interleaved gradient noise: Jimenez,
// "Next generation post processing in Call of Duty", 2014).
float Jitter(int x, int y);

}  // namespace sense

#endif  // SENSE_NATIVE_RAY_H_
