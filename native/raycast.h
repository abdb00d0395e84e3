#ifndef SENSE_NATIVE_RAYCAST_H_
#define SENSE_NATIVE_RAYCAST_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "native/occupied_blocks.h"
#include "native/stop_flag.h"
#include "native/transfer_table.h"
#include "native/voxel_grid.h"

namespace sense {

enum class RayMode { kComposite, kMaximum, kMinimum, kMean, kIsosurface };

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

// How the values of a volume look.
struct RaycastLook {
  RayMode mode = RayMode::kComposite;
  std::shared_ptr<const TransferTable> transfer;  // For kComposite.
  GradientOpacity gradient_opacity;
  Lighting lighting;
  ValueRange window;  // For the projections: black and white.
  float surface_value = 0;  // For kIsosurface: what is above is inside.
  std::array<float, 3> surface_colour = {1, 1, 1};
  Vector3 crop_low = {-1e9, -1e9, -1e9};  // Voxel index, borders.
  Vector3 crop_high = {1e9, 1e9, 1e9};
  float steps_per_voxel = 1;  // Samples while an index changes by one.
};

// Ray of pixel (x, y): from origin + x * origin_x + y * origin_y along
// direction + x * direction_x + y * direction_y (any length but 0), in world
// mm; from its origin on, or, of a parallel camera, in both directions.
struct RayCamera {
  Vector3 origin = {}, origin_x = {}, origin_y = {};
  Vector3 direction = {}, direction_x = {}, direction_y = {};
  bool parallel = false;
};

// Keeps the points of the world with normal . point >= offset.
struct ClipPlane {
  Vector3 normal = {0, 0, 1};
  double offset = 0;
};

// What of the world is seen at all.
struct RayBounds {
  bool to_first_grid = false;
  std::vector<ClipPlane> clip_planes;
};

// Where the voxels are in the world.
struct GridPlacement {
  std::array<Vector3, 3> ijk_from_world;  // Rows of the linear part.
  Vector3 ijk_of_world_origin;
};

// A volume on its grid.
struct VolumeLayer {
  VoxelGrid grid;
  GridPlacement placement;
  std::shared_ptr<const OccupiedBlocks> occupied;
  RaycastLook look;
};

// Labels on their grid, drawn as coloured bodies with soft borders.
struct LabelLayer {
  VoxelGrid grid;  // uint8 or uint16.
  GridPlacement placement;
  std::shared_ptr<const OccupiedBlocks> occupied;
  std::vector<Emission> colours;  // By label; what is beyond does not show.
  Lighting lighting;
};

// What rays go through. Further volumes and labels are drawn in the same pass
// as a composite first one; with other modes there are none.
struct RayScene {
  std::vector<VolumeLayer> volumes;
  std::optional<LabelLayer> labels;
  std::vector<ClipPlane> clip_planes;
  // What is farther from the camera than this, in mm by pixel of the picture,
  // is hidden by something else; null for none. NaN hides nothing.
  const float* hidden_from_mm = nullptr;
};

struct RaycastPicture {
  int width = 0;
  int height = 0;
  float* rgba = nullptr;        // [height][width][4], colours times alpha.
  float* depth_mm = nullptr;    // Optional, see Raycast.
  uint8_t* straight = nullptr;  // Instead of rgba; colours not times alpha.
};

// Casts one ray a pixel, on all cores; the same input gives the same picture,
// whatever the processor. Where neighbouring pixels of a picture of 8 bits
// without depths are less than a voxel apart, a pixel whose neighbours are
// alike may be their mean. Depth is the distance along the ray where half of
// the light is absorbed (composite), of the extreme value, or of the surface;
// NaN where there is none. Returns false, with the picture unfinished, when
// stopped.
bool Raycast(const RayScene& scene, const RayCamera& camera,
             const RaycastPicture& picture, const StopFlag* stop);

}  // namespace sense

#endif  // SENSE_NATIVE_RAYCAST_H_
