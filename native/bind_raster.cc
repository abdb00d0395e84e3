#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/vector.h>

#include <cmath>
#include <optional>

#include "native/bindings.h"
#include "native/raster.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

constexpr int kLargestPicture = 1 << 15;
constexpr size_t kMostPlanes = 16;
constexpr size_t kMostTriangles = 0x7fffffff;

using Matrix = nb::ndarray<const double, nb::shape<4, 4>, nb::c_contig,
                           nb::device::cpu>;
using Offsets = nb::ndarray<const double, nb::shape<-1, 2>, nb::c_contig,
                            nb::device::cpu>;
using PlaceTable = nb::ndarray<const double, nb::shape<-1, -1, -1, 2>,
                               nb::c_contig, nb::device::cpu>;
template <typename Number>
using Picture = nb::ndarray<Number, nb::ndim<2>, nb::c_contig,
                            nb::device::cpu>;
template <typename Number, int kChannels>
using Channels = nb::ndarray<Number, nb::shape<-1, -1, kChannels>,
                             nb::c_contig, nb::device::cpu>;

Affine3 AffineOf(const Matrix& matrix) {
  Affine3 affine;
  for (int r = 0; r < 3; ++r) {
    affine.row[r] = {matrix(r, 0), matrix(r, 1), matrix(r, 2)};
  }
  affine.shift = {matrix(0, 3), matrix(1, 3), matrix(2, 3)};
  for (size_t n = 0; n < 12; ++n) {
    if (!std::isfinite(matrix.data()[n])) {
      throw nb::value_error("matrix: not finite");
    }
  }
  return affine;
}

RasterCamera MakeCamera(const Matrix& camera_from_world,
                        const std::array<double, 4>& focal_and_centre,
                        bool parallel, double near, int width, int height) {
  const auto& [fx, fy, cx, cy] = focal_and_centre;
  if (!(fx > 0 && fy > 0 && near > 0) || !std::isfinite(fx + fy + near) ||
      !std::isfinite(cx) || !std::isfinite(cy)) {
    throw nb::value_error("focal lengths, centre or near: out of range");
  }
  if (width < 1 || height < 1 || width > kLargestPicture ||
      height > kLargestPicture) {
    throw nb::value_error("size: empty or too large");
  }
  const Affine3 affine = AffineOf(camera_from_world);
  if (!(std::abs(affine.Determinant()) > 0)) {
    throw nb::value_error("camera_from_world: singular");
  }
  return {affine, fx, fy, cx, cy, parallel, near, width, height};
}

RasterDraw MakeDraw(std::shared_ptr<RasterMesh> mesh,
                    std::shared_ptr<RasterMaterial> material,
                    const Matrix& world_from_mesh) {
  return {std::move(mesh), std::move(material), AffineOf(world_from_mesh)};
}

SamplePlaces PlacesOf(const Offsets& offsets,
                      const std::optional<PlaceTable>& table,
                      const RasterCamera& camera) {
  if (offsets.shape(0) < 1 || offsets.shape(0) > kMostPlanes) {
    throw nb::value_error("offsets: 1 to 16");
  }
  SamplePlaces places;
  places.offsets.clear();
  for (size_t n = 0; n < offsets.shape(0); ++n) {
    if (!(std::abs(offsets(n, 0)) <= 0.5 && std::abs(offsets(n, 1)) <= 0.5)) {
      throw nb::value_error("offsets: beyond the pixel");
    }
    places.offsets.push_back({offsets(n, 0), offsets(n, 1)});
  }
  if (table) {
    if (table->shape(0) != offsets.shape(0) ||
        table->shape(1) != static_cast<size_t>(camera.height) ||
        table->shape(2) != static_cast<size_t>(camera.width)) {
      throw nb::value_error("table: of another picture");
    }
    places.table = table->data();
  }
  return places;
}

template <typename Array>
auto DataOf(const std::optional<Array>& array, const RasterCamera& camera)
    -> decltype(array->data()) {
  if (!array) return nullptr;
  if (array->shape(0) != static_cast<size_t>(camera.height) ||
      array->shape(1) != static_cast<size_t>(camera.width)) {
    throw nb::value_error("output: of another size");
  }
  return array->data();
}

