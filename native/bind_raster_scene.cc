#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>

#include <optional>

#include "native/bindings.h"
#include "native/raster_arguments.h"
#include "native/raster_scene.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

constexpr size_t kLargestTexture = 1 << 14;

using RadiusArray = nb::ndarray<const float, nb::ndim<1>, nb::c_contig,
                                nb::device::cpu>;
using TextureArray = nb::ndarray<const uint8_t, nb::shape<-1, -1, 4>,
                                 nb::c_contig, nb::device::cpu>;

// Rows for each vertex, or none.
template <typename Row, typename Array>
std::vector<Row> VertexRows(const std::optional<Array>& rows, size_t vertices,
                            const char* what) {
  if (!rows) return {};
  if (rows->shape(0) != vertices) throw nb::value_error(what);
  RequireFinite(*rows, what);
  return Rows<Row>(*rows);
}

std::shared_ptr<RasterMesh> MakeMesh(
    const Columns<float, 3>& positions, const Columns<int32_t, 3>& triangles,
    const std::optional<Columns<float, 3>>& normals,
    const std::optional<Columns<float, 2>>& uv,
    const std::optional<Columns<float, 4>>& tangents,
    const std::optional<Columns<float, 4>>& colours,
    const std::optional<Columns<float, 2>>& second_uv) {
  nb::gil_scoped_release release;
  RequireFinite(positions, "positions: not finite");
  const size_t count = positions.shape(0);
  for (size_t n = 0; n < triangles.size(); ++n) {
    const int32_t corner = triangles.data()[n];
    if (corner < 0 || static_cast<size_t>(corner) >= count) {
      throw nb::value_error("triangles: a corner without its vertex");
    }
  }
  auto mesh = std::make_shared<RasterMesh>();
  mesh->rest.positions = Rows<Vec3f>(positions);
  mesh->triangles = Rows<std::array<int32_t, 3>>(triangles);
  mesh->rest.normals = VertexRows<Vec3f>(normals, count, "normals");
  mesh->uv[0] = VertexRows<std::array<float, 2>>(uv, count, "uv");
  mesh->uv[1] = VertexRows<std::array<float, 2>>(second_uv, count, "uv");
  mesh->rest.tangents =
      VertexRows<std::array<float, 4>>(tangents, count, "tangents");
  mesh->colours = VertexRows<std::array<float, 4>>(colours, count, "colours");
  if (!normals) {
    mesh->rest.normals = SmoothNormals(mesh->rest.positions, mesh->triangles);
  }
  if (!tangents && uv) mesh->rest.tangents = TextureTangents(*mesh);
  return mesh;
}

std::shared_ptr<RasterMesh> MakePoints(
    const Columns<float, 3>& positions, const RadiusArray& radii, PointUnit unit,
    const std::optional<Columns<float, 3>>& normals,
    const std::optional<Columns<float, 4>>& colours) {
  nb::gil_scoped_release release;
  RequireFinite(positions, "positions: not finite");
  RequireFinite(radii, "radii: not finite");
  const size_t count = positions.shape(0);
  if (radii.shape(0) != count && radii.shape(0) != 1) {
    throw nb::value_error("radii: one, or one for each point");
  }
  auto mesh = std::make_shared<RasterMesh>();
  mesh->rest.positions = Rows<Vec3f>(positions);
  mesh->rest.normals = VertexRows<Vec3f>(normals, count, "normals");
  if (!normals) mesh->rest.normals.resize(count);
  mesh->colours = VertexRows<std::array<float, 4>>(colours, count, "colours");
  mesh->point_radii.assign(radii.data(), radii.data() + radii.shape(0));
  mesh->point_unit = unit;
  return mesh;
}

std::shared_ptr<RasterTexture> MakeTexture(const TextureArray& rgba,
                                           TextureWrap wrap_u,
                                           TextureWrap wrap_v,
                                           TextureFilter filter, bool srgb,
                                           int uv_set,
                                           std::array<float, 6> uv_map) {
  if (uv_set != 0 && uv_set != 1) throw nb::value_error("uv_set: 0 or 1");
  if (rgba.shape(0) < 1 || rgba.shape(0) > kLargestTexture ||
      rgba.shape(1) < 1 || rgba.shape(1) > kLargestTexture) {
    throw nb::value_error("rgba: empty or too large");
  }
  nb::gil_scoped_release release;
  return std::make_shared<RasterTexture>(
      rgba.data(), static_cast<int>(rgba.shape(1)),
      static_cast<int>(rgba.shape(0)),
      RasterTexture::Options{wrap_u, wrap_v, filter, srgb, uv_set, uv_map});
}

