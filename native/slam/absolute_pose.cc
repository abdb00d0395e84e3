#include "native/slam/absolute_pose.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <random>

namespace sense {
namespace {

using Eigen::Matrix3d;
using Eigen::Vector2d;
using Eigen::Vector3d;
using Triple = std::array<Vector3d, 3>;
using Quadratic = std::array<double, 3>;
using Quartic = std::array<double, 5>;
using Jacobian = Eigen::Matrix<double, 2, 6>;
using Matrix6 = Eigen::Matrix<double, 6, 6>;
using Vector6 = Eigen::Matrix<double, 6, 1>;

constexpr int kRefinements = 12;

template <size_t kFirst, size_t kSecond>
std::array<double, kFirst + kSecond - 1> Product(
    const std::array<double, kFirst>& a, const std::array<double, kSecond>& b) {
  std::array<double, kFirst + kSecond - 1> product = {};
  for (size_t i = 0; i < kFirst; ++i) {
    for (size_t j = 0; j < kSecond; ++j) product[i + j] += a[i] * b[j];
  }
  return product;
}

double ValueAt(const Quartic& c, double x) {
  return (((c[4] * x + c[3]) * x + c[2]) * x + c[1]) * x + c[0];
}

double SlopeAt(const Quartic& c, double x) {
  return ((4 * c[4] * x + 3 * c[3]) * x + 2 * c[2]) * x + c[1];
}

// The positive real roots, and double ones that rounding made complex.
std::vector<double> PositiveRoots(const Quartic& c) {
  std::vector<double> roots;
  double largest = 0;
  for (const double value : c) largest = std::max(largest, std::abs(value));
  if (!(std::abs(c[4]) > 1e-14 * largest) || !std::isfinite(largest)) {
    return roots;
  }
  Eigen::Matrix4d companion = Eigen::Matrix4d::Zero();
  companion.bottomLeftCorner<3, 3>().setIdentity();
  for (int row = 0; row < 4; ++row) companion(row, 3) = -c[row] / c[4];
  const Eigen::EigenSolver<Eigen::Matrix4d> solver(companion, false);
  for (const std::complex<double>& root : solver.eigenvalues()) {
    if (std::abs(root.imag()) > 1e-3 * std::abs(root)) continue;
    double x = root.real();
    for (int step = 0; step < 2; ++step) {
      const double slope = SlopeAt(c, x);
      if (slope != 0) x -= ValueAt(c, x) / slope;
    }
    if (std::isfinite(x) && x > 0) roots.push_back(x);
  }
  return roots;
}

// Axes of a triangle: its first side, and its normal.
bool TriangleAxes(const Triple& corners, Matrix3d* axes) {
  const Vector3d side = corners[1] - corners[0];
  const Vector3d normal = side.cross(corners[2] - corners[0]);
  const double length = side.norm(), area = normal.norm();
  if (!(area > 1e-9 * length * (corners[2] - corners[0]).norm())) return false;
  axes->col(0) = side / length;
  axes->col(2) = normal / area;
  axes->col(1) = axes->col(2).cross(axes->col(0));
  return true;
}

// Two directions across a ray.
Eigen::Matrix<double, 2, 3> AcrossRay(const Vector3d& ray) {
  Eigen::Matrix<double, 2, 3> across;
  const Vector3d first = ray.unitOrthogonal();
  across.row(0) = first.transpose();
  across.row(1) = ray.cross(first).transpose();
  return across;
}

// Squared distance in sigmas; infinity for what is behind.
double SquaredDistance(const SeenPoint& one, const CameraPlace& place) {
  const Vector3d p = place.rotation * one.point + place.translation;
  const double along = one.ray.dot(p);
  if (!(along > 0)) return std::numeric_limits<double>::infinity();
  const double across = p.squaredNorm() - along * along;
  return std::max(across, 0.0) / (along * along * one.sigma * one.sigma);
}

double Cost(const std::vector<SeenPoint>& seen, const CameraPlace& place,
            double cap) {
  double cost = 0;
  for (const SeenPoint& one : seen) {
    cost += one.weight * std::min(cap, SquaredDistance(one, place));
  }
  return cost;
}

double SupportOf(const std::vector<SeenPoint>& seen, const CameraPlace& place,
                 double cap) {
  double support = 0;
  for (const SeenPoint& one : seen) {
    if (SquaredDistance(one, place) < cap) support += one.weight;
  }
  return support;
}

struct NormalEquations {
  Matrix6 matrix = Matrix6::Zero();
  Vector6 vector = Vector6::Zero();
  double squares = 0;
  double weights = 0;
  int count = 0;
};

// Of the points nearer than the cap, each with Tukey's weight where asked.
NormalEquations EquationsAt(const std::vector<SeenPoint>& seen,
                            const CameraPlace& place, double cap, bool tukey) {
  NormalEquations sums;
  for (const SeenPoint& one : seen) {
    const double square = SquaredDistance(one, place);
    if (!(square < cap)) continue;
    const Vector3d p = place.rotation * one.point + place.translation;
    const Eigen::Matrix<double, 2, 3> across = AcrossRay(one.ray);
    const double along = one.ray.dot(p);
    const Vector2d residual = across * p / (along * one.sigma);
    const Eigen::Matrix<double, 2, 3> by_point =
        (across - (across * p) * one.ray.transpose() / along) /
        (along * one.sigma);
    Matrix3d turned;
    turned << 0, p.z(), -p.y(), -p.z(), 0, p.x(), p.y(), -p.x(), 0;
    Jacobian jacobian;
    jacobian << by_point * turned, by_point;
    const double left = 1 - square / cap;
    const double weight = one.weight * (tukey ? left * left : 1.0);
    sums.matrix += weight * jacobian.transpose() * jacobian;
    sums.vector += weight * jacobian.transpose() * residual;
    sums.squares += one.weight * square;
    sums.weights += one.weight;
    ++sums.count;
  }
  return sums;
}

CameraPlace Moved(const CameraPlace& place, const Vector6& step) {
  const Vector3d turn = step.head<3>();
  const double angle = turn.norm();
  const Matrix3d rotation =
      angle > 0 ? Eigen::AngleAxisd(angle, turn / angle).toRotationMatrix()
                : Matrix3d::Identity();
  const Vector3d shift = step.tail<3>();
  return {rotation * place.rotation, rotation * place.translation + shift};
}

CameraPlace Optimised(const std::vector<SeenPoint>& seen, CameraPlace place,
                      double cap, int steps) {
  for (int step = 0; step < steps; ++step) {
    const NormalEquations sums = EquationsAt(seen, place, cap, true);
    if (sums.count < 4) break;
    const Eigen::LDLT<Matrix6> solver(sums.matrix);
    const Vector6 change = -solver.solve(sums.vector);
    if (!change.allFinite() || change.norm() > 1e3) break;
    place = Moved(place, change);
    if (change.norm() < 1e-9) break;
  }
  return place;
}

// Draws indices; the same everywhere for the same seed.
class Sampler {
 public:
  Sampler(uint64_t seed, size_t count) : engine_(seed), count_(count) {}

