#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cmath>

#include "native/bindings.h"
#include "native/clouds/cloud_registration.h"
#include "native/clouds/global_alignment.h"
#include "native/clouds/surfel_cloud.h"
#include "native/stop_flag.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

using Points = nb::ndarray<const double, nb::shape<-1, 3>, nb::c_contig,
                           nb::device::cpu>;
using Pose = nb::ndarray<const double, nb::shape<4, 4>, nb::c_contig,
                         nb::device::cpu>;
using PoseOut =
    nb::ndarray<double, nb::shape<4, 4>, nb::c_contig, nb::device::cpu>;
using InformationOut =
    nb::ndarray<double, nb::shape<6, 6>, nb::c_contig, nb::device::cpu>;
using Middle =
    nb::ndarray<const double, nb::shape<3>, nb::c_contig, nb::device::cpu>;
using RowMajor4 = Eigen::Matrix<double, 4, 4, Eigen::RowMajor>;

SurfelCloud* NewSurfelCloud(const Points& points, double cell_size, int levels,
                            const Middle& origin) {
  if (!(cell_size > 0) || !std::isfinite(cell_size)) {
    throw nb::value_error("cell_size: not positive");
  }
  if (levels < 1 || levels > 12) throw nb::value_error("levels: 1 to 12");
  const Eigen::Vector3d middle(origin(0), origin(1), origin(2));
  if (!middle.allFinite()) throw nb::value_error("origin: not finite");
  nb::gil_scoped_release release;
  return new SurfelCloud(
      SurfelCloud::Of(points.data(), static_cast<int64_t>(points.shape(0)),
                      cell_size, levels, middle));
}

void StorePose(const CloudRegistration& found, PoseOut pose,
               InformationOut information) {
  Eigen::Map<RowMajor4>(pose.data()) = found.target_from_source.matrix();
  Eigen::Map<Eigen::Matrix<double, 6, 6, Eigen::RowMajor>>(
      information.data()) = found.information;
}

nb::tuple Register(const SurfelCloud& source, const SurfelCloud& target,
                   const Pose& start, bool plane, PoseOut pose,
                   InformationOut information, const StopFlag* stop) {
  Eigen::Isometry3d first;
  first.matrix() = Eigen::Map<const RowMajor4>(start.data());
  if (!first.matrix().allFinite()) throw nb::value_error("start: not finite");
  CloudRegistrationOptions options;
  if (plane) options.slip = 0;
  CloudRegistration found;
  {
    nb::gil_scoped_release release;
    found = RegisterClouds(source, target, first, options, stop);
  }
  StorePose(found, pose, information);
  return nb::make_tuple(found.overlap, found.residual, found.converged);
}

nb::tuple Align(const SurfelCloud& source, const SurfelCloud& target,
                bool plane, uint64_t seed, PoseOut pose,
                InformationOut information, const StopFlag* stop) {
  GlobalAlignmentOptions options;
  if (plane) options.refinement.slip = 0;
  options.seed = seed;
  GlobalAlignment found;
  {
    nb::gil_scoped_release release;
    found = AlignGlobally(source, target, options, stop);
  }
  StorePose(found.best, pose, information);
  return nb::make_tuple(found.best.overlap, found.best.residual,
                        found.best.converged, found.runner_up, found.pairs,
                        found.guesses);
}

}  // namespace

void BindClouds(nb::module_& module) {
  nb::class_<SurfelCloud>(module, "SurfelCloud")
      .def(nb::new_(&NewSurfelCloud), "points"_a, "cell_size"_a, "levels"_a,
           "origin"_a)
      .def_prop_ro("surfels", [](const SurfelCloud& cloud) {
        return cloud.level(0).grid.size();
      });
  module.def("register_clouds", &Register, "source"_a, "target"_a, "start"_a,
             "plane"_a, "pose"_a.noconvert(), "information"_a.noconvert(),
             "stop"_a.none());
  module.def("align_clouds", &Align, "source"_a, "target"_a, "plane"_a,
             "seed"_a, "pose"_a.noconvert(), "information"_a.noconvert(),
             "stop"_a.none());
}

}  // namespace sense
