#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cmath>

#include "native/bindings.h"
#include "native/chart_baking.h"
#include "native/connected_parts.h"
#include "native/difference_fitting.h"
#include "native/stop_flag.h"
#include "native/view_labelling.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

template <typename T, typename Shape>
using Array = nb::ndarray<T, Shape, nb::c_contig, nb::device::cpu>;
template <typename T>
using Row = Array<T, nb::shape<-1>>;
template <typename T>
using Pairs = Array<T, nb::shape<-1, 2>>;
template <typename T>
using Triples = Array<T, nb::shape<-1, 3>>;
template <typename T>
using Table = Array<T, nb::shape<-1, -1>>;
template <typename T>
using Picture = Array<T, nb::shape<-1, -1, 3>>;

void Require(bool condition, const char* what) {
  if (!condition) throw nb::value_error(what);
}

// What all edges have to keep to.
void CheckEdges(const Pairs<const int32_t>& edges, size_t node_count) {
  for (size_t n = 0; n < edges.size(); ++n) {
    Require(edges.data()[n] >= 0 &&
                static_cast<size_t>(edges.data()[n]) < node_count,
            "edges: numbers of nodes");
  }
}

bool Label(const Table<const int32_t>& views, const Table<const float>& costs,
           const Pairs<const int32_t>& edges, const Row<const float>& weights,
           int iterations, Row<int32_t> out, const StopFlag* stop) {
  Require(views.shape(0) == costs.shape(0) && views.shape(1) == costs.shape(1),
          "costs: the shape of views");
  Require(weights.size() == edges.shape(0), "weights: one an edge");
  Require(out.size() == views.shape(0), "out: one a face");
  CheckEdges(edges, views.shape(0));
  const LabellingProblem problem{static_cast<int64_t>(views.shape(0)),
                                 static_cast<int>(views.shape(1)),
                                 views.data(),
                                 costs.data(),
                                 static_cast<int64_t>(edges.shape(0)),
                                 edges.data(),
                                 weights.data()};
  nb::gil_scoped_release release;
  return LabelViews(problem, iterations, out.data(), stop);
}

bool Fit(const Pairs<const int32_t>& edges, const Row<const float>& weights,
         const Triples<const float>& differences,
         const Row<const float>& anchors, const Triples<const float>& targets,
         int most_iterations, double tolerance, Triples<float> out,
         const StopFlag* stop) {
  Require(weights.size() == edges.shape(0), "weights: one an edge");
  Require(differences.shape(0) == edges.shape(0), "differences: one an edge");
  Require(targets.shape(0) == anchors.size(), "targets: one a node");
  Require(out.shape(0) == anchors.size(), "out: one a node");
  CheckEdges(edges, anchors.size());
  const DifferenceProblem problem{static_cast<int64_t>(anchors.size()),
                                  static_cast<int64_t>(edges.shape(0)),
                                  edges.data(),
                                  weights.data(),
                                  differences.data(),
                                  anchors.data(),
                                  targets.data()};
  nb::gil_scoped_release release;
  return FitDifferences(problem, most_iterations, tolerance, out.data(), stop);
}

int64_t Parts(const Pairs<const int32_t>& edges, Row<int32_t> out) {
  CheckEdges(edges, out.size());
  nb::gil_scoped_release release;
  return ConnectedParts(static_cast<int64_t>(out.size()), edges.data(),
                        static_cast<int64_t>(edges.shape(0)), out.data());
}

bool Bake(const Picture<const uint8_t>& picture,
          const Array<const double, nb::shape<-1, 3, 2>>& corners,
          const Array<const float, nb::shape<-1, 3, 3>>& adjustments,
          const Pairs<const int32_t>& shifts, Picture<uint8_t> page,
          Table<uint8_t> coverage, const StopFlag* stop) {
  const size_t count = corners.shape(0);
  Require(adjustments.shape(0) == count && shifts.shape(0) == count,
          "adjustments, shifts: one a triangle");
  Require(coverage.shape(0) == page.shape(0) &&
              coverage.shape(1) == page.shape(1),
          "coverage: the size of the page");
  Require(picture.size() > 0, "picture: empty");
  for (size_t n = 0; n < corners.size(); ++n) {
    Require(std::abs(corners.data()[n]) < 1e6, "corners: within the picture");
  }
  for (size_t n = 0; n < shifts.size(); ++n) {
    Require(std::abs(shifts.data()[n]) < (1 << 20), "shifts: too far");
  }
  const BakingPicture seen{picture.data(), static_cast<int>(picture.shape(1)),
                           static_cast<int>(picture.shape(0))};
  const BakingTriangles triangles{static_cast<int64_t>(count), corners.data(),
                                  adjustments.data(), shifts.data()};
  nb::gil_scoped_release release;
  return BakeTriangles(seen, triangles, page.data(), coverage.data(),
                       static_cast<int>(page.shape(1)),
                       static_cast<int>(page.shape(0)), stop);
}

}  // namespace

void BindTexturing(nb::module_& module) {
  module.def("label_views", &Label, "views"_a.noconvert(),
             "costs"_a.noconvert(), "edges"_a.noconvert(),
             "weights"_a.noconvert(), "iterations"_a, "out"_a.noconvert(),
             "stop"_a.none());
  module.def("fit_differences", &Fit, "edges"_a.noconvert(),
             "weights"_a.noconvert(), "differences"_a.noconvert(),
             "anchors"_a.noconvert(), "targets"_a.noconvert(),
             "most_iterations"_a, "tolerance"_a, "out"_a.noconvert(),
             "stop"_a.none());
  module.def("connected_parts", &Parts, "edges"_a.noconvert(),
             "out"_a.noconvert());
  module.def("bake_triangles", &Bake, "picture"_a.noconvert(),
             "corners"_a.noconvert(), "adjustments"_a.noconvert(),
             "shifts"_a.noconvert(), "page"_a.noconvert(),
             "coverage"_a.noconvert(), "stop"_a.none());
}

}  // namespace sense
