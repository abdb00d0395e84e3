#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cmath>
#include <vector>

#include "native/bindings.h"
#include "native/owned_array.h"
#include "native/slam/absolute_pose.h"
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
  if (!pose.found) return nb::none();
  return nb::make_tuple(OwnedArray<3>(RowsOf(pose.place.rotation)),
                        OwnedArray(RowsOf(pose.place.translation)),
                        OwnedArray(std::move(pose.is_inlier)), pose.spread,
                        OwnedArray<6>(RowsOf(pose.covariance)));
}

}  // namespace

void BindLocalisation(nb::module_& module) {
  module.def("find_absolute_pose", &FindPose, "points"_a, "rays"_a, "sigmas"_a,
             "weights"_a, "largest_sigmas"_a, "most_samples"_a, "seed"_a,
             "stop"_a.none() = nb::none());
}

}  // namespace sense
