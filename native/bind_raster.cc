#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/vector.h>

#include <cmath>
#include <optional>

#include "native/bindings.h"
#include "native/picture_mixing.h"
#include "native/raster.h"
#include "native/raster_arguments.h"
#include "native/raster_environment.h"
#include "native/raster_shadow.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

constexpr int kLargestPicture = 1 << 15;
constexpr size_t kMostPlanes = 16;
constexpr size_t kMostTriangles = 0x7fffffff;

using Offsets = nb::ndarray<const double, nb::shape<-1, 2>, nb::c_contig,
                            nb::device::cpu>;
using PlaceTable = nb::ndarray<const double, nb::shape<-1, -1, -1, 2>,
                               nb::c_contig, nb::device::cpu>;
using Panorama = nb::ndarray<const float, nb::shape<-1, -1, 3>, nb::c_contig,
                             nb::device::cpu>;
template <typename Number>
using Picture = nb::ndarray<Number, nb::ndim<2>, nb::c_contig,
                            nb::device::cpu>;
template <typename Number, int kChannels>
using Channels = nb::ndarray<Number, nb::shape<-1, -1, kChannels>,
                             nb::c_contig, nb::device::cpu>;

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
  const Affine3 affine = AffineAt(camera_from_world.data());
  if (!(std::abs(affine.Determinant()) > 0)) {
    throw nb::value_error("camera_from_world: singular");
  }
  return {affine, fx, fy, cx, cy, parallel, near, width, height};
}

RasterDraw MakeDraw(std::shared_ptr<RasterMesh> mesh,
                    std::shared_ptr<VertexPose> pose,
                    std::shared_ptr<RasterMaterial> material,
                    const Matrix& world_from_mesh) {
  if (pose && pose->positions.size() != mesh->rest.positions.size()) {
    throw nb::value_error("pose: of another mesh");
  }
  std::shared_ptr<const VertexPose> vertices = std::move(pose);
  if (!vertices) vertices = {mesh, &mesh->rest};
  return {std::move(mesh), std::move(vertices), std::move(material),
          AffineAt(world_from_mesh.data())};
}

RasterDraw MakeOutline(const RasterDraw& draw, float width,
                       const RasterCamera& camera, bool on_screen) {
  nb::gil_scoped_release release;
  RasterDraw outline = draw;
  outline.pose = std::make_shared<VertexPose>(
      OutlinePose(*draw.pose, draw.world_from_mesh, width,
                  on_screen ? &camera : nullptr));
  outline.outline = true;
  // The hull is in the world, and as mirrored as the mesh.
  const bool mirrored = draw.world_from_mesh.Determinant() < 0;
  outline.world_from_mesh = {};
  outline.mirrored = mirrored;
  return outline;
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
    const std::optional<Channels<double, 3>>& weights,
    const std::optional<Channels<float, 3>>& normal, const StopFlag* stop) {
  size_t triangles = 0;
  for (const RasterDraw& one : draws) triangles += one.mesh->count();
  if (triangles > kMostTriangles) throw nb::value_error("too many triangles");
  const SamplePlaces places = PlacesOf(offsets, table, camera);
  SamplePlaces centres;
  if (centre_table) {
    const double middle[2] = {0, 0};
    centres = PlacesOf(Offsets(middle, {1, 2}), centre_table, camera);
  }
  const RasterOutputs outputs{DataOf(rgba, camera),    DataOf(radiance, camera),
                              DataOf(depth, camera),   DataOf(draw, camera),
                              DataOf(triangle, camera), DataOf(weights, camera),
                              DataOf(normal, camera)};
  nb::gil_scoped_release release;
  return Rasterise(draws, camera, lighting, places, centres, outputs, stop);
}

