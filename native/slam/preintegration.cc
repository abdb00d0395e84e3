#include "native/slam/preintegration.h"

#include <algorithm>

namespace sense::slam {
namespace {

InertialReading Between(const InertialReading& a, const InertialReading& b,
                        double seconds) {
  const double span = b.seconds - a.seconds;
  const double share =
      span > 0 ? std::clamp((seconds - a.seconds) / span, 0.0, 1.0) : 0;
  return {seconds, a.turn_rate + share * (b.turn_rate - a.turn_rate),
          a.acceleration + share * (b.acceleration - a.acceleration)};
}

// The reading at a time, among at least one in order.
InertialReading ReadingAt(const std::vector<InertialReading>& readings,
                          double seconds) {
  const auto after = std::lower_bound(
      readings.begin(), readings.end(), seconds,
      [](const InertialReading& r, double s) { return r.seconds < s; });
  if (after == readings.begin()) return readings.front();
  if (after == readings.end()) return readings.back();
  return Between(*(after - 1), *after, seconds);
}

}  // namespace

void Preintegration::Add(const Eigen::Vector3d& turn_rate,
                         const Eigen::Vector3d& acceleration, double seconds) {
  const Eigen::Vector3d turn = (turn_rate - bias_.turn_rate) * seconds;
  const Eigen::Vector3d push = acceleration - bias_.acceleration;
  const Eigen::Matrix3d step = RotationExp(turn);
  // The push as it is turned half way through the reading.
  const Eigen::Matrix3d middle = rotation_ * RotationExp(turn / 2);
  const double half = seconds * seconds / 2;

  const Eigen::Matrix3d by_turn = -(middle * CrossMatrix(push));
  const Eigen::Matrix3d unturned = RotationExp(turn / 2).transpose();
  Matrix9 carry = Matrix9::Identity();
  carry.block<3, 3>(0, 0) = step.transpose();
  carry.block<3, 3>(3, 0) = by_turn * unturned * seconds;
  carry.block<3, 3>(6, 0) = by_turn * unturned * half;
  carry.block<3, 3>(6, 3) = seconds * Eigen::Matrix3d::Identity();
  Matrix96 noise = Matrix96::Zero();
  noise.block<3, 3>(0, 0) = RightJacobian(turn) * seconds;
  noise.block<3, 3>(3, 0) = by_turn * (seconds * seconds / 2);
  noise.block<3, 3>(6, 0) = by_turn * (half * seconds / 2);
  noise.block<3, 3>(3, 3) = middle * seconds;
  noise.block<3, 3>(6, 3) = middle * half;

  Vector6 density;
  density.head<3>().setConstant(noise_.turn_rate * noise_.turn_rate);
  density.tail<3>().setConstant(noise_.acceleration * noise_.acceleration);
  covariance_ = carry * covariance_ * carry.transpose() +
                noise * (density / seconds).asDiagonal() * noise.transpose();
  by_bias_ = carry * by_bias_ - noise;

  position_ += velocity_ * seconds + middle * push * half;
  velocity_ += middle * push * seconds;
  rotation_ = rotation_ * step;
  seconds_ += seconds;
}

bool Preintegration::AddReadings(const std::vector<InertialReading>& readings,
                                 double from_s, double to_s,
                                 double most_gap_s) {
  if (readings.empty() || !(to_s > from_s)) return false;
  if (readings.front().seconds > from_s + most_gap_s ||
      readings.back().seconds < to_s - most_gap_s) {
    return false;
  }
  std::vector<InertialReading> steps = {ReadingAt(readings, from_s)};
  steps.front().seconds = from_s;
  const auto first = std::upper_bound(
      readings.begin(), readings.end(), from_s + 1e-9,
      [](double s, const InertialReading& r) { return s < r.seconds; });
  for (auto reading = first;
       reading != readings.end() && reading->seconds < to_s - 1e-9; ++reading) {
    if (reading->seconds > steps.back().seconds + 1e-9) steps.push_back(*reading);
  }
  steps.push_back(ReadingAt(readings, to_s));
  steps.back().seconds = to_s;
  for (size_t n = 1; n < steps.size(); ++n) {
    if (steps[n].seconds - steps[n - 1].seconds > most_gap_s) return false;
  }
  for (size_t n = 1; n < steps.size(); ++n) {
    Add((steps[n - 1].turn_rate + steps[n].turn_rate) / 2,
        (steps[n - 1].acceleration + steps[n].acceleration) / 2,
        steps[n].seconds - steps[n - 1].seconds);
  }
  return true;
}

Eigen::Matrix3d Preintegration::RotationAt(const InertialBias& bias) const {
  const Eigen::Vector3d change = bias.turn_rate - bias_.turn_rate;
  return rotation_ * RotationExp(by_bias_.block<3, 3>(0, 0) * change);
}

Eigen::Vector3d Preintegration::VelocityAt(const InertialBias& bias) const {
  return velocity_ +
         by_bias_.block<3, 3>(3, 0) * (bias.turn_rate - bias_.turn_rate) +
         by_bias_.block<3, 3>(3, 3) * (bias.acceleration - bias_.acceleration);
}

Eigen::Vector3d Preintegration::PositionAt(const InertialBias& bias) const {
  return position_ +
         by_bias_.block<3, 3>(6, 0) * (bias.turn_rate - bias_.turn_rate) +
         by_bias_.block<3, 3>(6, 3) * (bias.acceleration - bias_.acceleration);
}

InertialState Preintegration::Predict(const InertialState& start,
                                      const InertialBias& bias,
                                      const Eigen::Vector3d& gravity) const {
  const Eigen::Matrix3d& r = start.world_from_body.rotation;
  InertialState end;
  end.world_from_body.rotation = r * RotationAt(bias);
  end.world_from_body.translation =
      start.world_from_body.translation + start.velocity * seconds_ +
      gravity * (seconds_ * seconds_ / 2) + r * PositionAt(bias);
  end.velocity = start.velocity + gravity * seconds_ + r * VelocityAt(bias);
  return end;
}

Vector9 Preintegration::Contradiction(const InertialState& start,
                                      const InertialState& end,
                                      const InertialBias& bias,
                                      const Eigen::Vector3d& gravity) const {
  const InertialState expected = Predict(start, bias, gravity);
  const Eigen::Matrix3d back = start.world_from_body.rotation.transpose();
  Vector9 value;
  value.head<3>() = RotationLog(expected.world_from_body.rotation.transpose() *
                                end.world_from_body.rotation);
  value.segment<3>(3) = back * (end.velocity - expected.velocity);
  value.tail<3>() = back * (end.world_from_body.translation -
                            expected.world_from_body.translation);
  return value;
}

}  // namespace sense::slam
