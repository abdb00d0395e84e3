#include "native/fusion/view_facing.h"

#include <algorithm>
#include <cmath>

#include "native/thread_pool.h"

namespace sense {
namespace {

constexpr int kSquare = 4;
constexpr int kLeastPixels = 6;  // Of a square.
constexpr int kSquareRowsTogether = 8;
// What is steeper, in depth by width, is the way from one surface to another.
constexpr float kSteepest = 16.0f;

class FacingFinder {
 public:
  explicit FacingFinder(const RgbdView& view)
      : view_(view),
        wide_((view.depth_lens.width + kSquare - 1) / kSquare),
        high_((view.depth_lens.height + kSquare - 1) / kSquare),
        largest_change_(kSquare * kSteepest /
                        std::min(view.depth_lens.fx, view.depth_lens.fy)),
        inverse_(static_cast<size_t>(wide_) * static_cast<size_t>(high_)) {}

  ViewFacing Run() {
    ForEachRow([this](int row) {
      for (int column = 0; column < wide_; ++column) {
        inverse_[Number(column, row)] = MeanInverse(column, row);
      }
    });
    ViewFacing facing;
    const PinholeLens& lens = view_.depth_lens;
    facing.shares.resize(static_cast<size_t>(lens.width) *
                         static_cast<size_t>(lens.height));
    ForEachRow([this, &facing](int row) {
      for (int column = 0; column < wide_; ++column) {
        Fill(column, row, ShareAt(column, row), facing);
      }
    });
    return facing;
  }

 private:
  template <typename Work>
  void ForEachRow(const Work& work) {
    const int groups = (high_ + kSquareRowsTogether - 1) / kSquareRowsTogether;
    ThreadPool::Shared().ForEach(groups, [&](int group) {
      const int end = std::min(high_, (group + 1) * kSquareRowsTogether);
      for (int row = group * kSquareRowsTogether; row < end; ++row) work(row);
    });
  }

  size_t Number(int column, int row) const {
    return static_cast<size_t>(row) * static_cast<size_t>(wide_) +
           static_cast<size_t>(column);
  }

  // Of the mean depth of a square whose pixels lie on one surface; 0 if they do
  // not.
  float MeanInverse(int column, int row) const {
    const PinholeLens& lens = view_.depth_lens;
    const int right = std::min(lens.width, (column + 1) * kSquare);
    const int bottom = std::min(lens.height, (row + 1) * kSquare);
    float sum = 0, least = 1e9f, most = 0;
    int count = 0;
    for (int y = row * kSquare; y < bottom; ++y) {
      const float* depth = view_.depth + static_cast<int64_t>(y) * lens.width;
      for (int x = column * kSquare; x < right; ++x) {
        const bool known = depth[x] > 0;
        sum += known ? depth[x] : 0.0f;
        least = std::min(least, known ? depth[x] : least);
        most = std::max(most, known ? depth[x] : most);
        count += known;
      }
    }
    const bool one = count >= kLeastPixels && most - least < largest_change_ * least;
    return one ? static_cast<float>(count) / sum : 0.0f;
  }

  // The change of the inverse depth a pixel, from the squares before and after,
  // or from one of them; false if it is not known.
  bool Change(size_t here, int64_t before, int64_t after, float* change) const {
    const float middle = inverse_[here];
    float sum = 0;
    int count = 0;
    for (const int64_t number : {before, after}) {
      if (number < 0) continue;
      const float other = inverse_[static_cast<size_t>(number)];
      if (other <= 0 || std::abs(other - middle) > largest_change_ * middle) {
        continue;
      }
      sum += number == before ? middle - other : other - middle;
      ++count;
    }
    if (!count) return false;
    *change = sum / static_cast<float>(count * kSquare);
    return true;
  }

  float ShareAt(int column, int row) const {
    const PinholeLens& lens = view_.depth_lens;
    const size_t here = Number(column, row);
    const float inverse = inverse_[here];
    if (inverse <= 0) return 1.0f;
    const auto n = static_cast<int64_t>(here);
    float across = 0, down = 0;
    if (!Change(here, column > 0 ? n - 1 : -1, column + 1 < wide_ ? n + 1 : -1,
                &across) ||
        !Change(here, row > 0 ? n - wide_ : -1, row + 1 < high_ ? n + wide_ : -1,
                &down)) {
      return 1.0f;
    }
    // The plane is where normal * point = 1, and inverse = normal * ray.
    constexpr float kMiddle = 0.5f * (kSquare - 1);
    const float x = (static_cast<float>(column * kSquare) + kMiddle - lens.cx) / lens.fx;
    const float y = (static_cast<float>(row * kSquare) + kMiddle - lens.cy) / lens.fy;
    const float nx = lens.fx * across, ny = lens.fy * down;
    const float nz = inverse - x * nx - y * ny;
    return inverse / std::sqrt(nx * nx + ny * ny + nz * nz);
  }

  void Fill(int column, int row, float share, ViewFacing& facing) const {
    const PinholeLens& lens = view_.depth_lens;
    const auto value = static_cast<uint8_t>(
        ViewFacing::kUnits * std::clamp(share, ViewFacing::kLeast, 1.0f) + 0.5f);
    const int first = column * kSquare;
    const int end = std::min(lens.width, first + kSquare);
    const int bottom = std::min(lens.height, (row + 1) * kSquare);
    for (int y = row * kSquare; y < bottom; ++y) {
      uint8_t* line = facing.shares.data() + static_cast<int64_t>(y) * lens.width;
      std::fill(line + first, line + end, value);
    }
  }

  const RgbdView& view_;
  int wide_, high_;
  float largest_change_;  // Of inverse depths, in shares, a square.
  std::vector<float> inverse_;  // Of the mean depth of the squares; 0 unknown.
};

}  // namespace

ViewFacing FacingOf(const RgbdView& view) { return FacingFinder(view).Run(); }

}  // namespace sense
