#include "native/slam/tracker.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "native/slam/pose_refinement.h"
#include "native/thread_pool.h"

namespace sense::slam {
namespace {

constexpr float kTrackLikeness = 0.75f, kPatchLikeness = 0.85f;
// Of a place that was measured at level 0, pixels.
constexpr double kSigmaPx = 0.5;
// How far a keyframe's patch may lie from where it is expected, at its level.
constexpr double kPatchReach = 3.5;
constexpr int kMostMisses = 3;
constexpr int kMostLocalPoints = 450;
// Frames whose measurements are kept, so that memory stays bounded.
constexpr size_t kMostRecords = 4000;
constexpr double kBorder = AlignedPatch::kHalf + 2;

double MedianOf(std::vector<double> values) {
  if (values.empty()) return 0;
  const size_t middle = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + middle, values.end());
  return values[middle];
}

bool Inside(const ImagePyramid& picture, const Eigen::Vector2d& place) {
  return picture.level(0).Holds(place, kBorder);
}

}  // namespace

Tracker::Tracker(const RigCamera& camera, const TrackerOptions& options)
    : camera_(camera), options_(options) {}

TrackingState Tracker::Process(SensorFrame frame) {
  frame_ = std::move(frame);
  const bool first = last_.left.levels() == 0;
  if (first || (state_ == TrackingState::kStarting && tracks_.empty())) {
    Begin();
  } else if (state_ == TrackingState::kLost) {
    if (Recover() || GoOnInTheDark()) {
      state_ = TrackingState::kTracking;
      motion_ = MotionSinceFollowed();
    }
  } else {
    FollowTracks();
  }
  if (state_ == TrackingState::kTracking) {
    followed_s_ = frame_.time_s;
    followed_pose_ = pose_;
    bright_ = 0;
  } else {
    velocity_ = predicted_velocity_;
  }
  Record();
  last_step_s_ = first ? 0 : frame_.time_s - last_.time_s;
  last_ = std::move(frame_);
  last_pose_ = pose_;
  return state_;
}

void Tracker::Begin() {
  // A start that failed leaves nothing behind; a map that was lost stays.
  if (map_.keyframes.size() == 1) {
    map_ = SlamMap();
    appearances_.clear();
    motions_.clear();
    records_.clear();
  }
  pose_ = Pose3();
  motion_ = Pose3();
  tracks_.clear();
  AddKeyframe();
  int known = 0;
  for (const Track& track : tracks_) known += map_.points[track.point].known;
  if (known >= options_.fewest_points) state_ = TrackingState::kTracking;
}

Pose3 Tracker::PredictedPose() {
  const double step = frame_.time_s - last_.time_s;
  const double share =
      last_step_s_ > 0 ? std::clamp(step / last_step_s_, 0.0, 5.0) : 1.0;
  return PredictedByReadings(Pose3::Exp(motion_.Log() * share) * last_pose_);
}

void Tracker::FollowTracks() {
  const std::vector<Track> before = tracks_;
  last_pixels_.clear();
  for (const Track& track : tracks_) {
    last_pixels_.emplace_back(track.seen.u, track.seen.v);
  }
  const Pose3 predicted = PredictedPose();
  const bool mapped = state_ == TrackingState::kTracking;
  FollowFrom(predicted, mapped);
  if (mapped && tracks_.size() < before.size() / 2) {
    // It moved otherwise than expected: look where things were.
    std::vector<Track> guided = tracks_;
    tracks_ = before;
    FollowFrom(predicted, false);
    if (tracks_.size() < guided.size()) tracks_ = std::move(guided);
  }
  if (!mapped) {
    if (tracks_.size() < static_cast<size_t>(options_.fewest_points)) {
      tracks_.clear();  // Begin anew with the next frame.
      if (map_.keyframes.size() > 1) state_ = TrackingState::kLost;
    }
    return;
  }
  pose_ = predicted;
  if (!FitPose()) {
    pose_ = last_pose_;
    if (!FitPose()) {
      state_ = TrackingState::kLost;
      if (inertial_) pose_ = predicted;
      return;
    }
  }
  AlignLocalMap();
  MeasureThirds();
  if (!FitPose() || inliers_ < options_.fewest_points) {
    state_ = TrackingState::kLost;
    if (inertial_) pose_ = predicted;
    return;
  }
  motion_ = pose_ * last_pose_.Inverse();
  FollowVelocity();
  nearest_ = static_cast<int>(map_.keyframes.size()) - 1;
  if (!WantsKeyframe()) return;
  const int known_from = KnownFrom();
  if (known_from < 0) {
    AddKeyframe();
  } else {
    nearest_ = known_from;
  }
}

