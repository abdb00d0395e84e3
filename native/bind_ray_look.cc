#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/vector.h>

#include <cmath>

#include "native/array_arguments.h"
#include "native/bindings.h"
#include "native/raycast.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

using EmissionArray = nb::ndarray<const float, nb::shape<-1, 4>, nb::c_contig,
                                  nb::device::cpu>;

std::shared_ptr<ValueBlocks> MakeBlocks(const VoxelArray& voxels) {
  const VoxelGrid grid = GridOf(voxels);
  nb::gil_scoped_release release;
  return std::make_shared<ValueBlocks>(grid);
}

std::vector<Emission> EmissionsOf(const EmissionArray& entries) {
  std::vector<Emission> table;
  for (size_t n = 0; n < entries.shape(0); ++n) {
    table.push_back(
        {entries(n, 0), entries(n, 1), entries(n, 2), entries(n, 3)});
    for (size_t channel = 0; channel < 4; ++channel) {
      const float level = entries(n, channel);
      if (!std::isfinite(level) || level < 0.0f) {
        throw nb::value_error("entries: negative or not finite");
      }
    }
  }
  return table;
}

std::shared_ptr<TransferTable> MakeTable(const EmissionArray& entries,
                                         float low, float high) {
  const size_t count = entries.shape(0);
  if (count < 2 || count > (1 << 16) || !std::isfinite(high - low) ||
      !(low < high)) {
    throw nb::value_error("2 to 65536 entries, low below high");
  }
  return std::make_shared<TransferTable>(EmissionsOf(entries), low, high);
}

// The blocks in which a transfer function shows.
std::shared_ptr<OccupiedBlocks> OccupiedByTransfer(
    std::shared_ptr<ValueBlocks> blocks,
    std::shared_ptr<TransferTable> transfer) {
  nb::gil_scoped_release release;
  return FindOccupied(std::move(blocks), *transfer);
}

// The blocks that reach a value; all but those of NaN where it is -infinity.
std::shared_ptr<OccupiedBlocks> OccupiedAbove(
    std::shared_ptr<ValueBlocks> blocks, float value) {
  nb::gil_scoped_release release;
  return FindAbove(std::move(blocks), value);
}

std::shared_ptr<OccupiedBlocks> OccupiedByLabels(
    std::shared_ptr<ValueBlocks> blocks, const EmissionArray& colours) {
  const std::vector<Emission> table = EmissionsOf(colours);
  nb::gil_scoped_release release;
  return FindLabelled(std::move(blocks), table);
}

}  // namespace

void BindRayLook(nb::module_& module) {
  nb::class_<ValueBlocks>(module, "ValueBlocks")
      .def(nb::new_(&MakeBlocks), "voxels"_a.noconvert())
      .def_prop_ro("byte_count", &ValueBlocks::byte_count)
      .def_prop_ro("whole_range", [](const ValueBlocks& blocks) {
        const ValueRange range = blocks.whole_range();
        return std::pair(range.low, range.high);
      });
  nb::class_<TransferTable>(module, "TransferTable")
      .def(nb::new_(&MakeTable), "entries"_a, "low"_a, "high"_a);
  nb::class_<OccupiedBlocks>(module, "OccupiedBlocks")
      .def_prop_ro("byte_count",
                   &OccupiedBlocks::byte_count)
      .def_static("by_transfer", &OccupiedByTransfer, "blocks"_a, "transfer"_a)
      .def_static("above", &OccupiedAbove, "blocks"_a, "value"_a)
      .def_static("by_labels", &OccupiedByLabels, "blocks"_a, "colours"_a);
  nb::enum_<RayMode>(module, "RayMode")
      .value("COMPOSITE", RayMode::kComposite)
      .value("MAXIMUM", RayMode::kMaximum)
      .value("MINIMUM", RayMode::kMinimum)
      .value("MEAN", RayMode::kMean)
      .value("ISOSURFACE", RayMode::kIsosurface);
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
      .def_rw("surface_value", &RaycastLook::surface_value)
      .def_rw("surface_colour", &RaycastLook::surface_colour)
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

}  // namespace sense
