// The part of the tracker that asks the map whether the cameras are as their
// calibration says. The cost of a map is nearly a parabola of what is asked, in
// squared sigmas: its least place is the answer, its curve how certain it is.
#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <limits>

#include "native/slam/bundle_adjustment.h"
#include "native/slam/tracker.h"

namespace sense::slam {
namespace {

// Keyframes that say enough about the cameras themselves.
constexpr int kCalibrated = 60;
constexpr int kFewestForCalibration = 8;
constexpr double kMostOffsetPx = 2;
// Steps by which the offset and the focal length are changed to see what that
// costs.
constexpr double kOffsetStep = 0.2, kFocalStep = 0.01;
constexpr int kMostRounds = 6;

double CostAt(const BundleProblem& problem, double offset_px, double focal) {
  BundleProblem shifted = problem;
  for (BundleObservation& o : shifted.observations) o.seen.right_u -= offset_px;
  Lens lens = problem.cameras[0].lens.lens();
  lens.fx *= 1 + focal;
  lens.fy *= 1 + focal;
  if (focal != 0) shifted.cameras[0].lens = LensProjection(lens);
  BundleOptions options;
  options.most_iterations = focal == 0 ? 12 : 30;
  options.tolerance = 1e-6;
  return AdjustBundle(&shifted, options).cost_after;
}

// The columns by which the right picture is shifted against what the
// calibration says: motion past near and far points shows it.
RightOffset OffsetOf(const BundleProblem& problem) {
  RightOffset found;
  double middle = 0, reach = 0.3;
  double cost = CostAt(problem, middle, 0);
  for (int round = 0; round < 3; ++round, reach *= 0.5) {
    const double below = CostAt(problem, middle - reach, 0);
    const double above = CostAt(problem, middle + reach, 0);
    const double curve = (below - 2 * cost + above) / (reach * reach);
    if (!(curve > 0)) return {};
    const double slope = (above - below) / (2 * reach);
    const double step = std::clamp(-slope / curve, -2 * reach, 2 * reach);
    found.sigma_px = std::sqrt(2 / curve);
    if (std::abs(step) < 0.1 * reach) {
      middle += step;
      break;
    }
    middle += step;
    cost = CostAt(problem, middle, 0);
  }
  found.pixels = middle;
  return found;
}

// Beside an offset that may be what it will: a wrong focal length stretches the
// map along the view, which a turn of the camera contradicts.
FocalCheck FocalOf(const BundleProblem& problem) {
  FocalCheck found;
  const double a = kOffsetStep, b = kFocalStep;
  for (int round = 0; round < kMostRounds; ++round) {
    const double f = found.longer;
    const auto cost = [&](double offset, double focal) {
      return CostAt(problem, offset, f + focal);
    };
    const double here = cost(0, 0);
    const double by_a[2] = {cost(-a, 0), cost(a, 0)};
    const double by_b[2] = {cost(0, -b), cost(0, b)};
    const double both = (cost(a, b) - by_a[1] - by_b[1] + here) / (a * b);
    Eigen::Matrix2d curve;
    curve << (by_a[0] - 2 * here + by_a[1]) / (a * a), both, both,
        (by_b[0] - 2 * here + by_b[1]) / (b * b);
    const Eigen::Vector2d slope((by_a[1] - by_a[0]) / (2 * a),
                                (by_b[1] - by_b[0]) / (2 * b));
    if (!(curve(0, 0) > 0) || !(curve.determinant() > 0)) return {};
    const Eigen::Matrix2d inverse = curve.inverse();
    const double step = -(inverse * slope)[1];
    found.sigma = std::sqrt(2 * inverse(1, 1));
    found.longer += std::clamp(step, -3 * b, 3 * b);
    if (std::abs(step) < 3 * b) break;
  }
  return found;
}

}  // namespace

// Only what is beyond doubt is corrected: 2 px of a calibration are another
// camera's, and what is within a few sigmas may be chance.
void Tracker::CalibrateRight() {
  const int count = static_cast<int>(map_.keyframes.size());
  if (camera_.baseline_m <= 0 || count < kFewestForCalibration) return;
  std::vector<int> free, keyframes, points;
  for (int f = 0; f < std::min(count, kCalibrated); ++f) free.push_back(f);
  BundleProblem problem = ProblemOf(free, &keyframes, &points);
  problem.pose_fixed[0] = 1;
  const RightOffset found = OffsetOf(problem);
  if (!(std::abs(found.pixels) > 6 * found.sigma_px)) return;
  if (std::abs(found.pixels) > kMostOffsetPx) return;
  const double shift = found.pixels;
  right_offset_.pixels += shift;
  right_offset_.sigma_px = found.sigma_px;
  for (Keyframe& keyframe : map_.keyframes) {
    for (KeyframeFeature& feature : keyframe.features) {
      feature.seen.right_u -= shift;
    }
  }
  for (FrameRecord& record : records_) {
    for (FrameMeasurement& each : record.seen) {
      each.third -= static_cast<float>(shift);
    }
  }
}

// Looks at the keyframes in a row among which the camera turns most.
void Tracker::CheckFocalLength() {
  const int count = static_cast<int>(map_.keyframes.size());
  if (camera_.baseline_m <= 0 || count < kFewestForCalibration) return;
  const int length = std::min(count, kCalibrated / 2);
  std::vector<double> turned(count, 0);
  for (int f = 1; f < count; ++f) {
    const Pose3& before = map_.keyframes[f - 1].camera_from_world;
    const Pose3& here = map_.keyframes[f].camera_from_world;
    turned[f] = turned[f - 1] +
                RotationLog(here.rotation * before.rotation.transpose()).norm();
  }
  int first = 0;
  for (int f = 0; f + length <= count; ++f) {
    if (turned[f + length - 1] - turned[f] >
        turned[first + length - 1] - turned[first]) {
      first = f;
    }
  }
  std::vector<int> free, keyframes, points;
  for (int f = first; f < first + length; ++f) free.push_back(f);
  BundleProblem problem = ProblemOf(free, &keyframes, &points);
  // Their neighbours lie where they do by the calibration that is asked about.
  std::fill(problem.pose_fixed.begin(), problem.pose_fixed.end(), 0);
  problem.pose_fixed[0] = 1;
  focal_check_ = FocalOf(problem);
}

}  // namespace sense::slam
