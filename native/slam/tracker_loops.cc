// The part of the tracker that notices when the camera comes back.
#include <algorithm>
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
constexpr int kMostAdjusted = 250;
// Of a step between neighbouring keyframes: radians, and a share of the depth.
constexpr double kStepTurn = 0.002, kStepShare = 0.004;

PoseGraphEdge<Pose3> EdgeOf(int from, int to, const Pose3& to_from_from,
                            double depth) {
  PoseGraphEdge<Pose3> edge;
  edge.from = from;
  edge.to = to;
  edge.to_from_from = to_from_from;
  edge.root.diagonal().head<3>().setConstant(1 / kStepTurn);
  edge.root.diagonal().tail<3>().setConstant(1 / (kStepShare * depth));
  return edge;
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
  if (!frame_.stereo() && !frame_.rgbd()) return;  // The scale drifts, too.
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
  BendTo(place.keyframe, pose);
  AddSeenAgain(seen);
  ++loops_;
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
  return apart < kMostDrift * (way + scene_depth()) &&
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

// Shares the gap out over the way; points go with the keyframe that found them.
void Tracker::BendTo(int keyframe, const Pose3& pose) {
  const double depth = scene_depth();
  const int last = static_cast<int>(map_.keyframes.size()) - 1;
  PoseGraph<Pose3> graph;
  for (const Keyframe& each : map_.keyframes) {
    graph.nodes.push_back(each.camera_from_world);
  }
  const std::vector<Pose3> before = graph.nodes;
  for (int f = 0; f < last; ++f) {
    for (int next : {f + 1, f + 3}) {
      if (next > last) continue;
      graph.edges.push_back(
          EdgeOf(f, next, before[next] * before[f].Inverse(), depth));
    }
  }
  graph.edges.push_back(
      EdgeOf(keyframe, last, pose * before[keyframe].Inverse(), depth));
  graph.edges.back().root *= 10;
  OptimizePoseGraph(&graph);
  for (MapPoint& point : map_.points) {
    if (!point.known) continue;
    point.position = graph.nodes[point.reference].Inverse() *
                     (before[point.reference] * point.position);
  }
  for (int f = 0; f <= last; ++f) {
    map_.keyframes[f].camera_from_world = graph.nodes[f];
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
  if (last < kMostAdjusted) {
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
