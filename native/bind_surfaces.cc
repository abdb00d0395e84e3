#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <array>
#include <utility>

#include "native/bindings.h"
#include "native/owned_array.h"
#include "native/point_welding.h"
#include "native/stl_facets.h"
#include "native/surface_filling.h"
#include "native/surface_nets.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

using Mask =
    nb::ndarray<const uint8_t, nb::ndim<3>, nb::c_contig, nb::device::cpu>;
using FilledMask =
    nb::ndarray<uint8_t, nb::ndim<3>, nb::c_contig, nb::device::cpu>;
using Points = nb::ndarray<const double, nb::shape<-1, 3>, nb::c_contig,
                           nb::device::cpu>;
using Triangles = nb::ndarray<const int64_t, nb::shape<-1, 3>, nb::c_contig,
                              nb::device::cpu>;
using Facets = nb::ndarray<uint8_t, nb::shape<-1, kFacetBytes>, nb::c_contig,
                           nb::device::cpu>;
using PointNumbers =
    nb::ndarray<int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

template <typename Array>
std::array<int64_t, 3> SizeOf(const Array& mask) {
  return {static_cast<int64_t>(mask.shape(2)),
          static_cast<int64_t>(mask.shape(1)),
          static_cast<int64_t>(mask.shape(0))};
}

nb::tuple SurfaceOf(const Mask& mask) {
  SurfaceMesh found;
  {
    nb::gil_scoped_release release;
    found = SurfaceNets(mask.data(), SizeOf(mask));
  }
  return nb::make_tuple(OwnedArray<3>(std::move(found.vertices)),
                        OwnedArray<3>(std::move(found.triangles)));
}

SurfaceTriangles SurfaceFrom(const Points& vertices,
                             const Triangles& triangles) {
  const int64_t* corners = triangles.data();
  for (size_t n = 0; n < triangles.size(); ++n) {
    if (corners[n] < 0 ||
        corners[n] >= static_cast<int64_t>(vertices.shape(0))) {
      throw nb::value_error("triangles: numbers of vertices");
    }
  }
  return {vertices.data(), corners, static_cast<int64_t>(triangles.shape(0))};
}

void FillMask(const Points& vertices, const Triangles& triangles,
              FilledMask out) {
  const SurfaceTriangles surface = SurfaceFrom(vertices, triangles);
  nb::gil_scoped_release release;
  FillSurface(surface, SizeOf(out), out.data());
}

void FillFacets(const Points& vertices, const Triangles& triangles,
                Facets out) {
  if (out.shape(0) != triangles.shape(0)) {
    throw nb::value_error("out: one facet a triangle");
  }
  const SurfaceTriangles surface = SurfaceFrom(vertices, triangles);
  nb::gil_scoped_release release;
  WriteFacets(surface, out.data());
}

int64_t Weld(const Points& points, PointNumbers out) {
  if (out.size() != points.shape(0)) {
    throw nb::value_error("out: one number a point");
  }
  nb::gil_scoped_release release;
  return WeldPoints(points.data(), static_cast<int64_t>(points.shape(0)),
                    out.data());
}

}  // namespace

void BindSurfaces(nb::module_& module) {
  module.def("surface_nets", &SurfaceOf, "mask"_a.noconvert());
  module.def("fill_surface", &FillMask, "vertices"_a.noconvert(),
             "triangles"_a.noconvert(), "out"_a.noconvert());
  module.def("stl_facets", &FillFacets, "vertices"_a.noconvert(),
             "triangles"_a.noconvert(), "out"_a.noconvert());
  module.def("weld_points", &Weld, "points"_a.noconvert(),
             "out"_a.noconvert());
}

}  // namespace sense
