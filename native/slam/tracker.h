#ifndef SENSE_NATIVE_SLAM_TRACKER_H_
#define SENSE_NATIVE_SLAM_TRACKER_H_

#include <limits>
#include <utility>
#include <vector>

#include "native/slam/bundle_adjustment.h"
#include "native/slam/bundle_problem.h"
#include "native/slam/corner_detection.h"
#include "native/slam/inertial_adjustment.h"
#include "native/slam/inertial_start.h"
#include "native/slam/inertial_unit.h"
#include "native/slam/relocalisation.h"
#include "native/slam/sensor_frame.h"
#include "native/slam/slam_map.h"

namespace sense::slam {

enum class TrackingState { kStarting, kTracking, kLost };

struct TrackerOptions {
  CornerOptions corners;
  // Keyframes whose poses the local adjustment moves, and whose points are
  // looked for.
  int window = 8;
  int window_iterations = 5;
  // Fewer points than this, and it does not know where it is.
  int fewest_points = 15;
  // Motion of what is seen since the last keyframe, of the picture's width,
  // after which there is a new one.
  double keyframe_motion = 0.06;
  // Share of the last keyframe's points, below which there is a new one.
  double keyframe_share = 0.75;
  int pyramid_levels = 5;
  // Triangulated when seen under more than this, degrees.
  double least_parallax_deg = 1.0;
};

// A point in the last frame.
struct Track {
  int point = 0;
  ImageMeasurement seen;
  int level = 0;
  bool inlier = true;
  int misses = 0;  // Frames since its keyframe's patch was found last.
};

// What was seen of known points in one frame, to fit its pose anew at the end.
struct FrameMeasurement {
  int point;
  float u, v, third, sigma_px;
};

// Of every frame, relative to a keyframe, so that it moves with it.
struct FrameRecord {
  int frame = 0;
  double time_s = 0;
  int keyframe = -1;  // -1: it is not known where the camera was.
  Pose3 camera_from_keyframe;
  std::vector<FrameMeasurement> seen;
  // Whether nothing was seen, and the inertial unit alone tells where it was.
  bool coasted = false;
};

// By how much the right picture is shifted against the calibration.
struct RightOffset {
  double pixels = 0;
  double sigma_px = std::numeric_limits<double>::infinity();
};

// By which share the focal length is longer than the calibration says, as far as
// the motion shows it: it takes turns.
struct FocalCheck {
  double longer = 0;
  double sigma = std::numeric_limits<double>::infinity();
};

// Follows a moving camera and builds the map that it follows: tracks from one
// frame to the next, patches of keyframes aligned at sub-pixel precision (after
// Forster, Pizzoli and Scaramuzza, "SVO", ICRA 2014), and a local bundle
// adjustment after every keyframe. Deterministic.
class Tracker {
 public:
  Tracker(const RigCamera& camera, const TrackerOptions& options);

  // Before the first frame: predicts by the unit's readings, and once the motion
  // has told gravity, biases and (of one camera) the scale, adjusts with them:
  // the map is then in metres and gravity along its y axis.
  void UseInertial(InertialUnit unit);

  // Frames come in the order of time.
  TrackingState Process(SensorFrame frame);

  // Monocular start: pixels of tracks in the first and in the last frame.
  std::vector<std::pair<Eigen::Vector2d, Eigen::Vector2d>> StartPairs() const;
  // Begins the map with the motion from the first frame to the last; false
  // where it explains too little.
  bool StartWith(const Pose3& last_from_first);

  // Fits all keyframes and points, then every frame whose measurements are kept;
  // first the right camera's offset, where the motion shows one.
  BundleReport AdjustAll(int iterations, const StopFlag* stop);

  TrackingState state() const { return state_; }
  const SlamMap& map() const { return map_; }
  const RigCamera& camera() const { return camera_; }
  const std::vector<FrameRecord>& records() const { return records_; }
  const std::vector<Track>& tracks() const { return tracks_; }
  const Pose3& pose() const { return pose_; }
  int inliers() const { return inliers_; }
  // How often the camera came back to where it had been, and the way was bent.
  int loops() const { return loops_; }
  // Whether the readings take part.
  bool inertial() const { return inertial_; }
  // Whether nothing known is seen and the readings tell the pose for a while.
  bool coasting() const;
  // What AdjustAll found; infinite sigma where nothing had to be corrected.
  const RightOffset& right_offset() const { return right_offset_; }
  // What AdjustAll saw of a pair of cameras.
  const FocalCheck& focal_check() const { return focal_check_; }

