// The part of the tracker that notices when the camera comes back.
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "native/slam/bundle_adjustment.h"
#include "native/slam/pose_graph.h"
#include "native/slam/pose_refinement.h"
#include "native/slam/tracker.h"

namespace sense::slam {
namespace {

// Keyframes between two searches, between now and what counts as long ago, and
// how many are searched.
constexpr int kEvery = 4, kLongAgo = 12, kMostCandidates = 60;
constexpr int kFewestInliers = 35;
constexpr double kInlierShare = 0.6;
// The way drifts by less than this share of itself; what lies further off looks
// alike and is another place.
constexpr double kMostDrift = 0.05, kMostTurn = 0.35;
// With one camera the scale drifts, too: of the way, and of itself.
constexpr double kMostScaledDrift = 0.25, kMostGrowth = 2;
constexpr int kMostAdjusted = 250;
// Of a step between neighbouring keyframes: radians, and a share of the depth.
constexpr double kStepTurn = 0.002, kStepShare = 0.004;
// Of the scale from one keyframe to the next.
constexpr double kStepGrowth = 0.004;
// An old and a new point that are shown this near each other are one corner.
constexpr double kSameCornerPx = 3;
constexpr size_t kFewestPairs = 12;
// Spread of their depths' ratio, beyond which it tells nothing.
constexpr double kMostSpread = 0.15;

template <class Pose>
PoseGraphEdge<Pose> EdgeOf(int from, int to, const Pose& to_from_from,
                           double depth) {
  PoseGraphEdge<Pose> edge;
  edge.from = from;
  edge.to = to;
  edge.to_from_from = to_from_from;
  edge.root.diagonal().setConstant(1 / kStepGrowth);
  edge.root.diagonal().template head<3>().setConstant(1 / kStepTurn);
  edge.root.diagonal().template segment<3>(3).setConstant(
      1 / (kStepShare * depth));
  return edge;
}

// Shares the gap between the last pose and where it was found out over the way.
template <class Pose>
std::vector<Pose> Bent(const std::vector<Pose>& before, int keyframe,
                       const Pose& found, double depth) {
  const int last = static_cast<int>(before.size()) - 1;
  PoseGraph<Pose> graph;
  graph.nodes = before;
  for (int f = 0; f < last; ++f) {
    for (int next : {f + 1, f + 3}) {
      if (next > last) continue;
      graph.edges.push_back(
          EdgeOf<Pose>(f, next, before[next] * before[f].Inverse(), depth));
    }
  }
  graph.edges.push_back(
      EdgeOf<Pose>(keyframe, last, found * before[keyframe].Inverse(), depth));
  graph.edges.back().root *= 10;
  OptimizePoseGraph(&graph);
  return graph.nodes;
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

// Keyframes that were left long ago and share nothing with what is seen now.
std::vector<int> Tracker::LongAgo() const {
  const int last = static_cast<int>(map_.keyframes.size()) - 1;
  std::vector<char> near(map_.keyframes.size(), 0);
  for (const Track& track : tracks_) {
    for (int keyframe : map_.points[track.point].keyframes) near[keyframe] = 1;
  }
  std::vector<int> all;
  for (int f = 0; f + kLongAgo < last; ++f) {
    const int end = std::min(last, f + kLongAgo);
    if (std::none_of(near.begin() + f, near.begin() + end,
                     [](char one) { return one != 0; })) {
      all.push_back(f);
    }
  }
  const size_t step = all.size() / kMostCandidates + 1;
  std::vector<int> some;
  for (size_t i = 0; i < all.size(); i += step) some.push_back(all[i]);
  return some;
}

void Tracker::CloseLoop() {
  const int last = static_cast<int>(map_.keyframes.size()) - 1;
  if (last - last_search_ < kEvery) return;
  last_search_ = last;
  const std::vector<int> candidates = LongAgo();
  if (candidates.empty()) return;
  const FoundPlace place =
      FindPlace(frame_.left, camera_, map_, appearances_, candidates);
  if (!place.found || !IsPlausible(place)) return;
  std::vector<Track> seen;
  Pose3 pose = place.camera_from_world;
  if (!SeesAgain(place.keyframe, &pose, &seen)) return;
  double growth = 1;
  if (!metric() && !GrowthSince(pose, seen, &growth)) return;
  BendTo(place.keyframe, pose, growth);
  AddSeenAgain(seen);
  ++loops_;
  loop_keyframe_ = last;
}

bool Tracker::IsPlausible(const FoundPlace& place) const {
  double way = 0;
  for (size_t f = place.keyframe + 1; f < map_.keyframes.size(); ++f) {
    way += (map_.keyframes[f].camera_from_world.Centre() -
            map_.keyframes[f - 1].camera_from_world.Centre())
               .norm();
  }
  const Pose3 drift = place.camera_from_world * pose_.Inverse();
  const double apart =
      (place.camera_from_world.Centre() - pose_.Centre()).norm();
  const double most = metric() ? kMostDrift : kMostScaledDrift;
  return apart < most * (way + scene_depth()) &&
         RotationLog(drift.rotation).norm() < kMostTurn;
}

// Whether the points of an old keyframe and its neighbours are where they should
// be in the picture.
bool Tracker::SeesAgain(int keyframe, Pose3* pose,
                        std::vector<Track>* seen) const {
  std::vector<char> tried(map_.points.size(), 0);
  std::vector<PoseObservation> observations;
  const int last = static_cast<int>(map_.keyframes.size()) - 1;
  for (int f = std::max(0, keyframe - 2); f <= std::min(last - 1, keyframe + 2);
       ++f) {
    for (const KeyframeFeature& feature : map_.keyframes[f].features) {
      const MapPoint& point = map_.points[feature.point];
      if (!point.known || point.bad || tried[feature.point]) continue;
      tried[feature.point] = 1;
      Track track;
      track.point = feature.point;
      track.misses = -1;
      if (!AlignPoint(feature.point, *pose, &track)) continue;
      track.misses = 0;
      MeasureThird(frame_, camera_, track.level,
                   (*pose * point.position).z(), &track.seen);
      track.seen.right_u -= right_offset_.pixels;
      seen->push_back(track);
      observations.push_back({point.position, track.seen});
    }
  }
  if (static_cast<int>(seen->size()) < kFewestInliers) return false;
  const RefinedPose refined = RefinePose({camera_}, observations, *pose);
  if (refined.inliers < kFewestInliers ||
      refined.inliers < kInlierShare * seen->size()) {
    return false;
  }
  *pose = refined.body_from_world;
  size_t count = 0;
  for (size_t i = 0; i < seen->size(); ++i) {
    if (!refined.outlier[i]) (*seen)[count++] = (*seen)[i];
  }
  seen->resize(count);
  return true;
}

// How much larger the scene was mapped when it was seen first than now, from
// corners that are points of both times.
bool Tracker::GrowthSince(const Pose3& pose, const std::vector<Track>& seen,
                          double* growth) const {
  std::vector<double> ratios;
  for (const Track& old : seen) {
    double nearest = kSameCornerPx * std::ldexp(1.0, old.level), depth = 0;
    for (const Track& track : tracks_) {
      const MapPoint& point = map_.points[track.point];
      const double apart = std::hypot(track.seen.u - old.seen.u,
                                      track.seen.v - old.seen.v);
      if (!point.known || !track.inlier || apart > nearest) continue;
      nearest = apart;
      depth = (pose_ * point.position).z();
    }
    const double before = (pose * map_.points[old.point].position).z();
    if (depth > 0 && before > 0) ratios.push_back(std::log(before / depth));
  }
  if (ratios.size() < kFewestPairs) return false;
  const double middle = Median(ratios);
  for (double& ratio : ratios) ratio = std::abs(ratio - middle);
  *growth = std::exp(middle);
  return Median(std::move(ratios)) < kMostSpread &&
         std::abs(middle) < std::log(kMostGrowth);
}

// Points go with the keyframe that found them.
void Tracker::BendTo(int keyframe, const Pose3& pose, double growth) {
  const double depth = scene_depth();
  std::vector<Pose3> before;
  for (const Keyframe& each : map_.keyframes) {
    before.push_back(each.camera_from_world);
  }
  std::vector<Similarity3> after;
  if (metric()) {
    for (const Pose3& node : Bent(before, keyframe, pose, depth)) {
      after.emplace_back(node);
    }
  } else {
    const std::vector<Similarity3> nodes(before.begin(), before.end());
    const Similarity3 found(1 / growth, pose.rotation, pose.translation / growth);
    after = Bent(nodes, keyframe, found, depth);
  }
  for (MapPoint& point : map_.points) {
    if (!point.known) continue;
    point.position = after[point.reference].Inverse() *
                     (before[point.reference] * point.position);
  }
  for (size_t f = 0; f < after.size(); ++f) {
    motions_[f].velocity = after[f].rotation.transpose() *
                           (before[f].rotation * motions_[f].velocity);
    map_.keyframes[f].camera_from_world = after[f].SameRays();
  }
}

void Tracker::AddSeenAgain(const std::vector<Track>& seen) {
  const int last = static_cast<int>(map_.keyframes.size()) - 1;
  std::vector<KeyframeFeature>& features = map_.keyframes[last].features;
  for (const Track& track : seen) {
    MapPoint& point = map_.points[track.point];
    if (point.keyframes.back() == last) continue;
    point.keyframes.push_back(last);
    features.push_back({track.point, track.level, track.seen});
    tracks_.push_back(track);
  }
  std::sort(features.begin(), features.end(),
            [](const KeyframeFeature& a, const KeyframeFeature& b) {
              return a.point < b.point;
            });
  if (last < kMostAdjusted && inertial_) {
    AdjustAllInertial(10, 1, nullptr);
  } else if (last < kMostAdjusted) {
    std::vector<int> free(last + 1), keyframes, points;
    for (int f = 0; f <= last; ++f) free[f] = f;
    BundleProblem problem = ProblemOf(free, &keyframes, &points);
    problem.pose_fixed[0] = 1;
    BundleOptions options;
    options.most_iterations = 10;
    AdjustBundle(&problem, options);
    Accept(problem, keyframes, points);
  }
  pose_ = map_.keyframes[last].camera_from_world;
}

}  // namespace sense::slam
