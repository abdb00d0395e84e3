#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>

#include <cmath>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "native/bindings.h"
#include "native/fusion/tsdf_surface.h"
#include "native/fusion/tsdf_volume.h"
#include "native/owned_array.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

using Depth =
    nb::ndarray<const float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Colours = nb::ndarray<const uint8_t, nb::shape<-1, -1, 3>, nb::c_contig,
                            nb::device::cpu>;
using Matrix3 = nb::ndarray<const double, nb::shape<3, 3>, nb::c_contig,
                            nb::device::cpu>;
using Matrix4 = nb::ndarray<const double, nb::shape<4, 4>, nb::c_contig,
                            nb::device::cpu>;

// A frame with the arrays that it looks into.
struct BoundRgbdView {
  Depth depth;
  std::optional<Colours> colours;
  RgbdView view;
};

float Finite(double value) {
  if (!std::isfinite(value)) throw nb::value_error("not finite");
  return static_cast<float>(value);
}

RigidMove MoveOf(const Matrix4& matrix) {
  RigidMove move;
  for (size_t n = 0; n < 3; ++n) {
    for (size_t m = 0; m < 3; ++m) move.turn[3 * n + m] = Finite(matrix(n, m));
    move.shift[n] = Finite(matrix(n, 3));
  }
  return move;
}

PinholeLens LensOf(const Matrix3& k, size_t width, size_t height) {
  constexpr size_t kLargest = 1 << 14;
  if (width < 1 || height < 1 || width > kLargest || height > kLargest) {
    throw nb::value_error("picture: empty or too large");
  }
  const PinholeLens lens = {static_cast<int>(width), static_cast<int>(height),
                            Finite(k(0, 0)), Finite(k(1, 1)), Finite(k(0, 2)),
                            Finite(k(1, 2))};
  if (!(lens.fx > 0 && lens.fy > 0)) throw nb::value_error("intrinsics");
  return lens;
}

void MakeView(BoundRgbdView* made, Depth depth, const Matrix3& depth_intrinsics,
              std::optional<Colours> colours,
              const std::optional<Matrix3>& colour_intrinsics,
              const std::optional<Matrix4>& colour_from_depth) {
  RgbdView view;
  view.depth_lens = LensOf(depth_intrinsics, depth.shape(1), depth.shape(0));
  view.depth = depth.data();
  if (colours) {
    view.colours = colours->data();
    view.colour_lens =
        LensOf(colour_intrinsics ? *colour_intrinsics : depth_intrinsics,
               colours->shape(1), colours->shape(0));
  }
  if (colour_from_depth) view.colour_from_depth = MoveOf(*colour_from_depth);
  new (made) BoundRgbdView{std::move(depth), std::move(colours), view};
}

void MakeVolume(TsdfVolume* made, double voxel, double truncation,
                double nearest, double furthest, int64_t most_blocks) {
  if (!(voxel > 0 && truncation >= voxel && truncation <= 64 * voxel &&
        nearest > 0 && furthest > nearest && std::isfinite(furthest) &&
        most_blocks > 0)) {
    throw nb::value_error("voxel, truncation, nearest, furthest, most_blocks");
  }
  TsdfOptions options;
  options.voxel = static_cast<float>(voxel);
  options.truncation = static_cast<float>(truncation);
  options.nearest = static_cast<float>(nearest);
  options.furthest = static_cast<float>(furthest);
  options.most_blocks = most_blocks;
  new (made) TsdfVolume(options);
}

bool AddView(TsdfVolume& volume, const BoundRgbdView& bound,
             const Matrix4& world_from_depth, const StopFlag* stop) {
  const RigidMove pose = MoveOf(world_from_depth);
  nb::gil_scoped_release release;
  return volume.Add(bound.view, pose, stop);
}

bool RemoveView(TsdfVolume& volume, const BoundRgbdView& bound,
                const Matrix4& world_from_depth, const StopFlag* stop) {
  const RigidMove pose = MoveOf(world_from_depth);
  nb::gil_scoped_release release;
  return volume.Remove(bound.view, pose, stop);
}

nb::tuple Surface(const TsdfVolume& volume, float least_weight,
                  double smallest_piece, const StopFlag* stop) {
  ColouredMesh made;
  {
    nb::gil_scoped_release release;
    made = TsdfSurface(volume, {least_weight, smallest_piece}, stop);
  }
  return nb::make_tuple(OwnedArray<3>(std::move(made.mesh.positions)),
                        OwnedArray<3>(std::move(made.mesh.triangles)),
                        OwnedArray<3>(std::move(made.colours)));
}

// What changed: place, positions, triangles and colours of each patch.
nb::list Changed(const TsdfVolume& volume, int64_t since, float least_weight,
                 const StopFlag* stop) {
  std::vector<SurfacePatch> patches;
  {
    nb::gil_scoped_release release;
    patches = ChangedSurface(volume, since, {least_weight}, stop);
  }
  nb::list made;
  for (SurfacePatch& patch : patches) {
    ColouredMesh& surface = patch.surface;
    made.append(nb::make_tuple(
        nb::make_tuple(patch.place[0], patch.place[1], patch.place[2]),
        OwnedArray<3>(std::move(surface.mesh.positions)),
        OwnedArray<3>(std::move(surface.mesh.triangles)),
        OwnedArray<3>(std::move(surface.colours))));
  }
  return made;
}

}  // namespace

void BindFusion(nb::module_& module) {
  nb::class_<BoundRgbdView>(module, "RgbdView")
      .def("__init__", &MakeView, "depth"_a.noconvert(), "depth_intrinsics"_a,
           "colours"_a.noconvert() = nb::none(),
           "colour_intrinsics"_a = nb::none(),
           "colour_from_depth"_a = nb::none());
  nb::class_<TsdfVolume>(module, "TsdfVolume")
      .def("__init__", &MakeVolume, "voxel"_a, "truncation"_a, "nearest"_a,
           "furthest"_a, "most_blocks"_a)
      .def("add", &AddView, "view"_a, "world_from_depth"_a,
           "stop"_a = nb::none())
      .def("remove", &RemoveView, "view"_a, "world_from_depth"_a,
           "stop"_a = nb::none())
      .def("surface", &Surface, "least_weight"_a, "smallest_piece"_a,
           "stop"_a = nb::none())
      .def("changed_surface", &Changed, "since"_a, "least_weight"_a,
           "stop"_a = nb::none())
      .def_prop_ro("changes", &TsdfVolume::changes)
      .def_prop_ro("full", &TsdfVolume::full)
      .def_prop_ro("blocks", [](const TsdfVolume& volume) {
        return volume.table().size();
      });
}

}  // namespace sense
