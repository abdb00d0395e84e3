#include "native/slam/patch_alignment.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace sense::slam {
namespace {

constexpr float kConverged = 0.01f;
constexpr float kLeastVariance = 9;  // Grey levels squared.
constexpr float kLargestMove = 6;    // Pixels from the guess, at its level.
// Of the structure tensor, grey levels squared a pixel.
constexpr float kLeastEigenvalue = 2;

// Four weights of a bilinear sample.
struct Blend {
  int x, y;
  float a, b, c, d;

  explicit Blend(const Eigen::Vector2d& place)
      : x(static_cast<int>(std::floor(place.x()))),
        y(static_cast<int>(std::floor(place.y()))) {
    const float u = static_cast<float>(place.x() - x);
    const float v = static_cast<float>(place.y() - y);
    a = (1 - u) * (1 - v);
    b = u * (1 - v);
    c = (1 - u) * v;
    d = u * v;
  }
};

// A block of `side` pixels around a place, interpolated.
template <int kSide>
void Sample(const ImageLevel& image, const Eigen::Vector2d& place,
            float* out) {
  const Blend blend(place);
  constexpr int kHalf = kSide / 2;
  for (int j = 0; j < kSide; ++j) {
    const uint8_t* top = image.row(blend.y - kHalf + j) + blend.x - kHalf;
    const uint8_t* low = top + image.width;
    for (int i = 0; i < kSide; ++i) {
      out[j * kSide + i] = blend.a * top[i] + blend.b * top[i + 1] +
                           blend.c * low[i] + blend.d * low[i + 1];
    }
  }
}

}  // namespace

AlignedPatch::AlignedPatch(const Bordered& values) {
  float mean = 0;
  Eigen::Matrix4f squares = Eigen::Matrix4f::Zero();
  for (int j = 0; j < kSide; ++j) {
    for (int i = 0; i < kSide; ++i) {
      const float* at = &values[(j + 1) * kBordered + i + 1];
      const int k = j * kSide + i;
      value_[k] = *at;
      slope_x_[k] = 0.5f * (at[1] - at[-1]);
      slope_y_[k] = 0.5f * (at[kBordered] - at[-kBordered]);
      mean += *at;
    }
  }
  mean /= kArea;
  for (int k = 0; k < kArea; ++k) {
    value_[k] -= mean;
    const Eigen::Vector4f row(slope_x_[k], slope_y_[k], value_[k], 1);
    squares.noalias() += row * row.transpose();
  }
  variance_ = squares(2, 2) / kArea;
  const float half = 0.5f * (squares(0, 0) + squares(1, 1));
  const float off = 0.5f * (squares(0, 0) - squares(1, 1));
  const float smaller =
      half - std::sqrt(off * off + squares(0, 1) * squares(0, 1));
  usable_ = variance_ > kLeastVariance && smaller > kLeastEigenvalue * kArea;
  if (!usable_) return;
  inverse_ = squares.inverse();
  usable_ = inverse_.allFinite();
}

AlignedPatch::Result AlignedPatch::Align(const ImageLevel& image,
                                         Eigen::Vector2d* place,
                                         int iterations) const {
  if (!usable_) return {};
  const Eigen::Vector2d guess = *place;
  std::array<float, kArea> shown;
  float gain = 1, offset = 0;
  bool converged = false;
  for (int iteration = 0; iteration < iterations; ++iteration) {
    if (!image.Holds(*place, kHalf + 1)) return {};
    Sample<kSide>(image, *place, shown.data());
    if (iteration == 0) {
      float sum = 0;
      for (float value : shown) sum += value;
      offset = sum / kArea;
    }
    Eigen::Vector4f sums = Eigen::Vector4f::Zero();
    for (int k = 0; k < kArea; ++k) {
      const float error = shown[k] - gain * value_[k] - offset;
      sums[0] += slope_x_[k] * error;
      sums[1] += slope_y_[k] * error;
      sums[2] += value_[k] * error;
      sums[3] += error;
    }
    const Eigen::Vector4f step = inverse_ * sums;
    gain += step[2];
    offset += step[3];
    if (!(gain > 0.2f) || gain > 5) return {};
    const Eigen::Vector2d move(step[0] / gain, step[1] / gain);
    *place -= move;
    if (!((*place - guess).norm() < kLargestMove)) return {};
    if (move.norm() < kConverged) {
      converged = true;
      break;
    }
  }
  if (!image.Holds(*place, kHalf + 1)) return {};
  Sample<kSide>(image, *place, shown.data());
  float sum = 0, squares = 0, both = 0;
  for (int k = 0; k < kArea; ++k) {
    sum += shown[k];
    squares += shown[k] * shown[k];
    both += shown[k] * value_[k];
  }
  const float variance = squares / kArea - (sum / kArea) * (sum / kArea);
  if (!(variance > kLeastVariance / 4)) return {};
  return {converged, both / kArea / std::sqrt(variance * variance_)};
}

