#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>

#include <cmath>

#include "native/bindings.h"
#include "native/lens.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

using Places = nb::ndarray<const double, nb::shape<-1, 2>, nb::c_contig,
                           nb::device::cpu>;
using PlaceRows =
    nb::ndarray<double, nb::shape<-1, 2>, nb::c_contig, nb::device::cpu>;
using PlacePicture = nb::ndarray<double, nb::shape<-1, -1, 2>, nb::c_contig,
                                 nb::device::cpu>;

Lens LensOf(const std::array<double, 12>& coefficients, bool fisheye) {
  for (const double value : coefficients) {
    if (!std::isfinite(value)) throw nb::value_error("lens: not finite");
  }
  Lens lens;
  lens.k = coefficients;
  lens.fisheye = fisheye;
  lens.reach = FindReach(lens);
  return lens;
}

void UndistortPictureInto(const std::array<double, 12>& coefficients,
                          bool fisheye,
                          const std::array<double, 4>& focal_and_centre,
                          const std::array<double, 2>& offset,
                          PlacePicture out) {
  constexpr size_t kLargestPicture = 1 << 15;
  Lens lens = LensOf(coefficients, fisheye);
  lens.fx = focal_and_centre[0];
  lens.fy = focal_and_centre[1];
  lens.cx = focal_and_centre[2];
  lens.cy = focal_and_centre[3];
  if (!(lens.fx > 0 && lens.fy > 0) || !std::isfinite(lens.cx + lens.cy)) {
    throw nb::value_error("focal lengths or centre: out of range");
  }
  if (out.shape(0) > kLargestPicture || out.shape(1) > kLargestPicture) {
    throw nb::value_error("out: too large");
  }
  const int height = static_cast<int>(out.shape(0));
  const int width = static_cast<int>(out.shape(1));
  nb::gil_scoped_release release;
  UndistortPicture(lens, offset, width, height, out.data());
}

void UndistortPlacesInto(const std::array<double, 12>& coefficients,
                         bool fisheye, const Places& shown, PlaceRows out) {
  if (shown.shape(0) != out.shape(0)) throw nb::value_error("out: of others");
  const Lens lens = LensOf(coefficients, fisheye);
  nb::gil_scoped_release release;
  UndistortPlaces(lens, shown.data(), static_cast<int64_t>(shown.shape(0)),
                  out.data());
}

}  // namespace

void BindLens(nb::module_& module) {
  module.def("undistort_places", &UndistortPlacesInto, "coefficients"_a,
             "fisheye"_a, "places"_a, "out"_a.noconvert());
  module.def("undistort_picture", &UndistortPictureInto, "coefficients"_a,
             "fisheye"_a, "focal_and_centre"_a, "offset"_a,
             "out"_a.noconvert());
}

}  // namespace sense
