#include "native/slam/sensor_frame.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "native/slam/patch_alignment.h"

namespace sense::slam {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
// Depths from this share of the focal length's baseline on are searched for.
constexpr double kNearestBaselines = 1.5;
constexpr double kLeastDisparity = 0.7;
constexpr float kLeastLikeness = 0.85f;
// The best place must be this much more alike than any other.
constexpr float kUnique = 0.03f;
// A Kinect's error of depth grows with the square (Khoshelham and Elberink,
// "Accuracy and resolution of Kinect depth data", Sensors 2012).
constexpr double kDepthNoise = 0.0028, kDepthFloor = 0.004;
constexpr double kDepthEdge = 0.03, kSteepest = 0.1;

// Correlation of a patch with every column of its row.
class RowSearch {
 public:
  RowSearch(const ImageLevel& left, const ImageLevel& right,
            const Eigen::Vector2d& place)
      : right_(right),
        x_(static_cast<int>(std::lround(place.x()))),
        y_(static_cast<int>(std::lround(place.y()))) {
    if (!left.Holds(place, kHalf + 1)) return;
    float sum = 0;
    for (int j = -kHalf; j <= kHalf; ++j) {
      const uint8_t* row = left.row(y_ + j) + x_;
      for (int i = -kHalf; i <= kHalf; ++i) {
        patch_[Index(i, j)] = row[i];
        sum += row[i];
      }
    }
    for (float& value : patch_) {
      value -= sum / kArea;
      squares_ += value * value;
    }
    usable_ = squares_ > kArea;
  }

  bool usable() const { return usable_; }
  int column() const { return x_; }

  float Likeness(int disparity) const {
    const int x = x_ - disparity;
    if (x < kHalf || x >= right_.width - kHalf) return -1;
    float sum = 0, squares = 0, both = 0;
    for (int j = -kHalf; j <= kHalf; ++j) {
      const uint8_t* row = right_.row(y_ + j) + x;
      for (int i = -kHalf; i <= kHalf; ++i) {
        const float value = row[i];
        sum += value;
        squares += value * value;
        both += value * patch_[Index(i, j)];
      }
    }
    const float variance = squares - sum * sum / kArea;
    return variance > kArea ? both / std::sqrt(variance * squares_) : -1;
  }

 private:
  static constexpr int kHalf = 4, kSide = 2 * kHalf + 1, kArea = kSide * kSide;

  static int Index(int i, int j) { return (j + kHalf) * kSide + i + kHalf; }

