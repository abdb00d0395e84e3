#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>

#include <cmath>
#include <initializer_list>
#include <optional>

#include "native/array_arguments.h"
#include "native/bindings.h"
#include "native/raycast.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

constexpr size_t kLargestPicture = 1 << 15;

using ColourArray = nb::ndarray<const float, nb::shape<-1, 4>, nb::c_contig,
                                nb::device::cpu>;
using RgbaArray = nb::ndarray<uint8_t, nb::shape<-1, -1, 4>, nb::c_contig,
                              nb::device::cpu>;
using DepthArray =
    nb::ndarray<float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using HiddenArray =
    nb::ndarray<const float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

void RequireFinite(std::initializer_list<double> values, const char* what) {
  for (const double value : values) {
    if (!std::isfinite(value)) throw nb::value_error(what);
  }
}

void CheckLighting(const Lighting& light) {
  RequireFinite({light.ambient, light.diffuse, light.specular,
                 light.specular_power, light.towards_light[0],
                 light.towards_light[1], light.towards_light[2]},
                "lighting: not finite");
  if (!(light.surface_gradient > 0)) {
    throw nb::value_error("lighting: surface_gradient");
  }
}

void CheckLook(const RaycastLook& look) {
  CheckLighting(look.lighting);
  RequireFinite({look.window.low, look.window.high, look.surface_value,
                 look.surface_colour[0], look.surface_colour[1],
                 look.surface_colour[2]},
                "look: not finite");
  if (!(look.window.low < look.window.high) ||
      !(look.steps_per_voxel >= 0.1f && look.steps_per_voxel <= 100.0f)) {
    throw nb::value_error("look: out of range");
  }
  const std::vector<float>& factors = look.gradient_opacity.factors;
  if (factors.size() == 1 || !(look.gradient_opacity.highest > 0)) {
    throw nb::value_error("gradient opacity: no factors or at least two");
  }
  if (look.mode == RayMode::kComposite && !look.transfer) {
    throw nb::value_error("a composite look needs a transfer table");
  }
}

void CheckBlocks(const VoxelGrid& grid, const OccupiedBlocks& occupied) {
  const ValueBlocks& blocks = occupied.blocks();
  bool fits = grid.type == blocks.type();
  for (int axis = 0; axis < 3; ++axis) {
    const int64_t cells = std::max<int64_t>(grid.size[axis] - 1, 1);
    fits = fits && (cells + ValueBlocks::kEdge - 1) >> ValueBlocks::kShift ==
                       blocks.size()[axis];
  }
  if (!fits) throw nb::value_error("blocks: of another volume");
}

GridPlacement PlacementOf(const AffineArray& ijk_from_world) {
  if (ijk_from_world.shape(0) != 4) throw nb::value_error("affine: (4, 3)");
  GridPlacement placement;
  for (size_t world = 0; world < 3; ++world) {
    const Vector3 column = FiniteRow(ijk_from_world, world);
    for (size_t axis = 0; axis < 3; ++axis) {
      placement.ijk_from_world[axis][world] = column[axis];
    }
  }
  placement.ijk_of_world_origin = FiniteRow(ijk_from_world, 3);
  return placement;
}

RayCamera CameraOf(const AffineArray& rays, bool parallel) {
  if (rays.shape(0) != 6) throw nb::value_error("rays: (6, 3)");
  return {FiniteRow(rays, 0), FiniteRow(rays, 1), FiniteRow(rays, 2),
          FiniteRow(rays, 3), FiniteRow(rays, 4), FiniteRow(rays, 5),
          parallel};
}

void AddVolume(RayScene& scene, const VoxelArray& voxels,
               const AffineArray& ijk_from_world,
               std::shared_ptr<OccupiedBlocks> occupied,
               const RaycastLook& look) {
  const VoxelGrid grid = GridOf(voxels);
  CheckLook(look);
  CheckBlocks(grid, *occupied);
  if (!scene.volumes.empty() &&
      (look.mode != RayMode::kComposite ||
       scene.volumes.front().look.mode != RayMode::kComposite)) {
    throw nb::value_error("only composite volumes are drawn together");
  }
  scene.volumes.push_back(
      {grid, PlacementOf(ijk_from_world), std::move(occupied), look});
}

void SetLabels(RayScene& scene, const VoxelArray& labels,
               const AffineArray& ijk_from_world,
               std::shared_ptr<OccupiedBlocks> occupied,
               const ColourArray& colours, const Lighting& lighting) {
  LabelLayer layer = {GridOf(labels), PlacementOf(ijk_from_world),
                      std::move(occupied), {}, lighting};
  CheckLighting(lighting);
  CheckBlocks(layer.grid, *layer.occupied);
  if (layer.grid.type != VoxelType::kUint8 &&
      layer.grid.type != VoxelType::kUint16) {
    throw nb::type_error("labels: uint8 or uint16");
  }
  for (size_t n = 0; n < colours.shape(0); ++n) {
    layer.colours.push_back(
        {colours(n, 0), colours(n, 1), colours(n, 2), colours(n, 3)});
  }
  scene.labels = std::move(layer);
}

void AddClipPlane(RayScene& scene, const Vector3& normal, double offset) {
  RequireFinite({normal[0], normal[1], normal[2], offset},
                "clip plane: not finite");
  scene.clip_planes.push_back({normal, offset});
}

void CheckSize(size_t width, size_t height) {
  if (width > kLargestPicture || height > kLargestPicture || width < 1 ||
      height < 1) {
    throw nb::value_error("picture: too large");
  }
}

bool RaycastToRgba(RayScene scene, const AffineArray& rays, bool parallel,
                   RgbaArray out, std::optional<DepthArray> depths,
                   std::optional<HiddenArray> hidden, const StopFlag* stop) {
  const RayCamera camera = CameraOf(rays, parallel);
  CheckSize(out.shape(1), out.shape(0));
  if (scene.volumes.empty()) throw nb::value_error("scene: no volume");
  RaycastPicture picture;
  picture.height = static_cast<int>(out.shape(0));
  picture.width = static_cast<int>(out.shape(1));
  picture.straight = out.data();
  if (hidden) {
    if (hidden->shape(0) != out.shape(0) || hidden->shape(1) != out.shape(1)) {
      throw nb::value_error("hidden: as large as the picture");
    }
    scene.hidden_from_mm = hidden->data();
  }
  if (depths) {
    if (depths->shape(0) != out.shape(0) || depths->shape(1) != out.shape(1)) {
      throw nb::value_error("depths: as large as the picture");
    }
    picture.depth_mm = depths->data();
  }
  nb::gil_scoped_release release;
  return Raycast(scene, camera, picture, stop);
}

}  // namespace

void BindRaycast(nb::module_& module) {
  nb::class_<RayScene>(module, "RayScene")
      .def(nb::init<>())
      .def("add_volume", &AddVolume, "voxels"_a.noconvert(),
           "ijk_from_world"_a, "occupied"_a, "look"_a, nb::keep_alive<1, 2>())
      .def("set_labels", &SetLabels, "labels"_a.noconvert(),
           "ijk_from_world"_a, "occupied"_a, "colours"_a, "lighting"_a,
           nb::keep_alive<1, 2>())
      .def("add_clip_plane", &AddClipPlane, "normal"_a, "offset"_a);
  module.def("raycast", &RaycastToRgba, "scene"_a, "rays"_a, "parallel"_a,
             "out"_a.noconvert(), "depths"_a.noconvert().none(),
             "hidden_from"_a.noconvert().none(), "stop"_a.none());
}

}  // namespace sense
