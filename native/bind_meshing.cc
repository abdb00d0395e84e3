#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "native/bindings.h"
#include "native/depth_field.h"
#include "native/field_surface.h"
#include "native/manifold_mesh.h"
#include "native/mesh_decimation.h"
#include "native/mesh_smoothing.h"
#include "native/owned_array.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

using Depth =
    nb::ndarray<const float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Normals = nb::ndarray<const float, nb::shape<-1, -1, 3>, nb::c_contig,
                            nb::device::cpu>;
using Flags =
    nb::ndarray<const uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Matrix = nb::ndarray<const double, nb::shape<3, 3>, nb::c_contig,
                           nb::device::cpu>;
using Place =
    nb::ndarray<const double, nb::shape<3>, nb::c_contig, nb::device::cpu>;
using Positions = nb::ndarray<const float, nb::shape<-1, 3>, nb::c_contig,
                              nb::device::cpu>;
using Triangles = nb::ndarray<const int32_t, nb::shape<-1, 3>, nb::c_contig,
                              nb::device::cpu>;

// A view with the arrays that it looks into.
struct BoundView {
  Depth depth;
  Normals normals;
  std::optional<Flags> doubtful;
  DepthView view;
};

template <size_t kCount, typename Array>
std::array<double, kCount> FiniteValues(const Array& array) {
  std::array<double, kCount> values;
  std::copy_n(array.data(), kCount, values.begin());
  for (const double value : values) {
    if (!std::isfinite(value)) throw nb::value_error("camera: not finite");
  }
  return values;
}

void MakeView(BoundView* made, Depth depth, Normals normals,
              const Matrix& intrinsics, const Matrix& rotation,
              const Place& centre, std::optional<Flags> doubtful) {
  constexpr size_t kLargest = 1 << 15;
  if (depth.shape(0) > kLargest || depth.shape(1) > kLargest ||
      normals.shape(0) != depth.shape(0) ||
      normals.shape(1) != depth.shape(1)) {
    throw nb::value_error("depth, normals: sizes");
  }
  if (doubtful && (doubtful->shape(0) != depth.shape(0) ||
                   doubtful->shape(1) != depth.shape(1))) {
    throw nb::value_error("doubtful: size");
  }
  const DepthView view = {static_cast<int>(depth.shape(1)),
                          static_cast<int>(depth.shape(0)),
                          depth.data(),
                          normals.data(),
                          FiniteValues<9>(intrinsics),
                          FiniteValues<9>(rotation),
                          FiniteValues<3>(centre),
                          doubtful ? doubtful->data() : nullptr};
  if (!(view.intrinsics[0] > 0 && view.intrinsics[4] > 0)) {
    throw nb::value_error("intrinsics");
  }
  new (made) BoundView{std::move(depth), std::move(normals),
                       std::move(doubtful), view};
}

std::vector<DepthView> ViewsOf(const std::vector<const BoundView*>& bound) {
  std::vector<DepthView> views;
  for (const BoundView* one : bound) views.push_back(one->view);
  return views;
}

DepthFieldOptions OptionsOf(double voxel, double truncation, int needed) {
  if (!(voxel > 0 && truncation > 0 && std::isfinite(voxel) &&
        truncation <= 64 * voxel)) {
    throw nb::value_error("voxel, truncation");
  }
  return {voxel, truncation, needed};
}

TriangleMesh MeshOf(const Positions& positions, const Triangles& triangles) {
  TriangleMesh mesh;
  mesh.positions.assign(positions.data(), positions.data() + positions.size());
  mesh.triangles.assign(triangles.data(), triangles.data() + triangles.size());
  for (const int32_t vertex : mesh.triangles) {
    if (vertex < 0 || static_cast<size_t>(vertex) >= positions.shape(0)) {
      throw nb::value_error("triangles: numbers of vertices");
    }
  }
  return mesh;
}

nb::tuple ArraysOf(TriangleMesh&& mesh) {
  return nb::make_tuple(OwnedArray<3>(std::move(mesh.positions)),
                        OwnedArray<3>(std::move(mesh.triangles)));
}

// Works on a mesh without Python's lock.
template <typename Work>
nb::tuple Worked(const Positions& positions, const Triangles& triangles,
                 const Work& work) {
  TriangleMesh mesh = MeshOf(positions, triangles);
  {
    nb::gil_scoped_release release;
    mesh = work(std::move(mesh));
  }
  return ArraysOf(std::move(mesh));
}

int64_t CountDepthBlocks(const std::vector<const BoundView*>& bound,
                         double voxel, double truncation,
                         const StopFlag* stop) {
  const std::vector<DepthView> views = ViewsOf(bound);
  const DepthFieldOptions options = OptionsOf(voxel, truncation, 1);
  nb::gil_scoped_release release;
  return CountBlocks(views, options, stop);
}

nb::tuple DepthSurface(const std::vector<const BoundView*>& bound,
                       double voxel, double truncation, int needed,
                       const StopFlag* stop) {
  const std::vector<DepthView> views = ViewsOf(bound);
  const DepthFieldOptions options = OptionsOf(voxel, truncation, needed);
  TriangleMesh mesh;
  {
    nb::gil_scoped_release release;
    mesh = FieldSurface(MakeDepthField(views, options, stop), stop);
  }
  return ArraysOf(std::move(mesh));
}

nb::tuple Manifold(const Positions& positions, const Triangles& triangles) {
  return Worked(positions, triangles, [](TriangleMesh mesh) {
    return MakeManifold(std::move(mesh));
  });
}

nb::tuple LargePieces(const Positions& positions, const Triangles& triangles,
                      double share) {
  return Worked(positions, triangles, [share](const TriangleMesh& mesh) {
    return KeepLargePieces(mesh, share);
  });
}

nb::tuple Smoothed(const Positions& positions, const Triangles& triangles,
                   int turns) {
  return Worked(positions, triangles, [turns](TriangleMesh mesh) {
    Smooth(mesh, turns);
    return mesh;
  });
}

nb::tuple Decimated(const Positions& positions, const Triangles& triangles,
                    int64_t target, double tolerance, const StopFlag* stop) {
  return Worked(positions, triangles, [=](const TriangleMesh& mesh) {
    return Decimate(mesh, target, tolerance, stop);
  });
}

}  // namespace

void BindMeshing(nb::module_& module) {
  nb::class_<BoundView>(module, "DepthView")
      .def("__init__", &MakeView, "depth"_a.noconvert(),
           "normals"_a.noconvert(), "intrinsics"_a, "world_from_camera"_a,
           "centre"_a, "doubtful"_a.noconvert() = nb::none());
  module.def("count_depth_blocks", &CountDepthBlocks, "views"_a, "voxel"_a,
             "truncation"_a, "stop"_a.none());
  module.def("depth_surface", &DepthSurface, "views"_a, "voxel"_a,
             "truncation"_a, "views_needed"_a, "stop"_a.none());
  module.def("make_manifold", &Manifold, "positions"_a.noconvert(),
             "triangles"_a.noconvert());
  module.def("keep_large_pieces", &LargePieces, "positions"_a.noconvert(),
             "triangles"_a.noconvert(), "share"_a);
  module.def("smooth_mesh", &Smoothed, "positions"_a.noconvert(),
             "triangles"_a.noconvert(), "turns"_a);
  module.def("decimate_mesh", &Decimated, "positions"_a.noconvert(),
             "triangles"_a.noconvert(), "target"_a, "tolerance"_a,
             "stop"_a.none());
}

}  // namespace sense