void Tracker::FollowFrom(const Pose3& predicted, bool by_map) {
  std::vector<char> kept(tracks_.size(), 0);
  // Candidates move like what is known around them, roughly.
  ThreadPool::Shared().ForEach(
      static_cast<int>(tracks_.size()), [&](int i) {
        Track& track = tracks_[i];
        const MapPoint& point = map_.points[track.point];
        const Eigen::Vector2d origin(track.seen.u, track.seen.v);
        Eigen::Vector2d place = origin;
        if (by_map) {
          const double depth =
              point.known ? (last_pose_ * point.position).z() : scene_depth();
          const Eigen::Vector3d in_world =
              point.known ? point.position
                          : last_pose_.Inverse() *
                                (depth * camera_.lens.Ray(origin.x(), origin.y()));
          ProjectedPoint before, shown;
          if (camera_.lens.Project(predicted * in_world, &shown) &&
              camera_.lens.Project(last_pose_ * in_world, &before)) {
            place += shown.pixel - before.pixel;
          }
        }
        if (!Inside(frame_.left, place)) return;
        if (!FollowPlace(last_.left, origin, frame_.left, track.level, &place,
                         kTrackLikeness)) {
          return;
        }
        if (!Inside(frame_.left, place)) return;
        track.seen = ImageMeasurement();
        track.seen.u = place.x();
        track.seen.v = place.y();
        track.seen.sigma_px = 1.5 * kSigmaPx * std::ldexp(1.0, track.level);
        kept[i] = 1;
      });
  size_t count = 0;
  const bool paired = last_pixels_.size() == tracks_.size();
  for (size_t i = 0; i < tracks_.size(); ++i) {
    if (!kept[i]) continue;
    tracks_[count] = tracks_[i];
    if (paired) last_pixels_[count] = last_pixels_[i];
    ++count;
  }
  tracks_.resize(count);
  if (paired) last_pixels_.resize(count);
}

double Tracker::scene_depth() const {
  std::vector<double> depths;
  for (const Track& track : tracks_) {
    const MapPoint& point = map_.points[track.point];
    if (point.known) depths.push_back((last_pose_ * point.position).z());
  }
  return depths.empty() ? 1.0 : MedianOf(std::move(depths));
}

bool Tracker::FitPose() {
  std::vector<PoseObservation> seen;
  std::vector<int> of;
  for (size_t i = 0; i < tracks_.size(); ++i) {
    const MapPoint& point = map_.points[tracks_[i].point];
    if (!point.known) continue;
    seen.push_back({point.position, tracks_[i].seen});
    of.push_back(static_cast<int>(i));
  }
  inliers_ = 0;
  if (seen.size() < static_cast<size_t>(options_.fewest_points)) return false;
  const RefinedPose refined = RefinePose({camera_}, seen, pose_);
  if (refined.inliers < options_.fewest_points) return false;
  for (size_t k = 0; k < of.size(); ++k) {
    tracks_[of[k]].inlier = !refined.outlier[k];
  }
  pose_ = refined.body_from_world;
  inliers_ = refined.inliers;
  return true;
}

