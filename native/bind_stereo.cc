#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/vector.h>

#include <cmath>
#include <optional>

#include "native/bindings.h"
#include "native/depth_agreement.h"
#include "native/owned_array.h"
#include "native/stereo.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

template <typename T>
using Picture = nb::ndarray<T, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
template <typename T>
using Vectors =
    nb::ndarray<T, nb::shape<-1, -1, 3>, nb::c_contig, nb::device::cpu>;
template <typename T>
using Layers = nb::ndarray<T, nb::ndim<3>, nb::c_contig, nb::device::cpu>;
using Map34 = nb::ndarray<const double, nb::shape<3, 4>, nb::c_contig,
                          nb::device::cpu>;
using Matrix3 = std::array<double, 9>;

template <typename Array>
void CheckSize(const Array& array, size_t height, size_t width) {
  if (array.shape(0) != height || array.shape(1) != width) {
    throw nb::value_error("pictures of different sizes");
  }
}

template <typename Array>
void CheckPicture(const Array& array) {
  constexpr size_t kLargest = 1 << 15;
  if (array.shape(0) < 1 || array.shape(1) < 1 || array.shape(0) > kLargest ||
      array.shape(1) > kLargest) {
    throw nb::value_error("picture: empty or too large");
  }
}

StereoPicture MakePicture(const Picture<const uint8_t>& grey,
                          const std::optional<Picture<const uint8_t>>& usable) {
  CheckPicture(grey);
  if (usable) CheckSize(*usable, grey.shape(0), grey.shape(1));
  return StereoPicture(grey.data(), usable ? usable->data() : nullptr,
                       static_cast<int>(grey.shape(1)),
                       static_cast<int>(grey.shape(0)));
}

PixelMap PixelMapOf(const Map34& map) {
  PixelMap result;
  for (size_t row = 0; row < 3; ++row) {
    for (size_t column = 0; column < 4; ++column) {
      const double value = map(row, column);
      if (!std::isfinite(value)) throw nb::value_error("map: not finite");
      const auto number = static_cast<float>(value);
      (column < 3 ? result.turn[3 * row + column] : result.shift[row]) = number;
    }
  }
  return result;
}

struct StereoSource {
  const StereoPicture* picture;
  PixelMap from_reference, to_reference;
  std::optional<Picture<const float>> inverse_depths;
};

StereoSource MakeSource(const StereoPicture* picture, const Map34& there,
                        const Map34& back,
                        std::optional<Picture<const float>> inverse_depths) {
  if (inverse_depths) {
    CheckSize(*inverse_depths, static_cast<size_t>(picture->height()),
              static_cast<size_t>(picture->width()));
  }
  return {picture, PixelMapOf(there), PixelMapOf(back),
          std::move(inverse_depths)};
}

bool Search(const StereoPicture& reference, const Matrix3& intrinsics,
            const std::vector<StereoSource*>& sources, Vectors<float> planes,
            Picture<float> costs, Layers<uint8_t> weights,
            const StereoOptions& options, StereoPass pass, int number,
            const StopFlag* stop) {
  const auto height = static_cast<size_t>(reference.height());
  const auto width = static_cast<size_t>(reference.width());
  CheckSize(planes, height, width);
  CheckSize(costs, height, width);
  CheckSize(weights, height, width);
  if (sources.empty() || sources.size() > kMostNeighbours ||
      weights.shape(2) != sources.size()) {
    throw nb::value_error("sources: 1 to 12, a weight each");
  }
  StereoTask task;
  task.reference = &reference;
  task.intrinsics = intrinsics;
  task.planes = reinterpret_cast<SurfacePlane*>(planes.data());
  task.costs = costs.data();
  task.weights = weights.data();
  task.options = options;
  for (const StereoSource* one : sources) {
    task.neighbours.push_back(
        {one->picture, one->from_reference, one->to_reference,
         one->inverse_depths ? one->inverse_depths->data() : nullptr});
  }
  nb::gil_scoped_release release;
  return SearchPass(task, pass, number, stop);
}

// A depth map as it is compared with others.
struct DepthSource {
  Picture<const float> depth;
  Vectors<const float> normals;
  PixelMap from_reference, to_reference;
  Matrix3 turn;
  std::optional<Picture<uint8_t>> claimed;
};

DepthPicture PictureOf(const Picture<const float>& depth,
                       const Vectors<const float>& normals) {
  CheckPicture(depth);
  CheckSize(normals, depth.shape(0), depth.shape(1));
  return {static_cast<int>(depth.shape(1)), static_cast<int>(depth.shape(0)),
          depth.data(), normals.data()};
}

std::vector<DepthNeighbour> NeighboursOf(
    const std::vector<DepthSource*>& sources) {
  std::vector<DepthNeighbour> neighbours;
  for (const DepthSource* one : sources) {
    DepthNeighbour neighbour;
    neighbour.picture = PictureOf(one->depth, one->normals);
    neighbour.from_reference = one->from_reference;
    neighbour.to_reference = one->to_reference;
    for (size_t n = 0; n < 9; ++n) {
      neighbour.turn_to_reference[n] = static_cast<float>(one->turn[n]);
    }
    if (one->claimed) {
      CheckSize(*one->claimed, one->depth.shape(0), one->depth.shape(1));
      neighbour.claimed = one->claimed->data();
    }
    neighbours.push_back(neighbour);
  }
  return neighbours;
}