bool CutPatch(const ImageLevel& image, const Eigen::Vector2d& place,
              AlignedPatch::Bordered* out) {
  if (!image.Holds(place, AlignedPatch::kHalf + 2)) return false;
  Sample<AlignedPatch::kBordered>(image, place, out->data());
  return true;
}

bool StoredPatch::Cut(const ImageLevel& image, const Eigen::Vector2d& place) {
  const Eigen::Vector2d rounded = (place.array() + 0.5).floor().matrix();
  const int left = static_cast<int>(rounded.x()) - kMiddle;
  const int top = static_cast<int>(rounded.y()) - kMiddle;
  // Near the border the outermost pixels are repeated: small patches lie
  // wholly inside all the same.
  if (!image.Holds(place, AlignedPatch::kHalf + 2)) return false;
  for (int j = 0; j < kSide; ++j) {
    const uint8_t* row = image.row(std::clamp(top + j, 0, image.height - 1));
    for (int i = 0; i < kSide; ++i) {
      pixels_[j * kSide + i] = row[std::clamp(left + i, 0, image.width - 1)];
    }
  }
  rest_ = (place - rounded).cast<float>();
  return true;
}

bool StoredPatch::Warp(const Eigen::Matrix2d& other_from_stored,
                       AlignedPatch::Bordered* out) const {
  const double determinant = other_from_stored.determinant();
  if (!(std::abs(determinant) > 1e-3)) return false;
  const Eigen::Matrix2d back = other_from_stored.inverse();
  constexpr int kHalf = AlignedPatch::kBordered / 2;
  for (int j = -kHalf; j <= kHalf; ++j) {
    for (int i = -kHalf; i <= kHalf; ++i) {
      const Eigen::Vector2d at =
          back * Eigen::Vector2d(i, j) + rest_.cast<double>() +
          Eigen::Vector2d(kMiddle, kMiddle);
      if (!(at.x() >= 0 && at.y() >= 0 && at.x() < kSide - 1 &&
            at.y() < kSide - 1)) {
        return false;
      }
      const Blend blend(at);
      const uint8_t* top = &pixels_[blend.y * kSide + blend.x];
      (*out)[(j + kHalf) * AlignedPatch::kBordered + i + kHalf] =
          blend.a * top[0] + blend.b * top[1] + blend.c * top[kSide] +
          blend.d * top[kSide + 1];
    }
  }
  return true;
}

bool FollowPlace(const ImagePyramid& from, const Eigen::Vector2d& origin,
                 const ImagePyramid& to, int finest_level,
                 Eigen::Vector2d* place, float least_likeness) {
  AlignedPatch::Bordered values;
  float likeness = -1;
  for (int level = from.levels() - 1; level >= finest_level; --level) {
    const bool finest = level == finest_level;
    if (!CutPatch(from.level(level), ToLevel(origin, level), &values)) {
      if (finest) return false;
      continue;
    }
    const AlignedPatch patch(values);
    Eigen::Vector2d at = ToLevel(*place, level);
    const AlignedPatch::Result result =
        patch.Align(to.level(level), &at, finest ? 20 : 10);
    if (!result.found && finest) return false;
    // Coarse levels may fail: they only bring the guess nearer.
    if (result.likeness > 0.5f) *place = FromLevel(at, level);
    likeness = result.likeness;
  }
  return likeness >= least_likeness;
}

}  // namespace sense::slam