bool Tracker::AlignPoint(int index, const Pose3& pose, Track* track) const {
  const MapPoint& point = map_.points[index];
  ProjectedPoint middle, right, down;
  if (!camera_.lens.Project(pose * point.position, &middle)) return false;
  const Pose3& reference = map_.keyframes[point.reference].camera_from_world;
  const Pose3 other_from_reference = pose * reference.Inverse();
  const double depth = (reference * point.position).z();
  if (!(depth > 0)) return false;
  // How the square around the point in its keyframe, facing it, is shown here.
  const double step = 4 * std::ldexp(1.0, point.level);
  const auto lifted = [&](double du, double dv) -> Eigen::Vector3d {
    return other_from_reference *
           (depth * camera_.lens.Ray(point.pixel.x() + du, point.pixel.y() + dv));
  };
  ProjectedPoint at;
  if (!camera_.lens.Project(lifted(0, 0), &at) ||
      !camera_.lens.Project(lifted(step, 0), &right) ||
      !camera_.lens.Project(lifted(0, step), &down)) {
    return false;
  }
  Eigen::Matrix2d warp;
  warp.col(0) = (right.pixel - at.pixel) / 4;
  warp.col(1) = (down.pixel - at.pixel) / 4;
  int level = 0;
  double area = warp.determinant();
  if (!(area > 0.1) || area > 200) return false;
  while (area > 3 && level + 1 < frame_.left.levels()) {
    area /= 4;
    ++level;
  }
  warp *= std::ldexp(1.0, -level);
  AlignedPatch::Bordered values;
  if (!point.patch.Warp(warp, &values)) return false;
  const Eigen::Vector2d expected =
      track->misses >= 0 ? Eigen::Vector2d(track->seen.u, track->seen.v)
                         : middle.pixel;
  if (!Inside(frame_.left, expected)) return false;
  const Eigen::Vector2d start = ToLevel(expected, level);
  Eigen::Vector2d place = start;
  const AlignedPatch::Result result =
      AlignedPatch(values).Align(frame_.left.level(level), &place, 15);
  if (!result.found || result.likeness < kPatchLikeness) return false;
  if ((place - start).norm() > kPatchReach) return false;
  place = FromLevel(place, level);
  track->seen = ImageMeasurement();
  track->seen.u = place.x();
  track->seen.v = place.y();
  track->seen.sigma_px = kSigmaPx * std::ldexp(1.0, level);
  track->level = level;
  return true;
}

std::vector<int> Tracker::LocalKeyframes() const {
  std::map<int, int> shared;
  for (const Track& track : tracks_) {
    if (!track.inlier) continue;
    for (int keyframe : map_.points[track.point].keyframes) ++shared[keyframe];
  }
  std::vector<std::pair<int, int>> ranked;
  for (const auto& entry : shared) ranked.push_back({-entry.second, -entry.first});
  std::sort(ranked.begin(), ranked.end());
  std::vector<int> keyframes;
  for (const auto& entry : ranked) {
    if (static_cast<int>(keyframes.size()) == options_.window) break;
    keyframes.push_back(-entry.second);
  }
  return keyframes;
}

// Points of the keyframes that should be visible and are not tracked: one for
// each cell of the picture in which there is none.
std::vector<Track> Tracker::Unseen(const std::vector<int>& keyframes) const {
  const int cell = options_.corners.cell_px;
  const int columns = frame_.left.width() / cell + 1;
  const int rows = frame_.left.height() / cell + 1;
  std::vector<int> best(static_cast<size_t>(columns) * rows, -1);
  std::vector<char> tracked(map_.points.size(), 0);
  const auto cell_of = [&](const Eigen::Vector2d& place) {
    return static_cast<int>(place.y() / cell) * columns +
           static_cast<int>(place.x() / cell);
  };
  for (const Track& track : tracks_) {
    tracked[track.point] = 1;
    if (track.inlier) best[cell_of({track.seen.u, track.seen.v})] = -2;
  }
  for (int keyframe : keyframes) {
    for (const KeyframeFeature& feature : map_.keyframes[keyframe].features) {
      if (feature.point < 0 || tracked[feature.point]) continue;
      tracked[feature.point] = 1;
      const MapPoint& point = map_.points[feature.point];
      if (!point.known || point.bad) continue;
      ProjectedPoint shown;
      if (!camera_.lens.Project(pose_ * point.position, &shown) ||
          !Inside(frame_.left, shown.pixel)) {
        continue;
      }
      int& there = best[cell_of(shown.pixel)];
      if (there == -2) continue;
      if (there == -1 || map_.points[there].found < point.found) {
        there = feature.point;
      }
    }
  }
  std::vector<Track> unseen;
  for (int point : best) {
    if (point < 0) continue;
    Track track;
    track.point = point;
    track.misses = -1;  // Its place is known from the map only.
    unseen.push_back(track);
  }
  return unseen;
}