bool Count(const Picture<const float>& depth,
           const Vectors<const float>& normals,
           const std::vector<DepthSource*>& sources,
           const DepthTolerance& tolerance, Picture<uint8_t> counts,
           const StopFlag* stop) {
  const DepthPicture reference = PictureOf(depth, normals);
  const std::vector<DepthNeighbour> neighbours = NeighboursOf(sources);
  CheckSize(counts, depth.shape(0), depth.shape(1));
  nb::gil_scoped_release release;
  return CountAgreeing(reference, neighbours, tolerance, counts.data(), stop);
}

bool Show(const Picture<const float>& depth,
          const Vectors<const float>& normals,
          const std::vector<DepthSource*>& sources, float share,
          Picture<uint8_t> counts, const StopFlag* stop) {
  const DepthPicture reference = PictureOf(depth, normals);
  const std::vector<DepthNeighbour> neighbours = NeighboursOf(sources);
  CheckSize(counts, depth.shape(0), depth.shape(1));
  nb::gil_scoped_release release;
  return CountShowing(reference, neighbours, share, counts.data(), stop);
}

nb::tuple Fuse(const Picture<const float>& depth,
               const Vectors<const float>& normals,
               const Picture<const uint8_t>& claimed,
               const std::vector<DepthSource*>& sources,
               const DepthTolerance& tolerance, int least,
               const StopFlag* stop) {
  const DepthPicture reference = PictureOf(depth, normals);
  const std::vector<DepthNeighbour> neighbours = NeighboursOf(sources);
  CheckSize(claimed, depth.shape(0), depth.shape(1));
  FusedPoints points;
  {
    nb::gil_scoped_release release;
    points = FuseDepths(reference, claimed.data(), neighbours, tolerance, least,
                        stop);
  }
  return nb::make_tuple(OwnedArray(std::move(points.pixels)),
                        OwnedArray(std::move(points.depths)),
                        OwnedArray<3>(std::move(points.normals)),
                        OwnedArray(std::move(points.first_view)),
                        OwnedArray(std::move(points.views)));
}

void BindSearch(nb::module_& module) {
  nb::class_<StereoPicture>(module, "StereoPicture")
      .def("__init__",
           [](StereoPicture* self, const Picture<const uint8_t>& grey,
              const std::optional<Picture<const uint8_t>>& usable) {
             new (self) StereoPicture(MakePicture(grey, usable));
           },
           "grey"_a, "usable"_a = nb::none());
  nb::class_<StereoSource>(module, "StereoSource")
      .def("__init__",
           [](StereoSource* self, const StereoPicture* picture,
              const Map34& from_reference, const Map34& to_reference,
              std::optional<Picture<const float>> inverse_depths) {
             new (self) StereoSource(MakeSource(picture, from_reference,
                                                to_reference,
                                                std::move(inverse_depths)));
           },
           "picture"_a, "from_reference"_a, "to_reference"_a,
           "inverse_depths"_a = nb::none(), nb::keep_alive<1, 2>());
  nb::enum_<StereoPass>(module, "StereoPass")
      .value("BEGIN", StereoPass::kBegin)
      .value("PROPAGATE", StereoPass::kPropagate)
      .value("FINISH", StereoPass::kFinish);
  nb::class_<StereoOptions>(module, "StereoOptions")
      .def(nb::init<>())
      .def_rw("seed", &StereoOptions::seed)
      .def_rw("grey_deviation", &StereoOptions::grey_deviation)
      .def_rw("distance_deviation", &StereoOptions::distance_deviation)
      .def_rw("geometric_weight", &StereoOptions::geometric_weight)
      .def_rw("furthest", &StereoOptions::furthest)
      .def_rw("nearest", &StereoOptions::nearest)
      .def_rw("wide", &StereoOptions::wide);
  module.def("search_planes", &Search, "reference"_a, "intrinsics"_a,
             "sources"_a, "planes"_a.noconvert(), "costs"_a.noconvert(),
             "weights"_a.noconvert(), "options"_a, "step"_a, "number"_a,
             "stop"_a = nb::none());
}

void BindAgreement(nb::module_& module) {
  nb::class_<DepthTolerance>(module, "DepthTolerance")
      .def(nb::init<float, float, float>(), "pixels"_a, "relative_depth"_a,
           "least_cosine"_a);
  nb::class_<DepthSource>(module, "DepthSource")
      .def("__init__",
           [](DepthSource* self, Picture<const float> depth,
              Vectors<const float> normals, const Map34& from_reference,
              const Map34& to_reference, const Matrix3& turn,
              std::optional<Picture<uint8_t>> claimed) {
             new (self) DepthSource{std::move(depth),
                                    std::move(normals),
                                    PixelMapOf(from_reference),
                                    PixelMapOf(to_reference),
                                    turn,
                                    std::move(claimed)};
           },
           "depth"_a, "normals"_a, "from_reference"_a, "to_reference"_a,
           "turn_to_reference"_a, "claimed"_a.noconvert() = nb::none());
  module.def("count_agreeing", &Count, "depth"_a, "normals"_a, "sources"_a,
             "tolerance"_a, "counts"_a.noconvert(), "stop"_a = nb::none());
  module.def("count_showing", &Show, "depth"_a, "normals"_a, "sources"_a,
             "share"_a, "counts"_a.noconvert(), "stop"_a = nb::none());
  module.def("fuse_depths", &Fuse, "depth"_a, "normals"_a, "claimed"_a,
             "sources"_a, "tolerance"_a, "least"_a, "stop"_a = nb::none());
}

}  // namespace

void BindStereo(nb::module_& module) {
  BindSearch(module);
  BindAgreement(module);
}

}  // namespace sense
