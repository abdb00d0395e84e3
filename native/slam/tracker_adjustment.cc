// The part of the tracker that fits keyframes and points to what was seen.
#include <algorithm>

#include "native/slam/bundle_adjustment.h"
#include "native/slam/pose_refinement.h"
#include "native/slam/tracker.h"

namespace sense::slam {

// The free keyframes, those that see the same points, and these points.
BundleProblem Tracker::ProblemOf(const std::vector<int>& free,
                                 std::vector<int>* keyframes,
                                 std::vector<int>* points) const {
  BundleProblem problem;
  problem.cameras = {camera_};
  std::vector<int> point_slot(map_.points.size(), -1);
  std::vector<int> frame_slot(map_.keyframes.size(), -1);
  const auto add_frame = [&](int keyframe, bool fixed) {
    if (frame_slot[keyframe] >= 0) return;
    frame_slot[keyframe] = static_cast<int>(keyframes->size());
    keyframes->push_back(keyframe);
    problem.body_from_world.push_back(map_.keyframes[keyframe].camera_from_world);
    problem.pose_fixed.push_back(fixed);
  };
  for (int keyframe : free) add_frame(keyframe, false);
  for (int keyframe : free) {
    for (const KeyframeFeature& feature : map_.keyframes[keyframe].features) {
      const MapPoint& point = map_.points[feature.point];
      if (!point.known || point.bad || point_slot[feature.point] >= 0) continue;
      if (point.keyframes.size() < 2 && !feature.seen.has_third()) continue;
      point_slot[feature.point] = static_cast<int>(points->size());
      points->push_back(feature.point);
      problem.points.push_back(point.position);
      for (int other : point.keyframes) add_frame(other, true);
    }
  }
  for (size_t f = 0; f < keyframes->size(); ++f) {
    for (const auto& feature : map_.keyframes[(*keyframes)[f]].features) {
      const int slot = point_slot[feature.point];
      if (slot < 0) continue;
      problem.observations.push_back(
          {static_cast<int>(f), slot, 0, feature.seen});
    }
  }
  return problem;
}

void Tracker::Accept(const BundleProblem& problem,
                     const std::vector<int>& keyframes,
                     const std::vector<int>& points) {
  for (size_t f = 0; f < keyframes.size(); ++f) {
    map_.keyframes[keyframes[f]].camera_from_world = problem.body_from_world[f];
  }
  for (size_t p = 0; p < points.size(); ++p) {
    map_.points[points[p]].position = problem.points[p];
  }
}

void Tracker::AdjustWindow() {
  if (inertial_) {
    AdjustInertialWindow();
    return;
  }
  std::vector<int> free = LocalKeyframes();
  const int last = static_cast<int>(map_.keyframes.size()) - 1;
  if (std::find(free.begin(), free.end(), last) == free.end()) {
    free.push_back(last);
  }
  std::vector<int> keyframes, points;
  BundleProblem problem = ProblemOf(free, &keyframes, &points);
  // The beginning of the map is the frame of the world; one camera needs a
  // second pose for the scale.
  for (size_t f = 0; f < keyframes.size(); ++f) {
    if (keyframes[f] < (metric() ? 1 : 2)) problem.pose_fixed[f] = 1;
  }
  BundleOptions options;
  options.most_iterations = options_.window_iterations;
  const BundleReport report = AdjustBundle(&problem, options);
  Accept(problem, keyframes, points);
  pose_ = map_.keyframes.back().camera_from_world;
  // What does not fit where it was seen last is no longer followed.
  std::vector<char> outlier(map_.points.size(), 0);
  for (size_t i = 0; i < problem.observations.size(); ++i) {
    const BundleObservation& o = problem.observations[i];
    if (report.chi_square[i] > 3 * ChiSquareBound(o.seen)) {
      outlier[points[o.point]] = 1;
    }
  }
  for (size_t p = 0; p < outlier.size(); ++p) {
    if (outlier[p]) map_.points[p].bad = true;
  }
}

void Tracker::FitRecord(FrameRecord* record) const {
  std::vector<PoseObservation> seen;
  for (const FrameMeasurement& each : record->seen) {
    const MapPoint& point = map_.points[each.point];
    if (!point.known || point.bad) continue;
    PoseObservation o;
    o.in_world = point.position;
    o.seen.u = each.u;
    o.seen.v = each.v;
    o.seen.sigma_px = each.sigma_px;
    if (camera_.baseline_m > 0) {
      o.seen.right_u = each.third;
    } else {
      o.seen.depth_m = each.third;
      o.seen.depth_sigma_m = DepthSigma(each.third);
    }
    seen.push_back(o);
  }
  if (seen.size() < static_cast<size_t>(options_.fewest_points)) return;
  // Frames before a monocular start were not placed yet.
  const int keyframe = std::max(record->keyframe, 0);
  const Pose3& base = map_.keyframes[keyframe].camera_from_world;
  const RefinedPose refined =
      RefinePose({camera_}, seen, record->camera_from_keyframe * base);
  if (refined.inliers < options_.fewest_points) return;
  record->keyframe = keyframe;
  record->camera_from_keyframe = refined.body_from_world * base.Inverse();
}

BundleReport Tracker::AdjustAll(int iterations, const StopFlag* stop) {
  CalibrateRight();
  const BundleReport report = inertial_
                                  ? AdjustAllInertial(iterations, 2, stop)
                                  : AdjustAllSeen(iterations, stop);
  if (!Stopped(stop)) CheckFocalLength();
  for (FrameRecord& record : records_) {
    if (Stopped(stop)) break;
    if (record.coasted) {
      PlaceCoasted(&record);
    } else {
      FitRecord(&record);
    }
  }
  return report;
}

BundleReport Tracker::AdjustAllSeen(int iterations, const StopFlag* stop) {
  std::vector<int> free, keyframes, points;
  for (size_t f = 0; f < map_.keyframes.size(); ++f) {
    free.push_back(static_cast<int>(f));
  }
  BundleProblem problem = ProblemOf(free, &keyframes, &points);
  if (problem.body_from_world.empty()) return {};
  problem.pose_fixed[0] = 1;
  BundleOptions options;
  options.most_iterations = iterations;
  options.rounds = 2;
  options.stop = stop;
  BundleReport report = AdjustBundle(&problem, options);
  Accept(problem, keyframes, points);
  return report;
}

}  // namespace sense::slam
