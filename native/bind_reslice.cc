#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include "native/array_arguments.h"
#include "native/bindings.h"
#include "native/grey_picture.h"
#include "native/reslice.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

constexpr int kMostSamples = 100000;

using FloatPicture =
    nb::ndarray<float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using ColourPicture = nb::ndarray<uint8_t, nb::shape<-1, -1, 4>, nb::c_contig,
                                  nb::device::cpu>;
using GreyPixels =
    nb::ndarray<uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

ResliceOptions OptionsOf(const AffineArray& ijk_from_xys) {
  if (ijk_from_xys.shape(0) != 4) throw nb::value_error("affine: (4, 3)");
  ResliceOptions options;
  options.step_x = FiniteRow(ijk_from_xys, 0);
  options.step_y = FiniteRow(ijk_from_xys, 1);
  options.step_sample = FiniteRow(ijk_from_xys, 2);
  options.origin = FiniteRow(ijk_from_xys, 3);
  return options;
}

template <typename Array>
std::pair<int, int> PictureSize(const Array& out) {
  constexpr size_t kMost = 1 << 20;
  if (out.shape(0) > kMost || out.shape(1) > kMost) {
    throw nb::value_error("out: too large");
  }
  return {static_cast<int>(out.shape(1)), static_cast<int>(out.shape(0))};
}

bool ReslicePicture(const VoxelArray& voxels, const AffineArray& ijk_from_xys,
                    int samples, Interpolation interpolation,
                    Projection projection, FloatPicture out,
                    const StopFlag* stop) {
  const VoxelGrid grid = GridOf(voxels);
  ResliceOptions options = OptionsOf(ijk_from_xys);
  if (samples < 1 || samples > kMostSamples) {
    throw nb::value_error("samples: 1 to 100000");
  }
  options.samples = samples;
  options.interpolation = interpolation;
  options.projection = projection;
  const auto [width, height] = PictureSize(out);
  nb::gil_scoped_release release;
  return Reslice(grid, options, width, height, out.data(), stop);
}

bool ResliceColourPicture(const VoxelArray& voxels,
                          const AffineArray& ijk_from_xys, ColourPicture out,
                          const StopFlag* stop) {
  if (voxels.ndim() != 4 || voxels.shape(3) != 3 ||
      VoxelTypeOf(voxels) != VoxelType::kUint8) {
    throw nb::value_error("voxels: (nk, nj, ni, 3) uint8");
  }
  const std::array<int64_t, 3> size = GridSizeOf(voxels);
  const ResliceOptions options = OptionsOf(ijk_from_xys);
  const auto [width, height] = PictureSize(out);
  nb::gil_scoped_release release;
  return ResliceColour(static_cast<const uint8_t*>(voxels.data()), size,
                       options, width, height, out.data(), stop);
}

void FillGreyPicture(
    nb::ndarray<const float, nb::ndim<2>, nb::c_contig, nb::device::cpu>
        values,
    float low, float high, bool inverted, uint8_t nan_grey, GreyPixels out) {
  if (values.shape(0) != out.shape(0) || values.shape(1) != out.shape(1)) {
    throw nb::value_error("out: the shape of values");
  }
  if (!std::isfinite(low) || !std::isfinite(high) || high < low) {
    throw nb::value_error("low and high: finite and in order");
  }
  const GreyOptions options{low, high, inverted, nan_grey};
  nb::gil_scoped_release release;
  GreyPicture(values.data(), static_cast<int64_t>(values.size()), options,
              out.data());
}

}  // namespace

void BindReslice(nb::module_& module) {
  nb::class_<StopFlag>(module, "StopFlag")
      .def(nb::init<>())
      .def("stop", &StopFlag::Stop)
      .def_prop_ro("stopped", &StopFlag::stopped);
  nb::enum_<Interpolation>(module, "Interpolation")
      .value("NEAREST", Interpolation::kNearest)
      .value("LINEAR", Interpolation::kLinear);
  nb::enum_<Projection>(module, "Projection")
      .value("MEAN", Projection::kMean)
      .value("MAXIMUM", Projection::kMaximum)
      .value("MINIMUM", Projection::kMinimum);
  module.def("reslice", &ReslicePicture, "voxels"_a.noconvert(),
             "ijk_from_xys"_a, "samples"_a, "interpolation"_a, "projection"_a,
             "out"_a.noconvert(), "stop"_a.none());
  module.def("reslice_colour", &ResliceColourPicture, "voxels"_a.noconvert(),
             "ijk_from_xys"_a, "out"_a.noconvert(), "stop"_a.none());
  module.def("grey_picture", &FillGreyPicture, "values"_a.noconvert(), "low"_a,
             "high"_a, "inverted"_a, "nan_grey"_a, "out"_a.noconvert());
}

}  // namespace sense