  const ImageLevel& right_;
  int x_, y_;
  float patch_[kArea] = {};
  float squares_ = 0;
  bool usable_ = false;
};

// The disparity of the most alike place, in pixels of the level; NaN where
// another one is nearly as much alike.
double BestDisparity(const RowSearch& row, int least, int most) {
  float best = -1, second = -1;
  int at = least;
  std::vector<float> all;
  all.reserve(most - least + 1);
  for (int d = least; d <= most; ++d) all.push_back(row.Likeness(d));
  for (int d = least; d <= most; ++d) {
    if (all[d - least] > best) {
      best = all[d - least];
      at = d;
    }
  }
  for (int d = least; d <= most; ++d) {
    if (std::abs(d - at) > 2) second = std::max(second, all[d - least]);
  }
  if (best < kLeastLikeness - 0.1f || best < second + kUnique) return kNaN;
  return at;
}

void MeasureRight(const SensorFrame& frame, const RigCamera& camera, int level,
                  double expected_depth_m, ImageMeasurement* seen) {
  const double scale_m = camera.lens.lens().fx * camera.baseline_m;
  const Eigen::Vector2d pixel(seen->u, seen->v);
  const int coarse = std::min({std::max(level, 1), frame.left.levels() - 1,
                               frame.right.levels() - 1});
  const double unit = std::ldexp(1.0, coarse);
  Eigen::Vector2d place = pixel;
  if (expected_depth_m > 0) {
    place.x() -= scale_m / expected_depth_m;
  } else {
    const RowSearch row(frame.left.level(coarse), frame.right.level(coarse),
                        ToLevel(pixel, coarse));
    if (!row.usable()) return;
    const double most = scale_m / (kNearestBaselines * camera.baseline_m);
    const double found =
        BestDisparity(row, 0, static_cast<int>(std::min(most, pixel.x()) / unit));
    if (!(found == found)) return;
    place.x() -= found * unit;
  }
  AlignedPatch::Bordered values;
  for (int at = coarse; at >= std::min(level, coarse); --at) {
    if (!CutPatch(frame.left.level(at), ToLevel(pixel, at), &values)) return;
    Eigen::Vector2d guess = ToLevel(place, at);
    const AlignedPatch::Result result =
        AlignedPatch(values).Align(frame.right.level(at), &guess, 20);
    if (!result.found || result.likeness < kLeastLikeness) return;
    place = FromLevel(guess, at);
  }
  const double size = std::ldexp(1.0, level);
  if (std::abs(place.y() - pixel.y()) > 1.0 * size) return;
  if (pixel.x() - place.x() < kLeastDisparity) return;
  seen->right_u = place.x();
}

// The depth on the plane through the pixels around the place. Where opposite
// pixels do not lie on one line with the middle there is an edge, and nobody
// knows on which side of it the corner is; a slanted surface is no edge.
void MeasureDepth(const SensorFrame& frame, ImageMeasurement* seen) {
  constexpr int kPairs = 4;
  constexpr std::array<int, kPairs> kRight = {1, 1, 0, -1};
  constexpr std::array<int, kPairs> kDown = {0, 1, 1, 1};
  const int width = frame.left.width(), height = frame.left.height();
  const int x = static_cast<int>(std::lround(seen->u));
  const int y = static_cast<int>(std::lround(seen->v));
  if (x < 1 || y < 1 || x >= width - 1 || y >= height - 1) return;
  const float* at = frame.depth_m.data() + static_cast<size_t>(y) * width + x;
  const double middle = *at;
  if (!(middle > 0)) return;
  // Noise bends a surface, too: by root six of its deviation.
  const double bend = std::max(kDepthEdge * middle, 6 * DepthSigma(middle));
  double sum = middle, right = 0, down = 0;
  for (int pair = 0; pair < kPairs; ++pair) {
    const int i = kRight[pair], j = kDown[pair];
    const std::ptrdiff_t step = static_cast<std::ptrdiff_t>(j) * width + i;
    const double after = at[step], before = at[-step];
    if (!(after > 0) || !(before > 0)) return;
    if (std::abs(after + before - 2 * middle) > bend) return;
    if (std::abs(after - before) > kSteepest * middle) return;
    sum += after + before;
    right += i * (after - before) / 6;
    down += j * (after - before) / 6;
  }
  const double depth = sum / (2 * kPairs + 1) + right * (seen->u - x) +
                       down * (seen->v - y);
  seen->depth_m = depth;
  seen->depth_sigma_m = DepthSigma(depth);
}

}  // namespace

void MeasureThird(const SensorFrame& frame, const RigCamera& camera, int level,
                  double expected_depth_m, ImageMeasurement* seen) {
  seen->right_u = seen->depth_m = kNaN;
  if (frame.stereo()) {
    MeasureRight(frame, camera, level, expected_depth_m, seen);
  } else if (frame.rgbd()) {
    MeasureDepth(frame, seen);
  }
}

double DepthSigma(double depth_m) {
  return kDepthFloor + kDepthNoise * depth_m * depth_m;
}

double DepthOf(const RigCamera& camera, const ImageMeasurement& seen) {
  if (seen.right_u == seen.right_u) {
    return camera.lens.lens().fx * camera.baseline_m / (seen.u - seen.right_u);
  }
  return seen.depth_m;
}

}  // namespace sense::slam
