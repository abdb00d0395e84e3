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
// Seconds between keyframes until inertial readings take part.
constexpr double kMostStartStep = 0.35;
// Of what is seen, that an old keyframe must have seen to stand for a new one.
constexpr double kKnownShare = 0.5;
// Keyframes after a loop was closed that see both of its ends.
constexpr int kHoldingLoop = 12;

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
  // The readings between two keyframes should stay few until they serve.
  const double since = frame_.time_s - map_.keyframes.back().time_s;
  if (!unit_.readings.empty() && !inertial_ && since > kMostStartStep) return true;
  if (inliers_ < options_.keyframe_share * keyframe_inliers_) return true;
  int shared = 0;
  const double motion =
      MotionSince(static_cast<int>(map_.keyframes.size()) - 1, &shared);
  return shared == 0 || motion > options_.keyframe_motion * frame_.left.width();
}

// By how much what a keyframe saw has moved on average, in pixels, and how much
// of it is seen now.
double Tracker::MotionSince(int keyframe, int* shared) const {
  double motion = 0;
  *shared = 0;
  for (const Track& track : tracks_) {
    if (!track.inlier) continue;
    const KeyframeFeature* feature = FeatureOf(keyframe, track.point);
    if (!feature) continue;
    motion += std::hypot(feature->seen.u - track.seen.u,
                         feature->seen.v - track.seen.v);
    ++*shared;
  }
  return *shared > 0 ? motion / *shared : 0;
}

// The keyframe from which all this was seen before, or -1: another one there
// would tell nothing new, and memory would grow with the time that a camera
// spends in a room. Readings need keyframes that follow each other closely, and
// a loop is held by the keyframes that come after it.
int Tracker::KnownFrom() const {
  if (!unit_.readings.empty()) return -1;
  const int last = static_cast<int>(map_.keyframes.size()) - 1;
  if (loops_ > 0 && last - loop_keyframe_ < kHoldingLoop) return -1;
  int best = -1, most = 0;
  for (const int keyframe : LocalKeyframes()) {
    int shared = 0;
    const double motion = MotionSince(keyframe, &shared);
    if (motion > options_.keyframe_motion * frame_.left.width() ||
        shared < kKnownShare * inliers_ || shared <= most) {
      continue;
    }
    int known = 0;
    for (const KeyframeFeature& feature : map_.keyframes[keyframe].features) {
      const MapPoint& point = map_.points[feature.point];
      known += point.known && !point.bad;
    }
    if (inliers_ < options_.keyframe_share * known) continue;
    best = keyframe;
    most = shared;
  }
  return best;
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
  KeyframeMotion motion;
  if (!motions_.empty()) motion.bias = motions_.back().bias;
  motion.velocity = velocity_;
  motions_.push_back(motion);
  auto& features = map_.keyframes.back().features;
  std::sort(features.begin(), features.end(),
            [](const KeyframeFeature& a, const KeyframeFeature& b) {
              return a.point < b.point;
            });
  if (number > 0) TriangulateWaiting();
  AddCorners(number);
  appearances_.push_back(
      AppearanceOf(frame_.left, map_.keyframes[number].features));
  nearest_ = number;
  if (number > 0 && state_ == TrackingState::kTracking) {
    AdjustWindow();
    Cull();
    CloseLoop();
    if (!inertial_) StartInertial();
    velocity_ = motions_.back().velocity;
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
  track.seen.right_u -= right_offset_.pixels;
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
    appearances_.clear();
    motions_.clear();
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

}  // namespace sense::slam
