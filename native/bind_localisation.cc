#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cmath>
#include <vector>

#include "native/bindings.h"
#include "native/owned_array.h"
#include "native/slam/absolute_pose.h"
#include "native/slam/guided_matching.h"
#include "native/stop_flag.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

using Rows =
    nb::ndarray<const double, nb::shape<-1, 3>, nb::c_contig, nb::device::cpu>;
using Numbers =
    nb::ndarray<const double, nb::shape<-1>, nb::c_contig, nb::device::cpu>;

std::vector<SeenPoint> SeenPointsOf(const Rows& points, const Rows& rays,
                                    const Numbers& sigmas,
                                    const Numbers& weights) {
  const size_t count = points.shape(0);
  if (rays.shape(0) != count || sigmas.shape(0) != count ||
      weights.shape(0) != count) {
    throw nb::value_error("points, rays, sigmas, weights: not as many");
  }
  std::vector<SeenPoint> seen(count);
  for (size_t i = 0; i < count; ++i) {
    seen[i] = {{points(i, 0), points(i, 1), points(i, 2)},
               {rays(i, 0), rays(i, 1), rays(i, 2)},
               sigmas(i),
               weights(i)};
    const bool right = std::abs(seen[i].ray.norm() - 1) < 1e-6 &&
                       seen[i].point.allFinite() && seen[i].sigma > 0 &&
                       seen[i].weight > 0 && seen[i].weight <= 1;
    if (!right) throw nb::value_error("points, rays, sigmas, weights");
  }
  return seen;
}

std::vector<double> RowsOf(const Eigen::MatrixXd& matrix) {
  std::vector<double> values;
  for (Eigen::Index row = 0; row < matrix.rows(); ++row) {
    for (Eigen::Index column = 0; column < matrix.cols(); ++column) {
      values.push_back(matrix(row, column));
    }
  }
  return values;
}

nb::object ToldPose(const AbsolutePose& pose) {
  if (!pose.found) return nb::none();
  return nb::make_tuple(OwnedArray<3>(RowsOf(pose.place.rotation)),
                        OwnedArray(RowsOf(pose.place.translation)),
                        OwnedArray(std::vector<uint8_t>(pose.is_inlier)),
                        pose.spread, OwnedArray<6>(RowsOf(pose.covariance)));
}

nb::object FindPose(const Rows& points, const Rows& rays,
                    const Numbers& sigmas, const Numbers& weights,
                    double largest_sigmas, int most_samples, uint64_t seed,
                    const StopFlag* stop) {
  const std::vector<SeenPoint> seen =
      SeenPointsOf(points, rays, sigmas, weights);
  AbsolutePoseOptions options;
  options.largest_sigmas = largest_sigmas;
  options.most_samples = most_samples;
  options.seed = seed;
  AbsolutePose pose;
  {
    nb::gil_scoped_release release;
    pose = FindAbsolutePose(seen, options, stop);
  }
  return ToldPose(pose);
}

using Square = nb::ndarray<const double, nb::shape<3, 3>, nb::c_contig,
                           nb::device::cpu>;
using Three =
    nb::ndarray<const double, nb::shape<3>, nb::c_contig, nb::device::cpu>;

nb::object RefinePose(const Rows& points, const Rows& rays,
                      const Numbers& sigmas, const Numbers& weights,
                      const Square& rotation, const Three& translation,
                      double largest_sigmas) {
  const std::vector<SeenPoint> seen =
      SeenPointsOf(points, rays, sigmas, weights);
  CameraPlace place;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      place.rotation(row, column) = rotation(row, column);
    }
    place.translation[row] = translation(row);
  }
  AbsolutePoseOptions options;
  options.largest_sigmas = largest_sigmas;
  AbsolutePose pose;
  {
    nb::gil_scoped_release release;
    pose = RefineAbsolutePose(seen, place, options);
  }
  return ToldPose(pose);
}

using Places =
    nb::ndarray<const double, nb::shape<-1, 2>, nb::c_contig, nb::device::cpu>;
using Descriptors = nb::ndarray<const uint8_t, nb::shape<-1, kSiftLength>,
                                nb::c_contig, nb::device::cpu>;
using Indices =
    nb::ndarray<const int32_t, nb::shape<-1>, nb::c_contig, nb::device::cpu>;

nb::object Guided(const Places& places, const Descriptors& descriptors,
                  const Places& expected, const Descriptors& looks,
                  const Indices& points, double radius, float least_alike) {
  if (descriptors.shape(0) != places.shape(0) ||
      looks.shape(0) != expected.shape(0) ||
      points.shape(0) != expected.shape(0)) {
    throw nb::value_error("places, descriptors, points: not as many");
  }
  if (!(radius > 0)) throw nb::value_error("radius");
  std::vector<GuidedMatch> matches;
  {
    nb::gil_scoped_release release;
    matches = MatchGuided(
        {places.data(), descriptors.data(), places.shape(0)},
        {expected.data(), looks.data(), expected.shape(0)}, points.data(),
        {radius, least_alike});
  }
  std::vector<int64_t> pairs;
  for (const GuidedMatch& match : matches) {
    pairs.push_back(match.feature);
    pairs.push_back(match.expected);
  }
  return OwnedArray<2>(std::move(pairs));
}

}  // namespace

void BindLocalisation(nb::module_& module) {
  module.def("find_absolute_pose", &FindPose, "points"_a, "rays"_a, "sigmas"_a,
             "weights"_a, "largest_sigmas"_a, "most_samples"_a, "seed"_a,
             "stop"_a.none() = nb::none());
  module.def("refine_absolute_pose", &RefinePose, "points"_a, "rays"_a,
             "sigmas"_a, "weights"_a, "rotation"_a, "translation"_a,
             "largest_sigmas"_a);
  module.def("match_guided", &Guided, "places"_a, "descriptors"_a, "expected"_a,
             "looks"_a, "points"_a, "radius"_a, "least_alike"_a);
}

}  // namespace sense