std::shared_ptr<RasterEnvironment> MakeEnvironment(const Panorama& rgb,
                                                   const Matrix& turn) {
  if (rgb.shape(0) < 1 || rgb.shape(0) > kLargestPicture ||
      rgb.shape(1) < 1 || rgb.shape(1) > kLargestPicture) {
    throw nb::value_error("panorama: empty or too large");
  }
  RequireFinite(rgb, "panorama: not finite");
  const Affine3 panorama_from_world = AffineAt(turn.data());
  nb::gil_scoped_release release;
  return std::make_shared<RasterEnvironment>(
      rgb.data(), static_cast<int>(rgb.shape(1)),
      static_cast<int>(rgb.shape(0)), panorama_from_world);
}

bool CastShadow(RasterLight& light, const std::vector<RasterDraw>& draws,
                int edge, const StopFlag* stop) {
  if (edge < 16 || edge > (1 << 13)) throw nb::value_error("edge: 16 to 8192");
  nb::gil_scoped_release release;
  return MakeShadow(draws, edge, &light, stop);
}

Vec3f VectorOf(const std::array<float, 3>& v) { return {v[0], v[1], v[2]}; }

RasterLight MakeLight(LightKind kind, const std::array<float, 3>& colour,
                      const std::array<float, 3>& position,
                      const std::array<float, 3>& direction, float range,
                      float cos_inner, float cos_outer) {
  return {kind,  VectorOf(colour), VectorOf(position),
          Normalised(VectorOf(direction)), range, cos_inner, cos_outer, {}};
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
           "direction"_a, "range"_a, "cos_inner"_a, "cos_outer"_a)
      .def("cast_shadow", &CastShadow, "draws"_a, "edge"_a, "stop"_a.none());
  nb::class_<RasterEnvironment>(module, "RasterEnvironment")
      .def(nb::new_(&MakeEnvironment), "panorama"_a, "panorama_from_world"_a);
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
      .def("set_environment",
           [](RasterLighting& lighting,
              std::shared_ptr<RasterEnvironment> environment) {
             lighting.environment = std::move(environment);
           })
      .def_rw("exposure", &RasterLighting::exposure)
      .def_rw("tone_mapping", &RasterLighting::tone_mapping);
}

void MixPictures(const Channels<const uint8_t, 4>& before,
                 const Channels<const uint8_t, 4>& behind,
                 const Channels<const uint8_t, 4>& surface,
                 const Channels<uint8_t, 4>& out) {
  const size_t bytes = out.size();
  if (before.size() != bytes || behind.size() != bytes ||
      surface.size() != bytes) {
    throw nb::value_error("pictures of one size");
  }
  nb::gil_scoped_release release;
  MixSurface(before.data(), behind.data(), surface.data(),
             static_cast<int64_t>(bytes / 4), out.data());
}

}  // namespace

void BindRaster(nb::module_& module) {
  BindLighting(module);
  nb::class_<RasterCamera>(module, "RasterCamera")
      .def(nb::new_(&MakeCamera), "camera_from_world"_a, "focal_and_centre"_a,
           "parallel"_a, "near"_a, "width"_a, "height"_a);
  nb::class_<RasterDraw>(module, "RasterDraw")
      .def(nb::new_(&MakeDraw), "mesh"_a, "pose"_a.none(), "material"_a,
           "world_from_mesh"_a)
      .def("outline", &MakeOutline, "width"_a, "camera"_a, "on_screen"_a);
  module.def("mix_surface", &MixPictures, "before"_a, "behind"_a, "surface"_a,
             "out"_a.noconvert());
  module.def("rasterise", &RasteriseScene, "draws"_a, "camera"_a,
             "lighting"_a, "offsets"_a, "table"_a.none(),
             "centre_table"_a.none(), "rgba"_a.noconvert().none(),
             "radiance"_a.noconvert().none(), "depth"_a.noconvert().none(),
             "draw"_a.noconvert().none(), "triangle"_a.noconvert().none(),
             "weights"_a.noconvert().none(), "normal"_a.noconvert().none(),
             "stop"_a.none());
}

}  // namespace sense
