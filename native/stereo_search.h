#ifndef SENSE_NATIVE_STEREO_SEARCH_H_
#define SENSE_NATIVE_STEREO_SEARCH_H_

#include <algorithm>
#include <cmath>

#include "native/stereo_kernels.h"
#include "native/stereo_patch.h"
#include "native/stereo_plane.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Looks for the plane at one pixel after the other: planes spread over a
// chessboard from the best of eight regions, and what they cost in each
// neighbour tells which neighbours see the pixel (Xu and Tao, Multi-Scale
// Geometric Consistency Guided Multi-View Stereo, CVPR 2019).
class PlaneSearch {
 public:
  explicit PlaneSearch(const StereoTask& task)
      : task_(task),
        width_(task.reference->width()),
        height_(task.reference->height()),
        count_(static_cast<int>(task.neighbours.size())),
        space_(task.intrinsics),
        patch_(task) {}

  void Begin(int x, int y) {
    Take(x, y, 0);
    SurfacePlane& plane = task_.planes[pixel_];
    for (int n = 0; n < 3 && !Valid(plane); ++n) plane = ChancePlane();
    Costs(plane, rows_[0]);
    float least = kWorstCost, second = kWorstCost;
    for (int n = 0; n < count_; ++n) {
      second = std::min(second, std::max(least, rows_[0][n]));
      least = std::min(least, rows_[0][n]);
      weight_[n] = std::exp(-rows_[0][n] * rows_[0][n] / kCostSpread);
    }
    task_.costs[pixel_] = count_ > 1 ? (least + second) / 2 : least;
    StoreWeights();
  }

  void Propagate(int x, int y, int number) {
    Take(x, y, number);
    LoadWeights();
    best_ = task_.planes[pixel_];
    Costs(best_, rows_[0]);
    GatherCandidates();
    WeighNeighbours(number);
    best_cost_ = Weighed(rows_[0]);
    for (int n = 1; n <= candidates_; ++n) {
      if (!row_of_[n]) continue;
      const float cost = Weighed(rows_[row_of_[n]]);
      if (cost < best_cost_) {
        best_cost_ = cost;
        best_ = planes_[n];
      }
    }
    Change(number);
    task_.planes[pixel_] = best_;
    task_.costs[pixel_] = best_cost_;
    StoreWeights();
  }

  // Fits a parabola to the costs at three depths.
  void Finish(int x, int y) {
    Take(x, y, 0);
    best_ = task_.planes[pixel_];
    LoadWeights();
    const float step = 0.25f * DepthStep();
    best_cost_ = CostBelow(best_, 1e9f);
    const float before = CostBelow(Moved(best_, -step), 1e9f);
    const float after = CostBelow(Moved(best_, step), 1e9f);
    const float bend = before + after - 2 * best_cost_;
    if (bend > 1e-6f) {
      const float shift = 0.5f * (before - after) / bend;
      Try(Moved(best_, step * std::min(std::max(shift, -1.5f), 1.5f)));
    }
    task_.planes[pixel_] = best_;
    task_.costs[pixel_] = best_cost_;
  }

 private:
  static constexpr int kRegions = 8;
  static constexpr float kCostSpread = 2 * 0.3f * 0.3f;
  static constexpr float kLeastFacing = 0.12f;
  static constexpr float kAlikePx = 0.04f;

  using Row = float[kMostNeighbours];

  void Take(int x, int y, int number) {
    x_ = x;
    y_ = y;
    pixel_ = size_t{1} * y * width_ + x;
    px_ = static_cast<float>(x);
    py_ = static_cast<float>(y);
    ray_ = space_.Ray(px_, py_);
    random_ = PixelRandom(task_.options.seed, static_cast<uint32_t>(number),
                          static_cast<uint32_t>(pixel_));
    patch_.Begin(x, y);
  }

  bool Valid(const SurfacePlane& plane) const {
    return plane.w >= task_.options.furthest &&
           plane.w <= task_.options.nearest && plane.w > 0 &&
           PlaneSpace::Facing(space_.Space(plane, px_, py_), ray_) >
               kLeastFacing;
  }

  SurfacePlane ChancePlane() {
    const StereoOptions& options = task_.options;
    const float w = options.furthest + (options.nearest - options.furthest) *
                                           (0.5f + 0.5f * random_.Next());
    return space_.Picture(ChanceDirection(), ray_, w);
  }

  // Within 60 degrees of the ray.
  PlaneSpace::Vector ChanceDirection() {
    const float length = std::sqrt(PlaneSpace::Dot(ray_, ray_));
    PlaneSpace::Vector m;
    for (int n = 0; n < 3; ++n) {
      m[n] = ray_[n] / length + random_.Next();
    }
    return PlaneSpace::Dot(m, ray_) > 0.2f ? m : ray_;
  }

  static SurfacePlane Moved(const SurfacePlane& plane, float dw) {
    const float scale = 1 + dw / plane.w;
    return {plane.w + dw, plane.across * scale, plane.down * scale};
  }

