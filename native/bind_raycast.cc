#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/vector.h>

#include <cmath>

#include "native/array_arguments.h"
#include "native/bindings.h"
#include "native/ray_picture.h"
#include "native/raycast.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

constexpr size_t kLargestPicture = 1 << 15;
constexpr int kLargestReduction = 64;

using EmissionArray = nb::ndarray<const float, nb::shape<-1, 4>, nb::c_contig,
                                  nb::device::cpu>;
using RgbaArray = nb::ndarray<uint8_t, nb::shape<-1, -1, 4>, nb::c_contig,
                              nb::device::cpu>;
using DepthArray =
    nb::ndarray<float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

std::shared_ptr<ValueBlocks> MakeBlocks(const VoxelArray& voxels) {
  const VoxelGrid grid = GridOf(voxels);
  nb::gil_scoped_release release;
  return std::make_shared<ValueBlocks>(grid);
}

void RequireFinite(std::initializer_list<double> values, const char* what) {
  for (const double value : values) {
    if (!std::isfinite(value)) throw nb::value_error(what);
  }
}

std::shared_ptr<TransferTable> MakeTable(const EmissionArray& entries,
                                         float low, float high) {
  const size_t count = entries.shape(0);
  RequireFinite({low, high}, "low and high: not finite");
  if (count < 2 || count > (1 << 16) || !(low < high)) {
    throw nb::value_error("2 to 65536 entries, low below high");
  }
  std::vector<Emission> table;
  for (size_t n = 0; n < count; ++n) {
    table.push_back(
        {entries(n, 0), entries(n, 1), entries(n, 2), entries(n, 3)});
    RequireFinite({table[n].red, table[n].green, table[n].blue,
                   table[n].extinction},
                  "entries: not finite");
  }
  return std::make_shared<TransferTable>(std::move(table), low, high);
}

std::shared_ptr<OccupiedBlocks> MakeOccupied(
    std::shared_ptr<ValueBlocks> blocks,
    std::shared_ptr<TransferTable> transfer) {
  nb::gil_scoped_release release;
  return std::make_shared<OccupiedBlocks>(
      FindOccupied(std::move(blocks), transfer.get()));
}

void CheckLook(const RaycastLook& look, const OccupiedBlocks& occupied) {
  const Lighting& light = look.lighting;
  RequireFinite({light.ambient, light.diffuse, light.specular,
                 light.specular_power, light.towards_light[0],
                 light.towards_light[1], light.towards_light[2],
                 look.window.low, look.window.high},
                "look: not finite");
  if (!(light.surface_gradient > 0) || !(look.window.low < look.window.high) ||
      !(look.steps_per_voxel >= 0.1f && look.steps_per_voxel <= 100.0f)) {
    throw nb::value_error("look: out of range");
  }
  const std::vector<float>& factors = look.gradient_opacity.factors;
  if (factors.size() == 1 || !(look.gradient_opacity.highest > 0)) {
    throw nb::value_error("gradient opacity: no factors or at least two");
  }
  if (look.mode == RayMode::kComposite &&
      (!look.transfer || occupied.distance.empty())) {
    throw nb::value_error("a composite look needs a transfer table");
  }
}

