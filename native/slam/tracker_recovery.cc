// The part of the tracker that finds a lost camera again.
#include <algorithm>
#include <numeric>

#include "native/slam/tracker.h"

namespace sense::slam {
namespace {

// Frames after which a camera that was lost may have turned round.
constexpr double kShortLoss = 4;
// Frames that show corners, but nothing known, before they are a new beginning.
constexpr int kBright = 5;
// So many metres change a view as much as a turn by one radian.
constexpr double kTurnMetres = 3;

}  // namespace

bool Tracker::Recover() {
  // Where it was last, then the places of keyframes, the latest first: their
  // points are looked for around where they showed them.
  constexpr int kTries = 12;
  const Pose3 expected = PredictedPose();
  const bool coasts = coasting();
  const Pose3 lost_at = coasts ? expected : last_pose_;
  const int count = static_cast<int>(map_.keyframes.size());
  for (int back = -1; back < std::min(kTries, count); ++back) {
    const Keyframe& keyframe = back < 0 && coasts
                                   ? NearestKeyframe(expected)
                                   : map_.keyframes[count - 1 - std::max(back, 0)];
    pose_ = back < 0 ? lost_at : keyframe.camera_from_world;
    if (RecoverAt(keyframe)) return true;
  }
  std::vector<int> all(count);
  std::iota(all.begin(), all.end(), 0);
  const FoundPlace place =
      FindPlace(frame_.left, camera_, map_, appearances_, all);
  if (place.found) {
    pose_ = place.camera_from_world;
    if (RecoverAt(map_.keyframes[place.keyframe])) return true;
  }
  pose_ = lost_at;
  tracks_.clear();
  inliers_ = 0;
  return false;
}

// Of one frame, where it was lost for a few only.
Pose3 Tracker::MotionSinceFollowed() const {
  const double step = frame_.time_s - last_.time_s;
  const double since = frame_.time_s - followed_s_;
  if (!(step > 0) || since > kShortLoss * step) return {};
  return Pose3::Exp((pose_ * followed_pose_.Inverse()).Log() * (step / since));
}

bool Tracker::RecoverAt(const Keyframe& keyframe) {
  tracks_.clear();
  for (const KeyframeFeature& feature : keyframe.features) {
    const MapPoint& point = map_.points[feature.point];
    if (!point.known || point.bad) continue;
    Track track;
    track.point = feature.point;
    track.misses = -1;
    if (AlignPoint(feature.point, pose_, &track)) {
      track.misses = 0;
      tracks_.push_back(track);
    }
  }
  if (!FitPose() || inliers_ < 2 * options_.fewest_points) return false;
  AlignLocalMap();
  MeasureThirds();
  return FitPose() && inliers_ >= 2 * options_.fewest_points;
}

// Where what is seen is new, the map goes on from where the readings say it is.
bool Tracker::GoOnInTheDark() {
  if (!coasting() || (!frame_.stereo() && !frame_.rgbd())) return false;
  const size_t corners =
      DetectCorners(frame_.left, options_.corners, {}).size();
  const size_t wanted = 4 * static_cast<size_t>(options_.fewest_points);
  bright_ = corners >= wanted ? bright_ + 1 : 0;
  if (bright_ < kBright) return false;
  velocity_ = predicted_velocity_;
  state_ = TrackingState::kTracking;
  AddKeyframe();
  inliers_ = keyframe_inliers_;
  if (inliers_ < options_.fewest_points) state_ = TrackingState::kLost;
  return state_ == TrackingState::kTracking;
}

const Keyframe& Tracker::NearestKeyframe(const Pose3& pose) const {
  const auto apart = [&](const Keyframe& keyframe) {
    const Pose3 between = pose * keyframe.camera_from_world.Inverse();
    return between.translation.norm() / kTurnMetres +
           RotationLog(between.rotation).norm();
  };
  size_t nearest = map_.keyframes.size() - 1;
  double least = apart(map_.keyframes[nearest]);
  for (size_t f = 0; f + 1 < map_.keyframes.size(); ++f) {
    const double distance = apart(map_.keyframes[f]);
    if (distance < least) {
      least = distance;
      nearest = f;
    }
  }
  return map_.keyframes[nearest];
}

}  // namespace sense::slam