  float NeighbourCost(const StereoNeighbour& one,
                      const SurfacePlane& plane) const {
    const float cost = patch_.Cost(one, plane);
    if (!one.inverse_depths || cost >= kWorstCost) return cost;
    return cost + task_.options.geometric_weight * Disagreement(one, plane.w);
  }

  // How many pixels away, 3 at most, the neighbour's surface comes back.
  float Disagreement(const StereoNeighbour& one, float w) const {
    constexpr float kMost = 3;
    float there[3], back[3];
    Map(one.from_reference, px_, py_, w, there);
    const float x = there[0] / there[2], y = there[1] / there[2];
    const int column = static_cast<int>(x + 0.5f);
    const int row = static_cast<int>(y + 0.5f);
    if (column < 0 || row < 0 || column >= one.picture->width() ||
        row >= one.picture->height()) {
      return kMost;
    }
    const float seen =
        one.inverse_depths[size_t{1} * row * one.picture->width() + column];
    if (!(seen > 0)) return kMost;
    Map(one.to_reference, x, y, seen, back);
    if (!(back[2] > 0)) return kMost;
    const float dx = back[0] / back[2] - px_, dy = back[1] / back[2] - py_;
    return std::min(std::sqrt(dx * dx + dy * dy), kMost);
  }

  static void Map(const PixelMap& map, float x, float y, float w, float* to) {
    for (int n = 0; n < 3; ++n) {
      to[n] = map.turn[3 * n] * x + map.turn[3 * n + 1] * y +
              map.turn[3 * n + 2] + map.shift[n] * w;
    }
  }

  void Costs(const SurfacePlane& plane, float* row) const {
    for (int n = 0; n < count_; ++n) {
      row[n] = NeighbourCost(task_.neighbours[n], plane);
    }
  }

  float Weighed(const float* row) const {
    float sum = 0;
    for (int n = 0; n < count_; ++n) sum += weight_[n] * row[n];
    return sum;
  }

  // The cost of a plane, or something above the limit.
  float CostBelow(const SurfacePlane& plane, float limit) const {
    float sum = 0;
    for (int n = 0; n < count_; ++n) {
      if (weight_[n] < 1e-3f) continue;
      sum += weight_[n] * NeighbourCost(task_.neighbours[n], plane);
      if (sum >= limit) break;
    }
    return sum;
  }

  void Try(const SurfacePlane& plane) {
    if (!Valid(plane)) return;
    const float cost = CostBelow(plane, best_cost_);
    if (cost >= best_cost_) return;
    best_cost_ = cost;
    best_ = plane;
  }

  // Looks at one pixel of another colour; keeps it where it is the best of its
  // region.
  void Look(int dx, int dy, size_t* best, float* cost) const {
    const int x = x_ + dx, y = y_ + dy;
    if (x < 0 || y < 0 || x >= width_ || y >= height_) return;
    const size_t pixel = size_t{1} * y * width_ + x;
    if (task_.costs[pixel] >= *cost) return;
    *cost = task_.costs[pixel];
    *best = pixel;
  }

  // The best pixel of a near (a widening V) or far (a line) region in one of
  // four directions; this pixel where there is none.
  size_t BestOf(int region) const {
    static constexpr int kX[] = {1, 0, -1, 0}, kY[] = {0, 1, 0, -1};
    const int ax = kX[region & 3], ay = kY[region & 3];
    size_t best = pixel_;
    float cost = 1e9f;
    if (region < 4) {
      Look(ax, ay, &best, &cost);
      for (int n = 1; n <= 3; ++n) {
        const int along = n + 1;
        Look(ax * along - ay * n, ay * along + ax * n, &best, &cost);
        Look(ax * along + ay * n, ay * along - ax * n, &best, &cost);
      }
    } else {
      for (int n = 3; n <= 23; n += 2) Look(ax * n, ay * n, &best, &cost);
    }
    return best;
  }

  // rows_[0] is what this pixel's plane costs; the planes of others that are
  // much the same share it.
  void GatherCandidates() {
    const float alike = kAlikePx * DepthStep();
    const int regions = task_.options.wide ? kRegions : 4;
    int used = 1;
    candidates_ = 0;
    for (int region = 0; region < regions; ++region) {
      const size_t from = BestOf(region);
      if (from == pixel_) continue;
      SurfacePlane plane = task_.planes[from];
      const int y = static_cast<int>(from / width_);
      const int x = static_cast<int>(from) - y * width_;
      plane.w += plane.across * static_cast<float>(x_ - x) +
                 plane.down * static_cast<float>(y_ - y);
      const int n = ++candidates_;
      planes_[n] = plane;
      row_of_[n] = 0;
      if (!Valid(plane)) {
        --candidates_;
      } else if (!Alike(plane, best_, alike)) {
        row_of_[n] = used;
        Costs(plane, rows_[used++]);
      }
    }
  }