void BindEnumerations(nb::module_& module) {
  nb::enum_<TextureWrap>(module, "TextureWrap")
      .value("REPEAT", TextureWrap::kRepeat)
      .value("MIRROR", TextureWrap::kMirror)
      .value("CLAMP", TextureWrap::kClamp);
  nb::enum_<TextureFilter>(module, "TextureFilter")
      .value("NEAREST", TextureFilter::kNearest)
      .value("LINEAR", TextureFilter::kLinear)
      .value("MIPMAPPED", TextureFilter::kMipmapped);
  nb::enum_<PointUnit>(module, "PointUnit")
      .value("PIXEL", PointUnit::kPixel)
      .value("LENGTH", PointUnit::kLength);
  nb::enum_<ShadingModel>(module, "ShadingModel")
      .value("UNLIT", ShadingModel::kUnlit)
      .value("PHYSICAL", ShadingModel::kPhysical)
      .value("TOON", ShadingModel::kToon);
  nb::enum_<AlphaMode>(module, "AlphaMode")
      .value("OPAQUE", AlphaMode::kOpaque)
      .value("MASK", AlphaMode::kMask)
      .value("BLEND", AlphaMode::kBlend);
}

using TextureSlot = std::shared_ptr<const RasterTexture> RasterMaterial::*;

template <TextureSlot kSlot>
void SetTexture(RasterMaterial& material,
                std::shared_ptr<RasterTexture> texture) {
  material.*kSlot = std::move(texture);
}

void BindMaterial(nb::module_& module) {
  using M = RasterMaterial;
  nb::class_<M>(module, "RasterMaterial")
      .def(nb::init<>())
      .def_rw("shading", &M::shading)
      .def_rw("alpha_mode", &M::alpha_mode)
      .def_rw("alpha_cutoff", &M::alpha_cutoff)
      .def_rw("double_sided", &M::double_sided)
      .def_rw("flat", &M::flat)
      .def_rw("base_colour", &M::base_colour)
      .def_rw("metallic", &M::metallic)
      .def_rw("roughness", &M::roughness)
      .def_rw("emissive", &M::emissive)
      .def_rw("normal_scale", &M::normal_scale)
      .def_rw("occlusion_strength", &M::occlusion_strength)
      .def("set_base_colour_texture", &SetTexture<&M::base_colour_texture>)
      .def("set_metallic_roughness_texture",
           &SetTexture<&M::metallic_roughness_texture>)
      .def("set_normal_texture", &SetTexture<&M::normal_texture>)
      .def("set_occlusion_texture", &SetTexture<&M::occlusion_texture>)
      .def("set_emissive_texture", &SetTexture<&M::emissive_texture>)
      .def_rw("toon", &M::toon);
}

template <std::shared_ptr<const RasterTexture> ToonLook::*kSlot>
void SetToonTexture(ToonLook& toon, std::shared_ptr<RasterTexture> texture) {
  toon.*kSlot = std::move(texture);
}

void BindToon(nb::module_& module) {
  using T = ToonLook;
  nb::class_<T>(module, "ToonLook")
      .def(nb::init<>())
      .def_rw("shade_colour", &T::shade_colour)
      .def("set_shade_texture", &SetToonTexture<&T::shade_texture>)
      .def("set_shift_texture", &SetToonTexture<&T::shift_texture>)
      .def("set_rim_texture", &SetToonTexture<&T::rim_texture>)
      .def("set_matcap_texture", &SetToonTexture<&T::matcap_texture>)
      .def_rw("shift_scale", &T::shift_scale)
      .def_rw("matcap_colour", &T::matcap_colour)
      .def_rw("shift", &T::shift)
      .def_rw("toony", &T::toony)
      .def_rw("equalised", &T::equalised)
      .def_rw("rim_colour", &T::rim_colour)
      .def_rw("rim_power", &T::rim_power)
      .def_rw("rim_lift", &T::rim_lift)
      .def_rw("rim_lighting", &T::rim_lighting)
      .def_rw("outline_colour", &T::outline_colour)
      .def_rw("outline_lighting", &T::outline_lighting);
}

}  // namespace

void BindRasterScene(nb::module_& module) {
  BindEnumerations(module);
  nb::class_<RasterTexture>(module, "RasterTexture")
      .def(nb::new_(&MakeTexture), "rgba"_a, "wrap_u"_a, "wrap_v"_a,
           "filter"_a, "srgb"_a, "uv_set"_a = 0,
           "uv_map"_a = std::array<float, 6>{1, 0, 0, 0, 1, 0})
      .def_prop_ro("levels", &RasterTexture::levels);
  nb::class_<RasterMesh>(module, "RasterMesh")
      .def(nb::new_(&MakeMesh), "positions"_a, "triangles"_a,
           "normals"_a.none(), "uv"_a.none(), "tangents"_a.none(),
           "colours"_a.none(), "second_uv"_a.none() = nb::none())
      .def_static("of_points", &MakePoints, "positions"_a, "radii"_a, "unit"_a,
                  "normals"_a.none(), "colours"_a.none())
      .def_prop_ro(
          "rest", [](RasterMesh& mesh) -> VertexPose& { return mesh.rest; },
          nb::rv_policy::reference_internal);
  BindToon(module);
  BindMaterial(module);
}

}  // namespace sense