bool RasteriseScene(
    const std::vector<RasterDraw>& draws, const RasterCamera& camera,
    const RasterLighting& lighting, const Offsets& offsets,
    const std::optional<PlaceTable>& table,
    const std::optional<PlaceTable>& centre_table,
    const std::optional<Channels<uint8_t, 4>>& rgba,
    const std::optional<Channels<float, 4>>& radiance,
    const std::optional<Picture<float>>& depth,
    const std::optional<Picture<int32_t>>& draw,
    const std::optional<Picture<int32_t>>& triangle,
    const std::optional<Channels<double, 3>>& weights, const StopFlag* stop) {
  size_t triangles = 0;
  for (const RasterDraw& one : draws) triangles += one.mesh->triangles.size();
  if (triangles > kMostTriangles) throw nb::value_error("too many triangles");
  const SamplePlaces places = PlacesOf(offsets, table, camera);
  SamplePlaces centres;
  if (centre_table) {
    const double middle[2] = {0, 0};
    centres = PlacesOf(Offsets(middle, {1, 2}), centre_table, camera);
  }
  const RasterOutputs outputs{DataOf(rgba, camera),    DataOf(radiance, camera),
                              DataOf(depth, camera),   DataOf(draw, camera),
                              DataOf(triangle, camera), DataOf(weights, camera)};
  nb::gil_scoped_release release;
  return Rasterise(draws, camera, lighting, places, centres, outputs, stop);
}

Vec3f VectorOf(const std::array<float, 3>& v) { return {v[0], v[1], v[2]}; }

RasterLight MakeLight(LightKind kind, const std::array<float, 3>& colour,
                      const std::array<float, 3>& position,
                      const std::array<float, 3>& direction, float range,
                      float cos_inner, float cos_outer) {
  return {kind,  VectorOf(colour), VectorOf(position),
          Normalised(VectorOf(direction)), range, cos_inner, cos_outer};
}

void BindLighting(nb::module_& module) {
  nb::enum_<LightKind>(module, "LightKind")
      .value("DIRECTIONAL", LightKind::kDirectional)
      .value("POINT", LightKind::kPoint)
      .value("SPOT", LightKind::kSpot);
  nb::enum_<ToneMapping>(module, "ToneMapping")
      .value("NONE", ToneMapping::kNone)
      .value("NEUTRAL", ToneMapping::kNeutral);
  nb::class_<RasterLight>(module, "RasterLight")
      .def(nb::new_(&MakeLight), "kind"_a, "colour"_a, "position"_a,
           "direction"_a, "range"_a, "cos_inner"_a, "cos_outer"_a);
  nb::class_<RasterLighting>(module, "RasterLighting")
      .def(nb::init<>())
      .def("add_light",
           [](RasterLighting& lighting, const RasterLight& light) {
             lighting.lights.push_back(light);
           })
      .def("set_ambient",
           [](RasterLighting& lighting, const std::array<float, 3>& colour) {
             lighting.ambient = VectorOf(colour);
           })
      .def_rw("exposure", &RasterLighting::exposure)
      .def_rw("tone_mapping", &RasterLighting::tone_mapping);
}

}  // namespace

void BindRaster(nb::module_& module) {
  BindLighting(module);
  nb::class_<RasterCamera>(module, "RasterCamera")
      .def(nb::new_(&MakeCamera), "camera_from_world"_a, "focal_and_centre"_a,
           "parallel"_a, "near"_a, "width"_a, "height"_a);
  nb::class_<RasterDraw>(module, "RasterDraw")
      .def(nb::new_(&MakeDraw), "mesh"_a, "material"_a, "world_from_mesh"_a);
  module.def("rasterise", &RasteriseScene, "draws"_a, "camera"_a,
             "lighting"_a, "offsets"_a, "table"_a.none(),
             "centre_table"_a.none(), "rgba"_a.noconvert().none(),
             "radiance"_a.noconvert().none(), "depth"_a.noconvert().none(),
             "draw"_a.noconvert().none(), "triangle"_a.noconvert().none(),
             "weights"_a.noconvert().none(), "stop"_a.none());
}

}  // namespace sense