  static bool Alike(const SurfacePlane& a, const SurfacePlane& b,
                    float alike) {
    return std::abs(a.w - b.w) +
               3 * (std::abs(a.across - b.across) + std::abs(a.down - b.down)) <
           alike;
  }

  // A neighbour sees this pixel when the planes around it are good there.
  void WeighNeighbours(int number) {
    const float good_cost =
        0.8f * std::exp(-static_cast<float>(number * number) / 90);
    const int total = candidates_ + 1;
    row_of_[0] = 0;
    float sum = 0;
    for (int n = 0; n < count_; ++n) {
      int good = 0, bad = 0;
      float weight = 0;
      for (int at = 0; at < total; ++at) {
        const float cost = rows_[row_of_[at]][n];
        if (cost < good_cost) {
          weight += std::exp(-cost * cost / kCostSpread);
          ++good;
        }
        bad += cost > 1.2f;
      }
      const bool seen = 4 * good > total && 8 * bad < 3 * total;
      weight_[n] = seen ? weight / static_cast<float>(good) : 0;
      sum += weight_[n];
    }
    if (sum <= 0) sum = WeighBest();
    for (int n = 0; n < count_; ++n) weight_[n] /= sum;
  }

  // Believes the two neighbours with the least cost.
  float WeighBest() {
    int order[kMostNeighbours];
    float least[kMostNeighbours];
    for (int n = 0; n < count_; ++n) {
      order[n] = n;
      least[n] = rows_[0][n];
      for (int at = 1; at <= candidates_; ++at) {
        least[n] = std::min(least[n], rows_[row_of_[at]][n]);
      }
    }
    const int kept = std::min(count_, 2);
    std::partial_sort(order, order + kept, order + count_,
                      [&least](int a, int b) {
                        return least[a] < least[b] ||
                               (least[a] == least[b] && a < b);
                      });
    for (int n = 0; n < kept; ++n) weight_[order[n]] = 1;
    return static_cast<float>(kept);
  }

  // By how much the inverse depth changes where the picture of the point in
  // the most believed neighbour moves by a pixel.
  float DepthStep() const {
    int best = 0;
    for (int n = 1; n < count_; ++n) {
      if (weight_[n] > weight_[best]) best = n;
    }
    const PixelMap& map = task_.neighbours[best].from_reference;
    float at[3];
    Map(map, px_, py_, best_.w, at);
    const float x = (map.shift[0] - at[0] / at[2] * map.shift[2]) / at[2];
    const float y = (map.shift[1] - at[1] / at[2] * map.shift[2]) / at[2];
    return 1 / std::max(std::sqrt(x * x + y * y), 1e-6f);
  }

  void Change(int number) {
    const float step = DepthStep();
    if (task_.options.wide) {
      Try(ChancePlane());
      Try(space_.Picture(ChanceDirection(), ray_, best_.w));
    }
    const float scale = std::exp2(-0.5f * static_cast<float>(number));
    Try(Turned(best_, best_.w, 0.4f * scale));
    Try(Moved(best_, step * scale * random_.Next()));
    Try(Turned(best_, best_.w + 0.5f * step * scale * random_.Next(),
               0.2f * scale));
  }

  SurfacePlane Turned(const SurfacePlane& plane, float w, float by) {
    PlaneSpace::Vector m = space_.Space(plane, px_, py_);
    const float length = std::sqrt(PlaneSpace::Dot(m, m));
    for (float& one : m) one = one / length + by * random_.Next();
    return space_.Picture(m, ray_, w);
  }

  void StoreWeights() const {
    float most = 1e-9f;
    for (int n = 0; n < count_; ++n) most = std::max(most, weight_[n]);
    uint8_t* stored = task_.weights + pixel_ * count_;
    for (int n = 0; n < count_; ++n) {
      stored[n] = static_cast<uint8_t>(255 * weight_[n] / most + 0.5f);
    }
  }

  void LoadWeights() {
    const uint8_t* stored = task_.weights + pixel_ * count_;
    float sum = 0;
    for (int n = 0; n < count_; ++n) sum += stored[n] + 1e-3f;
    for (int n = 0; n < count_; ++n) weight_[n] = (stored[n] + 1e-3f) / sum;
  }

  const StereoTask& task_;
  const int width_, height_, count_;
  const PlaneSpace space_;
  Patch patch_;
  int x_ = 0, y_ = 0;
  size_t pixel_ = 0;
  float px_ = 0, py_ = 0;
  PlaneSpace::Vector ray_ = {};
  PixelRandom random_{0, 0, 0};
  int candidates_ = 0;
  SurfacePlane planes_[kRegions + 1];
  int row_of_[kRegions + 1];
  Row rows_[kRegions + 1];
  float weight_[kMostNeighbours] = {};
  SurfacePlane best_ = {};
  float best_cost_ = 0;
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_STEREO_SEARCH_H_
