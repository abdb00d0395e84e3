// The part of the tracker that makes keyframes and points.
#include <algorithm>
#include <cmath>
#include <limits>

#include "native/slam/pose_refinement.h"
#include "native/slam/tracker.h"

namespace sense::slam {
namespace {

constexpr double kPi = 3.14159265358979323846;
// Of points far away the direction is known and little else.
constexpr double kFarthestBaselines = 400;

double AngleDeg(const Eigen::Vector3d& a, const Eigen::Vector3d& b) {
  const double cosine = a.dot(b) / (a.norm() * b.norm());
  return std::acos(std::clamp(cosine, -1.0, 1.0)) * 180 / kPi;
}

// The middle of the shortest line between two rays.
bool MiddlePoint(const Pose3& first, const Eigen::Vector3d& first_ray,
                 const Pose3& second, const Eigen::Vector3d& second_ray,
                 Eigen::Vector3d* point) {
  const Eigen::Vector3d a = first.rotation.transpose() * first_ray;
  const Eigen::Vector3d b = second.rotation.transpose() * second_ray;
  const Eigen::Vector3d between = second.Centre() - first.Centre();
  const double aa = a.dot(a), bb = b.dot(b), ab = a.dot(b);
  const double determinant = aa * bb - ab * ab;
  if (!(determinant > 1e-12 * aa * bb)) return false;
  const double s = (bb * a.dot(between) - ab * b.dot(between)) / determinant;
  const double t = (ab * a.dot(between) - aa * b.dot(between)) / determinant;
  if (!(s > 0) || !(t > 0)) return false;
  *point = 0.5 * (first.Centre() + s * a + second.Centre() + t * b);
  return true;
}

}  // namespace

bool Tracker::WantsKeyframe() const {
  if (inliers_ < options_.keyframe_share * keyframe_inliers_) return true;
  const int last = static_cast<int>(map_.keyframes.size()) - 1;
  double motion = 0;
  int shared = 0;
  for (const Track& track : tracks_) {
    if (!track.inlier) continue;
    const KeyframeFeature* feature = FeatureOf(last, track.point);
    if (!feature) continue;
    motion += std::hypot(feature->seen.u - track.seen.u,
                         feature->seen.v - track.seen.v);
    ++shared;
  }
  return shared == 0 ||
         motion / shared > options_.keyframe_motion * frame_.left.width();
}

const KeyframeFeature* Tracker::FeatureOf(int keyframe, int point) const {
  const auto& features = map_.keyframes[keyframe].features;
  const auto at = std::lower_bound(
      features.begin(), features.end(), point,
      [](const KeyframeFeature& f, int number) { return f.point < number; });
  return at != features.end() && at->point == point ? &*at : nullptr;
}

void Tracker::AddKeyframe() {
  const int number = static_cast<int>(map_.keyframes.size());
  Keyframe keyframe;
  keyframe.frame = frame_.index;
  keyframe.time_s = frame_.time_s;
  keyframe.camera_from_world = pose_;
  for (const Track& track : tracks_) {
    if (!track.inlier) continue;
    keyframe.features.push_back({track.point, track.level, track.seen});
    map_.points[track.point].keyframes.push_back(number);
  }
  map_.keyframes.push_back(std::move(keyframe));
  auto& features = map_.keyframes.back().features;
  std::sort(features.begin(), features.end(),
            [](const KeyframeFeature& a, const KeyframeFeature& b) {
              return a.point < b.point;
            });
  if (number > 0) TriangulateWaiting();
  AddCorners(number);
  if (number > 0 && state_ == TrackingState::kTracking) {
    AdjustWindow();
    Cull();
  }
  keyframe_inliers_ = 0;
  for (const Track& track : tracks_) {
    keyframe_inliers_ += track.inlier && map_.points[track.point].known;
  }
}

void Tracker::AddCorners(int keyframe) {
  std::vector<Eigen::Vector2d> occupied;
  for (const Track& track : tracks_) {
    if (track.inlier) occupied.emplace_back(track.seen.u, track.seen.v);
  }
  for (const Corner& corner :
       DetectCorners(frame_.left, options_.corners, occupied)) {
    AddPoint(corner, keyframe);
  }
}

void Tracker::AddPoint(const Corner& corner, int keyframe) {
  MapPoint point;
  const ImageLevel& image = frame_.left.level(corner.level);
  if (!point.patch.Cut(image, ToLevel(corner.pixel, corner.level))) return;
  point.reference = keyframe;
  point.pixel = corner.pixel;
  point.level = corner.level;
  point.keyframes.push_back(keyframe);
  Track track;
  track.point = static_cast<int>(map_.points.size());
  track.level = corner.level;
  track.seen.u = corner.pixel.x();
  track.seen.v = corner.pixel.y();
  track.seen.sigma_px = 0.5 * std::ldexp(1.0, corner.level);
  MeasureThird(frame_, camera_, corner.level, 0, &track.seen);
  const double depth = DepthOf(camera_, track.seen);
  const bool near = camera_.baseline_m <= 0 ||
                    depth < kFarthestBaselines * camera_.baseline_m;
  if (depth > 0 && near) {
    point.known = true;
    point.position =
        pose_.Inverse() *
        (depth * camera_.lens.Ray(corner.pixel.x(), corner.pixel.y()));
  }
  map_.points.push_back(point);
  // The numbers of points rise: the features stay sorted.
  map_.keyframes[keyframe].features.push_back(
      {track.point, track.level, track.seen});
  tracks_.push_back(track);
}

void Tracker::TriangulateWaiting() {
  for (const Track& track : tracks_) {
    MapPoint& point = map_.points[track.point];
    if (track.inlier && !point.known && Triangulate(&point)) point.known = true;
  }
}

bool Tracker::Triangulate(MapPoint* point) const {
  const int number = static_cast<int>(point - map_.points.data());
  const int last = point->keyframes.back();
  const KeyframeFeature* here = FeatureOf(last, number);
  const KeyframeFeature* there = FeatureOf(point->reference, number);
  if (!here || !there || last == point->reference) return false;
  const Pose3& first = map_.keyframes[point->reference].camera_from_world;
  const Pose3& second = map_.keyframes[last].camera_from_world;
  const Eigen::Vector3d first_ray = camera_.lens.Ray(there->seen.u, there->seen.v);
  const Eigen::Vector3d second_ray = camera_.lens.Ray(here->seen.u, here->seen.v);
  Eigen::Vector3d position;
  if (!MiddlePoint(first, first_ray, second, second_ray, &position)) return false;
  const double parallax =
      AngleDeg(position - first.Centre(), position - second.Centre());
  if (parallax < options_.least_parallax_deg) return false;
  for (int keyframe : point->keyframes) {
    const KeyframeFeature* feature = FeatureOf(keyframe, number);
    WhitenedResidual residual;
    if (!feature ||
        !Residual(camera_, feature->seen,
                  map_.keyframes[keyframe].camera_from_world * position,
                  &residual) ||
        residual.value.head<2>().squaredNorm() > 4 * kChiSquare2) {
      return false;
    }
  }
  point->position = position;
  return true;
}

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
  std::vector<int> free = LocalKeyframes();
  const int last = static_cast<int>(map_.keyframes.size()) - 1;
  if (std::find(free.begin(), free.end(), last) == free.end()) {
    free.push_back(last);
  }
  std::vector<int> keyframes, points;
  BundleProblem problem = ProblemOf(free, &keyframes, &points);
  // The beginning of the map is the frame of the world; one camera needs a
  // second pose for the scale.
  const bool metric = frame_.stereo() || frame_.rgbd();
  for (size_t f = 0; f < keyframes.size(); ++f) {
    if (keyframes[f] < (metric ? 1 : 2)) problem.pose_fixed[f] = 1;
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

void Tracker::Cull() {
  size_t count = 0;
  for (const Track& track : tracks_) {
    MapPoint& point = map_.points[track.point];
    if (point.visible > 8 && point.found < 0.3 * point.visible) point.bad = true;
    if (!track.inlier || point.bad) continue;
    tracks_[count++] = track;
  }
  tracks_.resize(count);
}

std::vector<std::pair<Eigen::Vector2d, Eigen::Vector2d>> Tracker::StartPairs()
    const {
  std::vector<std::pair<Eigen::Vector2d, Eigen::Vector2d>> pairs;
  if (state_ != TrackingState::kStarting) return pairs;
  for (const Track& track : tracks_) {
    pairs.emplace_back(map_.points[track.point].pixel,
                       Eigen::Vector2d(track.seen.u, track.seen.v));
  }
  return pairs;
}

bool Tracker::StartWith(const Pose3& last_from_first) {
  if (state_ != TrackingState::kStarting || map_.keyframes.size() != 1) {
    return false;
  }
  // The pictures of the last frame have moved to `last_`.
  std::swap(frame_, last_);
  state_ = TrackingState::kTracking;
  pose_ = last_from_first;
  AddKeyframe();
  int known = 0;
  std::vector<double> depths;
  for (const Track& track : tracks_) {
    const MapPoint& point = map_.points[track.point];
    if (!point.known) continue;
    ++known;
    depths.push_back(point.position.z());
  }
  const bool enough = known >= 2 * options_.fewest_points;
  if (!enough) {
    state_ = TrackingState::kStarting;
    map_.keyframes.clear();
    tracks_.clear();
    map_ = SlamMap();
    records_.clear();
  }
  last_pose_ = pose_;
  motion_ = Pose3();
  if (enough) {
    const int frames = frame_.index - map_.keyframes.front().frame;
    motion_ = Pose3::Exp(pose_.Log() / std::max(1, frames));
    records_.back().keyframe = 1;
    records_.back().camera_from_keyframe = Pose3();
    inliers_ = known;
  }
  std::swap(frame_, last_);
  return enough;
}

BundleReport Tracker::AdjustAll(int iterations, const StopFlag* stop) {
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
  const BundleReport report = AdjustBundle(&problem, options);
  Accept(problem, keyframes, points);
  for (FrameRecord& record : records_) {
    if (Stopped(stop)) break;
    std::vector<PoseObservation> seen;
    const bool stereo = camera_.baseline_m > 0;
    for (const FrameMeasurement& each : record.seen) {
      const MapPoint& point = map_.points[each.point];
      if (!point.known || point.bad) continue;
      PoseObservation o;
      o.in_world = point.position;
      o.seen.u = each.u;
      o.seen.v = each.v;
      o.seen.sigma_px = each.sigma_px;
      (stereo ? o.seen.right_u : o.seen.depth_m) = each.third;
      o.seen.depth_sigma_m = 0.004 + 0.0028 * each.third * each.third;
      seen.push_back(o);
    }
    if (seen.size() < static_cast<size_t>(options_.fewest_points)) continue;
    if (record.keyframe < 0) record.keyframe = 0;
    const Pose3& base = map_.keyframes[record.keyframe].camera_from_world;
    const RefinedPose refined =
        RefinePose({camera_}, seen, record.camera_from_keyframe * base);
    if (refined.inliers < options_.fewest_points) continue;
    record.camera_from_keyframe = refined.body_from_world * base.Inverse();
  }
  return report;
}

}  // namespace sense::slam