 private:
  void Begin();
  void FollowTracks();
  void FollowFrom(const Pose3& predicted, bool by_map);
  Pose3 PredictedPose();
  bool FitPose();
  void AlignLocalMap();
  bool AlignPoint(int point, const Pose3& pose, Track* track) const;
  std::vector<int> LocalKeyframes() const;
  std::vector<Track> Unseen(const std::vector<int>& keyframes) const;
  void MeasureThirds();
  bool WantsKeyframe() const;
  double MotionSince(int keyframe, int* shared) const;
  int KnownFrom() const;
  void AddKeyframe();
  void AddCorners(int keyframe);
  void AddPoint(const Corner& corner, int keyframe);
  void TriangulateWaiting();
  bool Triangulate(MapPoint* point) const;
  void AdjustWindow();
  void Cull();
  void Record();
  bool Recover();
  Pose3 MotionSinceFollowed() const;
  bool RecoverAt(const Keyframe& keyframe);
  const KeyframeFeature* FeatureOf(int keyframe, int point) const;
  BundleProblem ProblemOf(const std::vector<int>& free,
                          std::vector<int>* keyframes,
                          std::vector<int>* points) const;
  void Accept(const BundleProblem& problem, const std::vector<int>& keyframes,
              const std::vector<int>& points);
  std::vector<int> LongAgo() const;
  void CloseLoop();
  bool IsPlausible(const FoundPlace& place) const;
  bool SeesAgain(int keyframe, Pose3* pose, std::vector<Track>* seen) const;
  bool GrowthSince(const Pose3& pose, const std::vector<Track>& seen,
                   double* growth) const;
  void BendTo(int keyframe, const Pose3& pose, double growth);
  void AddSeenAgain(const std::vector<Track>& seen);
  BundleReport AdjustAllSeen(int iterations, const StopFlag* stop);
  void CalibrateRight();
  void CheckFocalLength();
  void FitRecord(FrameRecord* record) const;
  double scene_depth() const;
  // Whether lengths are known, not only their ratios.
  bool metric() const { return frame_.stereo() || frame_.rgbd() || inertial_; }

  bool SumOf(double from_s, double to_s, const InertialBias& bias,
             Preintegration* sum) const;
  InertialState StateOf(const Pose3& pose, const Eigen::Vector3d& velocity) const;
  Pose3 PredictedByReadings(const Pose3& by_motion);
  void FollowVelocity();
  bool StartInertial();
  int FirstLinked(std::vector<Preintegration>* sums) const;
  bool TryStart(int first, const InertialStart& start);
  void MoveWorld(double scale, const Eigen::Matrix3d& turn);
  InertialProblem InertialProblemOf(const std::vector<int>& free,
                                    std::vector<int>* keyframes,
                                    std::vector<int>* points) const;
  void AcceptInertial(const InertialProblem& problem,
                      const std::vector<int>& keyframes,
                      const std::vector<int>& points);
  void AdjustInertialWindow();
  BundleReport AdjustAllInertial(int iterations, int rounds,
                                 const StopFlag* stop);
  void PlaceCoasted(FrameRecord* record) const;
  bool GoOnInTheDark();
  const Keyframe& NearestKeyframe(const Pose3& pose) const;

  RigCamera camera_;
  TrackerOptions options_;
  SlamMap map_;
  std::vector<KeyframeAppearance> appearances_;  // Of the keyframes.
  TrackingState state_ = TrackingState::kStarting;
  SensorFrame frame_, last_;
  Pose3 pose_, last_pose_;
  Pose3 motion_;  // This frame's pose from the last one's.
  double last_step_s_ = 0;
  std::vector<Track> tracks_;
  std::vector<Eigen::Vector2d> last_pixels_;  // Of the tracks, in the last frame.
  int inliers_ = 0;
  int keyframe_inliers_ = 0;
  int nearest_ = -1;  // The keyframe that this frame is told relative to.
  std::vector<FrameRecord> records_;
  RightOffset right_offset_;
  FocalCheck focal_check_;
  int last_search_ = 0, loops_ = 0;
  int loop_keyframe_ = 0;  // The last one when a loop was closed.

  InertialUnit unit_;
  bool inertial_ = false;
  std::vector<KeyframeMotion> motions_;  // Of the keyframes.
  // Of the unit in the world, at the last frame and as predicted for this one.
  Eigen::Vector3d velocity_ = Eigen::Vector3d::Zero();
  Eigen::Vector3d predicted_velocity_ = Eigen::Vector3d::Zero();
  double followed_s_ = 0;  // When something known was seen last, and from where.
  Pose3 followed_pose_;
  double started_s_ = 0, adjusted_s_ = 0;
  int bright_ = 0;  // Frames in a row that show enough, but nothing known.
};

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_TRACKER_H_
