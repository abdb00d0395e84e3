#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/vector.h>

#include <optional>

#include "native/bindings.h"
#include "native/raster_arguments.h"
#include "native/raster_scene.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

using Matrices = nb::ndarray<const double, nb::shape<-1, 4, 4>, nb::c_contig,
                             nb::device::cpu>;

void AddTarget(RasterMesh& mesh, const Columns<float, 3>& positions,
               const std::optional<Columns<float, 3>>& normals) {
  const size_t count = mesh.rest.positions.size();
  if (positions.shape(0) != count || (normals && normals->shape(0) != count)) {
    throw nb::value_error("target: of another mesh");
  }
  RequireFinite(positions, "target: not finite");
  if (normals) RequireFinite(*normals, "target: not finite");
  const auto offsets = Rows<Vec3f>(positions);
  const auto turns = normals ? Rows<Vec3f>(*normals) : std::vector<Vec3f>();
  mesh.targets.push_back(SparseTarget(
      offsets.data(), turns.empty() ? nullptr : turns.data(), count));
}

void SetSkin(RasterMesh& mesh, const Columns<int32_t, 4>& joints,
             const Columns<float, 4>& weights) {
  const size_t count = mesh.rest.positions.size();
  if (joints.shape(0) != count || weights.shape(0) != count) {
    throw nb::value_error("skin: of another mesh");
  }
  RequireFinite(weights, "weights: not finite");
  mesh.skin.joints = Rows<std::array<int32_t, 4>>(joints);
  mesh.skin.weights = Rows<std::array<float, 4>>(weights);
}

std::shared_ptr<VertexPose> Pose(
    const RasterMesh& mesh, const std::vector<float>& target_weights,
    const std::optional<Matrices>& world_from_rest) {
  if (target_weights.size() != mesh.targets.size()) {
    throw nb::value_error("one weight for each target");
  }
  for (const float weight : target_weights) {
    if (!std::isfinite(weight)) throw nb::value_error("weight: not finite");
  }
  if (world_from_rest.has_value() == mesh.skin.empty()) {
    throw nb::value_error("joints of a skin, and only of one");
  }
  std::vector<Affine3> maps;
  for (size_t n = 0; world_from_rest && n < world_from_rest->shape(0); ++n) {
    maps.push_back(AffineAt(world_from_rest->data() + 16 * n));
  }
  for (const auto& joints : mesh.skin.joints) {
    for (const int32_t joint : joints) {
      if (joint < 0 || static_cast<size_t>(joint) >= maps.size()) {
        throw nb::value_error("a joint without its place");
      }
    }
  }
  nb::gil_scoped_release release;
  return std::make_shared<VertexPose>(PoseFigure(
      mesh.rest, mesh.targets, target_weights, mesh.skin, maps));
}

template <std::vector<Vec3f> VertexPose::*kRows>
nb::ndarray<nb::numpy, const float, nb::shape<-1, 3>> View(VertexPose& pose) {
  const std::vector<Vec3f>& rows = pose.*kRows;
  return nb::ndarray<nb::numpy, const float, nb::shape<-1, 3>>(
      rows.data(), {rows.size(), 3}, nb::find(pose));
}

nb::ndarray<nb::numpy, const float, nb::shape<-1, 4>> Tangents(
    VertexPose& pose) {
  return nb::ndarray<nb::numpy, const float, nb::shape<-1, 4>>(
      pose.tangents.data(), {pose.tangents.size(), 4}, nb::find(pose));
}

}  // namespace

void BindFigure(nb::module_& module) {
  nb::class_<VertexPose>(module, "VertexPose")
      .def_prop_ro("positions", &View<&VertexPose::positions>)
      .def_prop_ro("normals", &View<&VertexPose::normals>)
      .def_prop_ro("tangents", &Tangents);
  module.def("add_target", &AddTarget, "mesh"_a, "positions"_a,
             "normals"_a.none());
  module.def("set_skin", &SetSkin, "mesh"_a, "joints"_a, "weights"_a);
  module.def("pose_figure", &Pose, "mesh"_a, "target_weights"_a,
             "world_from_rest"_a.none());
}

}  // namespace sense
