#ifndef SENSE_NATIVE_RAYCAST_H_
#define SENSE_NATIVE_RAYCAST_H_

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "native/stop_flag.h"
#include "native/transfer_table.h"
#include "native/value_blocks.h"
#include "native/voxel_grid.h"

namespace sense {

enum class RayMode { kComposite, kMaximum, kMinimum, kMean };

// How light falls on surfaces (Blinn-Phong, both sides alike).
struct Lighting {
  bool shaded = true;
  float ambient = 0.2f;
  float diffuse = 0.7f;
  float specular = 0.2f;
  float specular_power = 20;
  // Gradient per mm at which shading has half its effect: noise has none.
  float surface_gradient = 1;
  Vector3 towards_light = {0, 0, 1};  // Unit vector, in world axes.
};

// Factors on the opacity at gradient magnitudes 0 ... highest, per mm; at
// least two, or none for no such factor.
struct GradientOpacity {
  std::vector<float> factors;
  float highest = 1;
};

// Everything about a picture but the camera.
struct RaycastLook {
  RayMode mode = RayMode::kComposite;
  std::shared_ptr<const TransferTable> transfer;  // For kComposite.
  GradientOpacity gradient_opacity;
  Lighting lighting;
  ValueRange window;  // For the other modes: black and white.
  Vector3 crop_low = {-1e9, -1e9, -1e9};  // Voxel index, borders.
  Vector3 crop_high = {1e9, 1e9, 1e9};
  float steps_per_voxel = 2;  // Samples while an index changes by one.
};

// Ray of pixel (x, y): from origin + x * origin_x + y * origin_y along
// direction + x * direction_x + y * direction_y (any length but 0), in world
// mm; from its origin on, or, of a parallel camera, in both directions.
struct RayCamera {
  Vector3 origin = {}, origin_x = {}, origin_y = {};
  Vector3 direction = {}, direction_x = {}, direction_y = {};
  bool parallel = false;
};

// Where the voxels are in the world.
struct GridPlacement {
  std::array<Vector3, 3> ijk_from_world;  // Rows of the linear part.
  Vector3 ijk_of_world_origin;
};

struct RaycastPicture {
  int width = 0;
  int height = 0;
  float* rgba = nullptr;      // [height][width][4], colours times alpha.
  float* depth_mm = nullptr;  // Optional, see Raycast.
};

// Leaps for rays: distance of every block to one that shows.
struct OccupiedBlocks {
  std::shared_ptr<const ValueBlocks> blocks;
  std::vector<uint8_t> distance;  // Empty without a transfer table.
};

// Without a transfer table (any mode but composite) nothing is left out.
OccupiedBlocks FindOccupied(std::shared_ptr<const ValueBlocks> blocks,
                            const TransferTable* transfer);

// Casts one ray a pixel, on all cores; the same input gives the same picture.
// Depth is the distance along the ray where half of the light is absorbed
// (composite), or of the extreme value; NaN where there is none. Returns false,
// with the picture unfinished, when stopped.
bool Raycast(const VoxelGrid& grid, const GridPlacement& placement,
             const OccupiedBlocks& occupied, const RaycastLook& look,
             const RayCamera& camera, const RaycastPicture& picture,
             const StopFlag* stop);

}  // namespace sense

#endif  // SENSE_NATIVE_RAYCAST_H_