  std::array<size_t, 4> FourOfAll() {
    std::array<size_t, 4> drawn = {};
    for (size_t i = 0; i < drawn.size(); ++i) {
      do {
        drawn[i] = static_cast<size_t>(engine_() % count_);
      } while (std::find(drawn.begin(), drawn.begin() + i, drawn[i]) !=
               drawn.begin() + i);
    }
    return drawn;
  }

 private:
  std::mt19937_64 engine_;
  size_t count_;
};

// How many samples show with the wanted confidence that nothing better is
// there; the test by a fourth point needs a right one, too.
double SamplesNeeded(double share, double confidence) {
  const double good = std::pow(std::clamp(share, 0.0, 1.0), 4);
  if (good >= 1) return 1;
  return std::log(1 - confidence) / std::log1p(-std::max(good, 1e-12));
}

void TellCovariance(const std::vector<SeenPoint>& seen, double cap,
                    AbsolutePose* pose) {
  const NormalEquations sums = EquationsAt(seen, pose->place, cap, false);
  if (sums.count < 4 || sums.weights <= 3) return;
  // Two residuals a point, less the six unknowns.
  pose->spread = std::sqrt(sums.squares / (2 * sums.weights - 6));
  const Eigen::LDLT<Matrix6> solver(sums.matrix);
  pose->covariance = std::max(1.0, pose->spread * pose->spread) *
                     solver.solve(Matrix6::Identity());
}

}  // namespace

std::vector<CameraPlace> PlacesOfThreePoints(const Triple& points,
                                             const Triple& rays) {
  std::vector<CameraPlace> places;
  Matrix3d world_axes;
  if (!TriangleAxes(points, &world_axes)) return places;
  const Vector3d middle = (points[0] + points[1] + points[2]) / 3;
  const double a = (points[1] - points[2]).squaredNorm();
  const double b = (points[0] - points[2]).squaredNorm();
  const double c = (points[0] - points[1]).squaredNorm();
  const double c12 = rays[0].dot(rays[1]), c13 = rays[0].dot(rays[2]),
               c23 = rays[1].dot(rays[2]);
  // With depths s, s u and s v: u = numerator / denominator, both of v.
  const Quadratic square = {1, -2 * c13, 1};
  const double difference = (c - a) / b;
  const Quadratic numerator = {1 - difference * square[0],
                               -difference * square[1],
                               -1 - difference * square[2]};
  const std::array<double, 2> denominator = {2 * c12, -2 * c23};
  Quadratic rest;
  for (size_t i = 0; i < 3; ++i) rest[i] = -c / b * square[i];
  rest[0] += 1;
  const Quartic first = Product(numerator, numerator);
  const auto second = Product(numerator, denominator);
  const Quartic third = Product(Product(denominator, denominator), rest);
  Quartic quartic;
  for (size_t i = 0; i < 5; ++i) {
    quartic[i] = first[i] + third[i] - (i < 4 ? 2 * c12 * second[i] : 0.0);
  }
  for (const double v : PositiveRoots(quartic)) {
    const double below = denominator[0] + denominator[1] * v;
    const double u =
        (numerator[0] + (numerator[1] + numerator[2] * v) * v) / below;
    const double depth = std::sqrt(b / (1 + v * (v - 2 * c13)));
    if (!(u > 0) || !std::isfinite(u) || !std::isfinite(depth)) continue;
    const Triple corners = {depth * rays[0], depth * u * rays[1],
                            depth * v * rays[2]};
    Matrix3d camera_axes;
    if (!TriangleAxes(corners, &camera_axes)) continue;
    const Matrix3d rotation = camera_axes * world_axes.transpose();
    places.push_back(
        {rotation,
         (corners[0] + corners[1] + corners[2]) / 3 - rotation * middle});
  }
  return places;
}

AbsolutePose RefineAbsolutePose(const std::vector<SeenPoint>& seen,
                                const CameraPlace& place,
                                const AbsolutePoseOptions& options) {
  const double cap = options.largest_sigmas * options.largest_sigmas;
  AbsolutePose pose;
  pose.place = Optimised(seen, place, cap, kRefinements);
  pose.is_inlier.resize(seen.size());
  for (size_t i = 0; i < seen.size(); ++i) {
    pose.is_inlier[i] = SquaredDistance(seen[i], pose.place) < cap ? 1 : 0;
    if (pose.is_inlier[i]) pose.support += seen[i].weight;
  }
  TellCovariance(seen, cap, &pose);
  pose.found = pose.spread > 0;
  return pose;
}

AbsolutePose FindAbsolutePose(const std::vector<SeenPoint>& seen,
                              const AbsolutePoseOptions& options,
                              const StopFlag* stop) {
  if (seen.size() < 5) return {};
  const double cap = options.largest_sigmas * options.largest_sigmas;
  Sampler sampler(options.seed, seen.size());
  double total = 0;
  for (const SeenPoint& one : seen) total += one.weight;
  double best_cost = cap * total;
  CameraPlace best;
  bool found = false;
  double needed = options.most_samples;
  for (int sample = 0; sample < options.most_samples && sample < needed;
       ++sample) {
    if (Stopped(stop)) return {};
    const std::array<size_t, 4> drawn = sampler.FourOfAll();
    Triple points, rays;
    for (size_t i = 0; i < 3; ++i) {
      points[i] = seen[drawn[i]].point;
      rays[i] = seen[drawn[i]].ray;
    }
    for (const CameraPlace& place : PlacesOfThreePoints(points, rays)) {
      if (SquaredDistance(seen[drawn[3]], place) > 4 * cap) continue;
      if (Cost(seen, place, cap) >= best_cost) continue;
      // Wider first: a place from three points is a little off.
      CameraPlace better = Optimised(seen, place, 4 * cap, 4);
      better = Optimised(seen, better, cap, 4);
      const double raw = Cost(seen, place, cap);
      const double optimised = Cost(seen, better, cap);
      best = optimised <= raw ? better : place;
      best_cost = std::min(raw, optimised);
      found = true;
      needed = SamplesNeeded(SupportOf(seen, best, cap) / total,
                             options.confidence);
    }
  }
  return found ? RefineAbsolutePose(seen, best, options) : AbsolutePose{};
}

}  // namespace sense
