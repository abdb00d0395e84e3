#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>

#include <array>
#include <cmath>
#include <vector>

#include "native/bindings.h"
#include "native/owned_array.h"
#include "native/slam/two_view_geometry.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

using RayPairs = nb::ndarray<const double, nb::shape<-1, 4>, nb::c_contig,
                             nb::device::cpu>;

slam::TwoViewGeometry Solve(const RayPairs& pairs, double sigma_rad,
                            int iterations, uint64_t seed) {
  if (!(sigma_rad > 0) || iterations < 1) {
    throw nb::value_error("sigma_rad, iterations: not positive");
  }
  std::vector<Eigen::Vector3d> first, second;
  for (size_t i = 0; i < pairs.shape(0); ++i) {
    first.emplace_back(pairs(i, 0), pairs(i, 1), 1);
    second.emplace_back(pairs(i, 2), pairs(i, 3), 1);
    if (!first.back().allFinite() || !second.back().allFinite()) {
      throw nb::value_error("pairs: not finite");
    }
  }
  slam::TwoViewOptions options;
  options.sigma_rad = sigma_rad;
  options.iterations = iterations;
  options.seed = seed;
  nb::gil_scoped_release released;
  return slam::SolveTwoViews(first, second, options);
}

std::array<double, 9> RotationOf(const slam::TwoViewGeometry& found) {
  std::array<double, 9> numbers;
  for (int i = 0; i < 9; ++i) {
    numbers[i] = found.second_from_first.rotation(i / 3, i % 3);
  }
  return numbers;
}

std::array<double, 3> TranslationOf(const slam::TwoViewGeometry& found) {
  const Eigen::Vector3d& way = found.second_from_first.translation;
  return {way.x(), way.y(), way.z()};
}

nb::object PointsOf(const slam::TwoViewGeometry& found) {
  std::vector<double> numbers;
  for (const Eigen::Vector3d& point : found.points) {
    numbers.insert(numbers.end(), {point.x(), point.y(), point.z()});
  }
  return OwnedArray<3>(std::move(numbers));
}

}  // namespace

void BindTwoViews(nb::module_& module) {
  using slam::TwoViewGeometry;
  using slam::TwoViewOutcome;
  nb::enum_<TwoViewOutcome>(module, "TwoViewOutcome")
      .value("SOLVED", TwoViewOutcome::kSolved)
      .value("TOO_FEW", TwoViewOutcome::kTooFew)
      .value("NO_MOTION_FITS", TwoViewOutcome::kNoMotionFits)
      .value("LITTLE_PARALLAX", TwoViewOutcome::kLittleParallax)
      .value("AMBIGUOUS", TwoViewOutcome::kAmbiguous);
  nb::class_<TwoViewGeometry>(module, "TwoViewGeometry")
      .def_ro("outcome", &TwoViewGeometry::outcome)
      .def_prop_ro("rotation", &RotationOf, "second from first, row by row")
      .def_prop_ro("translation", &TranslationOf, "of length 1")
      .def_prop_ro("points", &PointsOf, "(n, 3) in the first camera, NaN where unknown")
      .def_ro("planar", &TwoViewGeometry::planar)
      .def_ro("inliers", &TwoViewGeometry::inliers)
      .def_ro("triangulated", &TwoViewGeometry::triangulated)
      .def_ro("parallax_deg", &TwoViewGeometry::parallax_deg);
  module.def("solve_two_views", &Solve, "pairs"_a, "sigma_rad"_a,
             "iterations"_a, "seed"_a);
}

}  // namespace sense
