// The part of the tracker that uses an inertial unit.
#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <utility>

#include "native/slam/tracker.h"

namespace sense::slam {
namespace {

// Along the world's y axis once the readings take part, m/s^2.
const Eigen::Vector3d kGravity(0, 9.81, 0);
// What a start needs: keyframes, and seconds that they span.
constexpr int kFewestAtStart = 8, kMostAtStart = 40;
constexpr double kShortestStart = 1.5, kShortestScaledStart = 2.5;
// Two keyframes that are further apart than this tell a start little.
constexpr double kMostStartGap = 1.5;
constexpr double kMostScaleSigma = 0.1;
// A start is wrong where its readings contradict it by so many squared sigmas,
// of nine for each two keyframes, or shows biases that no unit has.
constexpr double kMostContradiction = 10 * 9;
constexpr double kMostTurnBias = 0.5, kMostPushBias = 2.0;
// Everything is adjusted again while the start is young, seconds.
constexpr double kYoung = 30, kAdjustEvery = 5;
constexpr int kMostAdjusted = 250;
// For so long the readings alone tell where the camera is, seconds.
constexpr double kMostCoast = 4;
// Velocities are summed up from a keyframe for so long, seconds, then from
// frame to frame, corrected by this share.
constexpr double kLongestSum = 2, kCorrection = 0.1;
constexpr double kLeastCovariance = 1e-14;

double ChiSquareOf(const BundleProblem& problem, const BundleObservation& o) {
  const RigCamera& camera = problem.cameras[o.camera];
  WhitenedResidual residual;
  const Eigen::Vector3d in_camera =
      camera.camera_from_body *
      (problem.body_from_world[o.pose] * problem.points[o.point]);
  if (!Residual(camera, o.seen, in_camera, &residual)) return 1e8;
  return residual.chi_square();
}

// The mean of what states contradict of the readings between them.
double Contradiction(const InertialProblem& problem) {
  double sum = 0;
  for (const InertialLink& link : problem.links) {
    const auto state = [&problem](int n) {
      return InertialState{problem.bundle.body_from_world[n].Inverse(),
                           problem.velocities[n]};
    };
    const Vector9 value =
        link.sum.Contradiction(state(link.from), state(link.to),
                               problem.biases[link.from], problem.gravity);
    const Matrix9 covariance =
        link.sum.covariance() + kLeastCovariance * Matrix9::Identity();
    sum += value.dot(covariance.ldlt().solve(value));
  }
  return sum / std::max<size_t>(problem.links.size(), 1);
}

bool IsPossible(const InertialBias& bias) {
  return bias.turn_rate.norm() < kMostTurnBias &&
         bias.acceleration.norm() < kMostPushBias;
}

}  // namespace

void Tracker::UseInertial(InertialUnit unit) { unit_ = std::move(unit); }

bool Tracker::coasting() const {
  return inertial_ && state_ == TrackingState::kLost &&
         frame_.time_s - followed_s_ <= kMostCoast;
}

bool Tracker::SumOf(double from_s, double to_s, const InertialBias& bias,
                    Preintegration* sum) const {
  *sum = Preintegration(bias, unit_.noise);
  return sum->AddReadings(unit_.readings, from_s, to_s);
}

InertialState Tracker::StateOf(const Pose3& pose,
                               const Eigen::Vector3d& velocity) const {
  return {pose.Inverse() * unit_.camera_from_body, velocity};
}

// Before the start only the turn is known; the way goes on as it went.
Pose3 Tracker::PredictedByReadings(const Pose3& by_motion) {
  predicted_velocity_ = velocity_;
  if (unit_.readings.empty() || motions_.empty()) return by_motion;
  const InertialBias& bias = motions_.back().bias;
  Preintegration sum;
  if (!SumOf(last_.time_s, frame_.time_s, bias, &sum)) return by_motion;
  const InertialState start = StateOf(last_pose_, velocity_);
  if (inertial_) {
    const InertialState end = sum.Predict(start, bias, kGravity);
    predicted_velocity_ = end.velocity;
    return unit_.camera_from_body * end.world_from_body.Inverse();
  }
  const Eigen::Matrix3d turned =
      start.world_from_body.rotation * sum.RotationAt(bias);
  const Eigen::Matrix3d rotation =
      unit_.camera_from_body.rotation * turned.transpose();
  return {rotation, Eigen::Vector3d(-(rotation * by_motion.Centre()))};
}

void Tracker::FollowVelocity() {
  if (!inertial_) return;
  const Keyframe& keyframe = map_.keyframes.back();
  const KeyframeMotion& motion = motions_.back();
  Preintegration sum;
  if (frame_.time_s - keyframe.time_s <= kLongestSum &&
      SumOf(keyframe.time_s, frame_.time_s, motion.bias, &sum)) {
    velocity_ = sum.Predict(StateOf(keyframe.camera_from_world, motion.velocity),
                            motion.bias, kGravity)
                    .velocity;
    return;
  }
  const double step = std::max(frame_.time_s - last_.time_s, 1e-3);
  const Eigen::Vector3d way = pose_.Centre() - last_pose_.Centre();
  velocity_ = predicted_velocity_ +
              kCorrection * (way / step - 0.5 * (velocity_ + predicted_velocity_));
}

// The first of the last keyframes that readings connect, and these.
int Tracker::FirstLinked(std::vector<Preintegration>* sums) const {
  const int last = static_cast<int>(map_.keyframes.size()) - 1;
  int first = last;
  while (first > 0 && last - first + 1 < kMostAtStart) {
    const double from = map_.keyframes[first - 1].time_s;
    const double to = map_.keyframes[first].time_s;
    Preintegration sum;
    if (to - from > kMostStartGap) break;
    if (!SumOf(from, to, motions_.back().bias, &sum)) break;
    sums->push_back(sum);
    --first;
  }
  std::reverse(sums->begin(), sums->end());
  return first;
}

bool Tracker::StartInertial() {
  if (unit_.readings.empty()) return false;
  const int count = static_cast<int>(map_.keyframes.size());
  if (count < kFewestAtStart || (count > kMostAtStart && count % 4)) return false;
  std::vector<Preintegration> sums;
  const int first = FirstLinked(&sums);
  const double span = frame_.time_s - map_.keyframes[first].time_s;
  if (count - first < kFewestAtStart) return false;
  if (span < (metric() ? kShortestStart : kShortestScaledStart)) return false;
  std::vector<Pose3> cameras;
  for (int f = first; f < count; ++f) {
    cameras.push_back(map_.keyframes[f].camera_from_world.Inverse());
  }
  InertialStartOptions options;
  options.scale_known = metric();
  options.gravity_mps2 = kGravity.norm();
  const InertialStart start = FindInertialStart(
      cameras, unit_.camera_from_body.Inverse(), sums, options);
  if (!start.found || start.scale_sigma > kMostScaleSigma) return false;
  return TryStart(first, start);
}

bool Tracker::TryStart(int first, const InertialStart& start) {
  const std::vector<KeyframeMotion> motions = motions_;
  const Eigen::Matrix3d turn =
      Eigen::Quaterniond::FromTwoVectors(start.gravity, kGravity)
          .toRotationMatrix();
  MoveWorld(start.scale, turn);
  const int count = static_cast<int>(map_.keyframes.size());
  std::vector<int> free(count), keyframes, points;
  for (int f = 0; f < count; ++f) {
    free[f] = f;
    motions_[f].bias.turn_rate = start.turn_rate_bias;
    if (f >= first) motions_[f].velocity = turn * start.velocities[f - first];
  }
  InertialProblem problem = InertialProblemOf(free, &keyframes, &points);
  InertialOptions options;
  options.most_iterations = 20;
  AdjustInertial(&problem, options);
  if (Contradiction(problem) > kMostContradiction ||
      !std::all_of(problem.biases.begin(), problem.biases.end(), IsPossible)) {
    MoveWorld(1 / start.scale, turn.transpose());
    motions_ = motions;
    return false;
  }
  AcceptInertial(problem, keyframes, points);
  inertial_ = true;
  started_s_ = adjusted_s_ = frame_.time_s;
  return true;
}

// What lies in the world becomes `scale` times as large and turns.
void Tracker::MoveWorld(double scale, const Eigen::Matrix3d& turn) {
  const auto moved = [&](const Pose3& pose) -> Pose3 {
    return {Eigen::Matrix3d(pose.rotation * turn.transpose()),
            Eigen::Vector3d(scale * pose.translation)};
  };
  for (Keyframe& keyframe : map_.keyframes) {
    keyframe.camera_from_world = moved(keyframe.camera_from_world);
  }
  for (MapPoint& point : map_.points) {
    point.position = scale * (turn * point.position);
  }
  for (FrameRecord& record : records_) {
    record.camera_from_keyframe.translation *= scale;
  }
  pose_ = moved(pose_);
  last_pose_ = moved(last_pose_);
  motion_.translation *= scale;
}

InertialProblem Tracker::InertialProblemOf(const std::vector<int>& free,
                                           std::vector<int>* keyframes,
                                           std::vector<int>* points) const {
  InertialProblem problem;
  problem.bundle = ProblemOf(free, keyframes, points);
  problem.gravity = kGravity;
  problem.turn_rate_walk = unit_.turn_rate_walk;
  problem.acceleration_walk = unit_.acceleration_walk;
  std::vector<int> slot(map_.keyframes.size(), -1);
  for (size_t n = 0; n < keyframes->size(); ++n) slot[(*keyframes)[n]] = n;
  std::vector<char> is_free(map_.keyframes.size(), 0), linked = is_free;
  for (int keyframe : free) is_free[keyframe] = 1;
  const auto slot_of = [&](int keyframe) {
    if (slot[keyframe] < 0) {
      slot[keyframe] = static_cast<int>(keyframes->size());
      keyframes->push_back(keyframe);
      problem.bundle.body_from_world.push_back(
          map_.keyframes[keyframe].camera_from_world);
      problem.bundle.pose_fixed.push_back(1);
    }
    linked[keyframe] = 1;
    return slot[keyframe];
  };
  for (size_t f = 1; f < map_.keyframes.size(); ++f) {
    if (!is_free[f - 1] && !is_free[f]) continue;
    InertialLink link;
    if (!SumOf(map_.keyframes[f - 1].time_s, map_.keyframes[f].time_s,
               motions_[f - 1].bias, &link.sum)) {
      continue;
    }
    link.from = slot_of(static_cast<int>(f) - 1);
    link.to = slot_of(static_cast<int>(f));
    problem.links.push_back(link);
  }
  problem.bundle.cameras[0].camera_from_body = unit_.camera_from_body;
  const Pose3 body_from_camera = unit_.camera_from_body.Inverse();
  for (size_t n = 0; n < keyframes->size(); ++n) {
    const int keyframe = (*keyframes)[n];
    problem.bundle.body_from_world[n] =
        body_from_camera * problem.bundle.body_from_world[n];
    problem.velocities.push_back(motions_[keyframe].velocity);
    problem.biases.push_back(motions_[keyframe].bias);
    problem.motion_fixed.push_back(!is_free[keyframe] || !linked[keyframe]);
  }
  return problem;
}

void Tracker::AcceptInertial(const InertialProblem& problem,
                             const std::vector<int>& keyframes,
                             const std::vector<int>& points) {
  Accept(problem.bundle, keyframes, points);
  for (size_t n = 0; n < keyframes.size(); ++n) {
    Pose3& pose = map_.keyframes[keyframes[n]].camera_from_world;
    pose = unit_.camera_from_body * pose;
    motions_[keyframes[n]] = {problem.velocities[n], problem.biases[n]};
  }
  pose_ = map_.keyframes.back().camera_from_world;
}

void Tracker::AdjustInertialWindow() {
  const int last = static_cast<int>(map_.keyframes.size()) - 1;
  const bool young = frame_.time_s - started_s_ < kYoung;
  if (young && frame_.time_s - adjusted_s_ > kAdjustEvery && last < kMostAdjusted) {
    adjusted_s_ = frame_.time_s;
    AdjustAllInertial(8, 1, nullptr);
    return;
  }
  // Those that see the same, and the latest in the order of time.
  std::vector<int> free = LocalKeyframes();
  for (int f = std::max(0, last - options_.window + 1); f <= last; ++f) {
    free.push_back(f);
  }
  std::sort(free.begin(), free.end());
  free.erase(std::unique(free.begin(), free.end()), free.end());
  std::vector<int> keyframes, points;
  InertialProblem problem = InertialProblemOf(free, &keyframes, &points);
  InertialOptions options;
  options.most_iterations = options_.window_iterations;
  AdjustInertial(&problem, options);
  AcceptInertial(problem, keyframes, points);
  for (const BundleObservation& o : problem.bundle.observations) {
    if (ChiSquareOf(problem.bundle, o) > 3 * ChiSquareBound(o.seen)) {
      map_.points[points[o.point]].bad = true;
    }
  }
}

BundleReport Tracker::AdjustAllInertial(int iterations, int rounds,
                                        const StopFlag* stop) {
  BundleReport report;
  const int count = static_cast<int>(map_.keyframes.size());
  std::vector<int> free(count), keyframes, points;
  for (int f = 0; f < count; ++f) free[f] = f;
  InertialProblem problem = InertialProblemOf(free, &keyframes, &points);
  InertialOptions options;
  options.most_iterations = iterations;
  options.stop = stop;
  for (int round = 0; round < rounds; ++round) {
    if (round > 0) {
      auto& seen = problem.bundle.observations;
      const auto misfit = [&problem](const BundleObservation& o) {
        return ChiSquareOf(problem.bundle, o) > ChiSquareBound(o.seen);
      };
      seen.erase(std::remove_if(seen.begin(), seen.end(), misfit), seen.end());
    }
    const InertialReport done = AdjustInertial(&problem, options);
    report.cost_after = done.cost_after;
    report.stopped = done.stopped;
    if (done.stopped) break;
  }
  // The world keeps its origin in the first camera.
  const Eigen::Vector3d origin =
      (unit_.camera_from_body * problem.bundle.body_from_world[0]).Centre();
  for (Pose3& pose : problem.bundle.body_from_world) {
    pose.translation += pose.rotation * origin;
  }
  for (Eigen::Vector3d& point : problem.bundle.points) point -= origin;
  AcceptInertial(problem, keyframes, points);
  return report;
}

void Tracker::PlaceCoasted(FrameRecord* record) const {
  const Keyframe& keyframe = map_.keyframes[record->keyframe];
  const KeyframeMotion& motion = motions_[record->keyframe];
  Preintegration sum;
  if (!SumOf(keyframe.time_s, record->time_s, motion.bias, &sum)) return;
  const InertialState end =
      sum.Predict(StateOf(keyframe.camera_from_world, motion.velocity),
                  motion.bias, kGravity);
  record->camera_from_keyframe = unit_.camera_from_body *
                                 end.world_from_body.Inverse() *
                                 keyframe.camera_from_world.Inverse();
}

}  // namespace sense::slam