void Tracker::AlignLocalMap() {
  std::vector<Track> wanted = tracks_;
  const size_t followed = wanted.size();
  for (const Track& track : Unseen(LocalKeyframes())) {
    if (wanted.size() >= static_cast<size_t>(kMostLocalPoints) + followed) break;
    wanted.push_back(track);
  }
  std::vector<char> found(wanted.size(), 0);
  ThreadPool::Shared().ForEach(static_cast<int>(wanted.size()), [&](int i) {
    const MapPoint& point = map_.points[wanted[i].point];
    if (point.known) found[i] = AlignPoint(wanted[i].point, pose_, &wanted[i]);
  });
  tracks_.clear();
  for (size_t i = 0; i < wanted.size(); ++i) {
    MapPoint& point = map_.points[wanted[i].point];
    if (point.known) {
      ++point.visible;
      point.found += found[i];
    }
    Track& track = wanted[i];
    if (found[i]) {
      track.misses = 0;
    } else if (track.misses < 0 || !track.inlier) {
      continue;
    } else if (point.known && ++track.misses > kMostMisses) {
      continue;  // A track that drifts is worth nothing.
    }
    track.inlier = true;
    tracks_.push_back(track);
  }
}

void Tracker::MeasureThirds() {
  if (!frame_.stereo() && !frame_.rgbd()) return;
  ThreadPool::Shared().ForEach(static_cast<int>(tracks_.size()), [&](int i) {
    Track& track = tracks_[i];
    const MapPoint& point = map_.points[track.point];
    const double depth = point.known ? (pose_ * point.position).z() : 0;
    MeasureThird(frame_, camera_, track.level, depth, &track.seen);
    track.seen.right_u -= right_offset_.pixels;
  });
}

void Tracker::Record() {
  FrameRecord record;
  record.frame = frame_.index;
  record.time_s = frame_.time_s;
  record.coasted = coasting();
  const bool placed = state_ == TrackingState::kTracking || record.coasted;
  if (placed) {
    const int last = static_cast<int>(map_.keyframes.size()) - 1;
    const bool near = state_ == TrackingState::kTracking && nearest_ >= 0;
    record.keyframe = near ? std::min(nearest_, last) : last;
    record.camera_from_keyframe =
        pose_ * map_.keyframes[record.keyframe].camera_from_world.Inverse();
  }
  if (state_ != TrackingState::kLost) {
    for (const Track& track : tracks_) {
      if (!track.inlier) continue;
      const ImageMeasurement& seen = track.seen;
      const bool right = seen.right_u == seen.right_u;
      record.seen.push_back(
          {track.point, static_cast<float>(seen.u), static_cast<float>(seen.v),
           static_cast<float>(right ? seen.right_u : seen.depth_m),
           static_cast<float>(seen.sigma_px)});
    }
  }
  records_.push_back(std::move(record));
  if (records_.size() > kMostRecords) {
    std::vector<FrameMeasurement>().swap(
        records_[records_.size() - kMostRecords - 1].seen);
  }
}

}  // namespace sense::slam
