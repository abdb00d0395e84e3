#include "native/chart_baking.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>

#include "native/thread_pool.h"

namespace sense {
namespace {

constexpr int kBands = 16;
constexpr double kRimWidth = 1.0;
constexpr double kInside = -1e-6;

struct Target {
  uint8_t* page;
  uint8_t* coverage;
  int width;
  int height;
};

// One triangle in the picture's pixels.
class Copier {
 public:
  Copier(const BakingPicture& picture, const BakingTriangles& all, int64_t n)
      : picture_(picture),
        corners_(all.corners + 6 * n),
        adjustments_(all.adjustments + 9 * n),
        shift_x_(all.shifts[2 * n]),
        shift_y_(all.shifts[2 * n + 1]) {
    const double* p = corners_;
    double area = (p[2] - p[0]) * (p[5] - p[1]) - (p[4] - p[0]) * (p[3] - p[1]);
    if (std::abs(area) < 1e-12) area = 1e-12;
    for (int side = 0; side < 3; ++side) {
      const double* a = p + 2 * ((side + 1) % 3);
      const double* b = p + 2 * ((side + 2) % 3);
      const double length =
          std::max(std::hypot(b[0] - a[0], b[1] - a[1]), 1e-9);
      along_x_[side] = -(b[1] - a[1]) / area;
      along_y_[side] = (b[0] - a[0]) / area;
      start_[side] = -(along_x_[side] * a[0] + along_y_[side] * a[1]);
      pixels_[side] = std::abs(area) / length;  // Height over this side.
    }
  }

  // Only the page's rows from `first` up to `last`.
  void Copy(const Target& target, int first, int last) const {
    const auto bounds = [this](int axis) {
      const auto range = std::minmax(
          {corners_[axis], corners_[axis + 2], corners_[axis + 4]});
      return std::array<int, 2>{
          static_cast<int>(std::floor(range.first - kRimWidth)),
          static_cast<int>(std::ceil(range.second + kRimWidth))};
    };
    const std::array<int, 2> x = bounds(0), y = bounds(1);
    const int left = std::max(x[0], -shift_x_);
    const int right = std::min(x[1], target.width - 1 - shift_x_);
    const int top = std::max(y[0], first - shift_y_);
    const int bottom = std::min(y[1], last - 1 - shift_y_);
    for (int row = top; row <= bottom; ++row) {
      for (int column = left; column <= right; ++column) {
        CopyPixel(target, column, row);
      }
    }
  }

 private:
  void CopyPixel(const Target& target, int column, int row) const {
    std::array<double, 3> weight;
    bool inside = true;
    for (int side = 0; side < 3; ++side) {
      weight[side] =
          start_[side] + along_x_[side] * column + along_y_[side] * row;
      if (weight[side] * pixels_[side] < -kRimWidth) return;
      inside = inside && weight[side] >= kInside;
    }
    const int64_t place =
        static_cast<int64_t>(row + shift_y_) * target.width + column + shift_x_;
    if (!inside && target.coverage[place] != kBare) return;
    double sum = 0;
    for (double& part : weight) {
      part = std::clamp(part, 0.0, 1.0);
      sum += part;
    }
    const int64_t from =
        static_cast<int64_t>(std::clamp(row, 0, picture_.height - 1)) *
            picture_.width +
        std::clamp(column, 0, picture_.width - 1);
    for (int c = 0; c < 3; ++c) {
      double level = picture_.rgb[3 * from + c] + 0.5;
      for (int side = 0; side < 3; ++side) {
        level += weight[side] / sum * adjustments_[3 * side + c];
      }
      target.page[3 * place + c] =
          static_cast<uint8_t>(std::clamp(level, 0.0, 255.0));
    }
    target.coverage[place] = inside ? kCovered : kRim;
  }

  const BakingPicture& picture_;
  const double* corners_;
  const float* adjustments_;
  const int shift_x_, shift_y_;
  // The barycentric weight over a side: start + along . pixel.
  std::array<double, 3> along_x_, along_y_, start_, pixels_;
};

}  // namespace

bool BakeTriangles(const BakingPicture& picture,
                   const BakingTriangles& triangles, uint8_t* page,
                   uint8_t* coverage, int width, int height,
                   const StopFlag* stop) {
  const Target target{page, coverage, width, height};
  const int rows = (height + kBands - 1) / kBands;
  std::atomic<bool> complete{true};
  ThreadPool::Shared().ForEach(kBands, [&](int band) {
    const int first = band * rows, last = std::min(height, first + rows);
    for (int64_t n = 0; n < triangles.count; ++n) {
      if (n % 4096 == 0 && Stopped(stop)) {
        complete = false;
        return;
      }
      const double* p = triangles.corners + 6 * n;
      const auto span = std::minmax({p[1], p[3], p[5]});
      const double shift = triangles.shifts[2 * n + 1];
      if (span.second + shift + 2 < first || span.first + shift - 2 >= last) {
        continue;
      }
      Copier(picture, triangles, n).Copy(target, first, last);
    }
  });
  return complete;
}

}  // namespace sense