void CheckBlocks(const VoxelGrid& grid, const ValueBlocks& blocks) {
  for (int axis = 0; axis < 3; ++axis) {
    const int64_t cells = std::max<int64_t>(grid.size[axis] - 1, 1);
    const int64_t size =
        (cells + ValueBlocks::kEdge - 1) >> ValueBlocks::kShift;
    if (size != blocks.size()[axis]) {
      throw nb::value_error("blocks: of another volume");
    }
  }
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

// The camera's pixels are those of the reduced picture.
bool RaycastToRgba(const VoxelArray& voxels, const AffineArray& ijk_from_world,
                   const OccupiedBlocks& occupied, const RaycastLook& look,
                   const AffineArray& rays, bool parallel, int reduction,
                   RgbaArray out, const StopFlag* stop) {
  const VoxelGrid grid = GridOf(voxels);
  const GridPlacement placement = PlacementOf(ijk_from_world);
  const RayCamera camera = CameraOf(rays, parallel);
  CheckBlocks(grid, *occupied.blocks);
  CheckLook(look, occupied);
  if (out.shape(0) > kLargestPicture || out.shape(1) > kLargestPicture ||
      reduction < 1 || reduction > kLargestReduction) {
    throw nb::value_error("out or reduction: too large");
  }
  const int height = static_cast<int>(out.shape(0));
  const int width = static_cast<int>(out.shape(1));
  nb::gil_scoped_release release;
  RaycastPicture picture;
  picture.width = (width + reduction - 1) / reduction;
  picture.height = (height + reduction - 1) / reduction;
  std::vector<float> rgba(size_t{4} * picture.width * picture.height);
  picture.rgba = rgba.data();
  if (!Raycast(grid, placement, occupied, look, camera, picture, stop)) {
    return false;
  }
  EnlargePicture(rgba.data(), reduction, width, height, out.data());
  return true;
}

bool RaycastDepth(const VoxelArray& voxels, const AffineArray& ijk_from_world,
                  const OccupiedBlocks& occupied, const RaycastLook& look,
                  const AffineArray& rays, bool parallel, DepthArray out,
                  const StopFlag* stop) {
  const VoxelGrid grid = GridOf(voxels);
  const GridPlacement placement = PlacementOf(ijk_from_world);
  const RayCamera camera = CameraOf(rays, parallel);
  CheckBlocks(grid, *occupied.blocks);
  CheckLook(look, occupied);
  if (out.shape(0) > kLargestPicture || out.shape(1) > kLargestPicture) {
    throw nb::value_error("out: too large");
  }
  RaycastPicture picture;
  picture.height = static_cast<int>(out.shape(0));
  picture.width = static_cast<int>(out.shape(1));
  picture.depth_mm = out.data();
  nb::gil_scoped_release release;
  std::vector<float> rgba(size_t{4} * picture.width * picture.height);
  picture.rgba = rgba.data();
  return Raycast(grid, placement, occupied, look, camera, picture, stop);
}

void BindLook(nb::module_& module) {
  nb::enum_<RayMode>(module, "RayMode")
      .value("COMPOSITE", RayMode::kComposite)
      .value("MAXIMUM", RayMode::kMaximum)
      .value("MINIMUM", RayMode::kMinimum)
      .value("MEAN", RayMode::kMean);
  nb::class_<Lighting>(module, "Lighting")
      .def(nb::init<>())
      .def_rw("shaded", &Lighting::shaded)
      .def_rw("ambient", &Lighting::ambient)
      .def_rw("diffuse", &Lighting::diffuse)
      .def_rw("specular", &Lighting::specular)
      .def_rw("specular_power", &Lighting::specular_power)
      .def_rw("surface_gradient", &Lighting::surface_gradient)
      .def_rw("towards_light", &Lighting::towards_light);
  nb::class_<RaycastLook>(module, "RaycastLook")
      .def(nb::init<>())
      .def_rw("mode", &RaycastLook::mode)
      .def_prop_rw(
          "transfer", [](const RaycastLook& look) { return look.transfer; },
          [](RaycastLook& look, std::shared_ptr<TransferTable> table) {
            look.transfer = std::move(table);
          })
      .def_rw("lighting", &RaycastLook::lighting)
      .def_rw("crop_low", &RaycastLook::crop_low)
      .def_rw("crop_high", &RaycastLook::crop_high)
      .def_rw("steps_per_voxel", &RaycastLook::steps_per_voxel)
      .def("set_window",
           [](RaycastLook& look, float low, float high) {
             look.window = {low, high};
           },
           "low"_a, "high"_a)
      .def("set_gradient_opacity",
           [](RaycastLook& look, std::vector<float> factors, float highest) {
             look.gradient_opacity = {std::move(factors), highest};
           },
           "factors"_a, "highest"_a);
}

}  // namespace

void BindRaycast(nb::module_& module) {
  nb::class_<ValueBlocks>(module, "ValueBlocks")
      .def(nb::new_(&MakeBlocks), "voxels"_a.noconvert())
      .def_prop_ro("whole_range", [](const ValueBlocks& blocks) {
        const ValueRange range = blocks.whole_range();
        return std::pair(range.low, range.high);
      });
  nb::class_<TransferTable>(module, "TransferTable")
      .def(nb::new_(&MakeTable), "entries"_a, "low"_a, "high"_a);
  nb::class_<OccupiedBlocks>(module, "OccupiedBlocks")
      .def(nb::new_(&MakeOccupied), "blocks"_a, "transfer"_a.none());
  BindLook(module);
  module.def("raycast", &RaycastToRgba, "voxels"_a.noconvert(),
             "ijk_from_world"_a, "occupied"_a, "look"_a, "rays"_a,
             "parallel"_a, "reduction"_a, "out"_a.noconvert(),
             "stop"_a.none());
  module.def("raycast_depth", &RaycastDepth, "voxels"_a.noconvert(),
             "ijk_from_world"_a, "occupied"_a, "look"_a, "rays"_a,
             "parallel"_a, "out"_a.noconvert(), "stop"_a.none());
}

}  // namespace sense
