#ifndef SENSE_NATIVE_RAY_H_
#define SENSE_NATIVE_RAY_H_

#include <array>
#include <vector>

#include "native/raycast.h"
#include "native/voxel_cell.h"

namespace sense {

// The part of a ray on which something may be seen. Distances along it are mm
// from its entry.
struct Ray {
  float entry_depth;  // From the camera to the entry.
  float length;       // From the entry on; 0 or less when there is nothing.
  float step;         // Between samples.
  float per_step;     // 1 / step.
  std::array<float, 3> direction;  // Unit vector, in world axes.

  // Sample n = 0, 1, ... of a ray; the first is at the entry, the last at the
  // end.
  SENSE_INLINE float SampleAt(int n, float jitter) const {
    const float place = (static_cast<float>(n - 1) + jitter) * step;
    const float raised = place > 0.0f ? place : 0.0f;
    return raised < length ? raised : length;
  }

  // The last sample before or at a distance.
  SENSE_INLINE int SampleBefore(float distance, float jitter) const {
    return static_cast<int>(distance * per_step - jitter + 1.0f);
  }
};

// A ray in the voxel indices of one grid.
struct GridRay {
  Point entry;       // Where the ray's entry is, inside the grid or not.
  Point per_mm;
  float begin, end;  // The distances between which it is inside.

  SENSE_INLINE Point At(float distance) const {
    return entry + per_mm * distance;
  }
};

// A grid in the world, and the box of it (borders, voxel indices) that shows.
struct GridBox {
  GridPlacement placement;
  Vector3 low, high;
};

// Makes the rays of a picture through one grid or several.
class RayMaker {
 public:
  // Outside `bounds` (optional, as the box of the first grid) nothing is seen.
  RayMaker(const std::vector<GridBox>& grids, const RayCamera& camera,
           const RayBounds& bounds, double steps_per_voxel);

  // Fills one GridRay a grid. Nothing is seen farther than `limit` mm from the
  // camera.
  Ray Make(int x, int y, float limit, GridRay* grid_rays) const;

  // Which ways the rays of a picture go in a grid.
  RayWays Ways(size_t grid, int width, int height) const;

  // How many voxels lie between a pixel and the next, in the middle of the
  // first grid.
  double VoxelsAPixel(int x, int y) const;

 private:
  // A vector or a number that is linear in the pixel.
  struct PerPixel {
    Vector3 base, x, y;
  };
  struct Grid {
    PerPixel origin, direction;  // Voxel index; direction of any length.
    Vector3 low, high;
  };
  struct Interval {
    double enter, leave;
  };

  static Vector3 At(const PerPixel& value, int x, int y);
  void AddGrid(const GridBox& box, const RayCamera& camera);
  Interval Inside(const Grid& grid, const Vector3& origin,
                  const Vector3& direction) const;
  void Cut(const Vector3& origin, const Vector3& direction,
           Interval* seen) const;

  PerPixel origin_, direction_;  // In the world.
  bool parallel_;
  bool confined_;  // To the first grid.
  std::vector<Grid> grids_;
  std::vector<ClipPlane> clip_planes_;
  double steps_per_voxel_;
};

// In [0, 1): shifts the samples of neighbouring rays against each other, so
// that steps do not show as contours (interleaved gradient noise: Jimenez,
// "Next generation post processing in Call of Duty", 2014).
float Jitter(int x, int y);

}  // namespace sense

#endif  // SENSE_NATIVE_RAY_H_
