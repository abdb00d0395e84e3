#include "native/depth_field.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "native/thread_pool.h"

namespace sense {
namespace {

using Vector = std::array<double, 3>;
using Block = std::array<int32_t, 3>;

// A surface seen at a glancing angle is known badly.
constexpr double kSmallestCosine = 0.15;
// What only says that nothing is in the way counts less than a surface does.
constexpr double kFreeShare = 0.5;
// What is doubtful gives way to what is not, but is better than nothing.
constexpr double kDoubtfulShare = 0.1;

bool Before(const Block& a, const Block& b) {
  if (a[2] != b[2]) return a[2] < b[2];
  if (a[1] != b[1]) return a[1] < b[1];
  return a[0] < b[0];
}

void MakeUnique(std::vector<Block>& blocks) {
  std::sort(blocks.begin(), blocks.end(), Before);
  blocks.erase(std::unique(blocks.begin(), blocks.end()), blocks.end());
}

Vector RayOf(const DepthView& view, double across, double down) {
  const std::array<double, 9>& k = view.intrinsics;
  const double y = (down - k[5]) / k[4];
  return {(across - k[2] - k[1] * y) / k[0], y, 1.0};
}

Vector InWorld(const DepthView& view, const Vector& ray, double depth) {
  const std::array<double, 9>& r = view.world_from_camera;
  Vector point = view.centre;
  for (int row = 0; row < 3; ++row) {
    for (int n = 0; n < 3; ++n) point[row] += r[3 * row + n] * ray[n] * depth;
  }
  return point;
}

Vector InCamera(const DepthView& view, const Vector& point) {
  const std::array<double, 9>& r = view.world_from_camera;
  Vector result{0.0, 0.0, 0.0};
  for (int row = 0; row < 3; ++row) {
    for (int n = 0; n < 3; ++n) {
      result[n] += r[3 * row + n] * (point[row] - view.centre[row]);
    }
  }
  return result;
}

// The blocks that the truncated neighbourhood of a view's surface touches.
std::vector<Block> BlocksOf(const DepthView& view,
                            const DepthFieldOptions& options) {
  const double edge = options.voxel * DepthField::kEdge;
  constexpr double kFarthest = 1e8;
  std::vector<Block> found;
  for (int row = 0; row < view.height; ++row) {
    for (int column = 0; column < view.width; ++column) {
      const double depth = view.depth[int64_t{row} * view.width + column];
      if (!(depth > 0.0)) continue;
      const Vector ray = RayOf(view, column, row);
      const double along =
          options.truncation /
          std::sqrt(ray[0] * ray[0] + ray[1] * ray[1] + ray[2] * ray[2]);
      const int steps = static_cast<int>(std::ceil(4 * options.truncation / edge));
      for (int step = -steps; step <= steps; ++step) {
        const Vector point = InWorld(view, ray, depth + along * step / steps);
        Block block;
        bool near = true;
        for (int axis = 0; axis < 3; ++axis) {
          const double place = std::floor(point[axis] / edge);
          near = near && std::abs(place) < kFarthest;
          block[axis] = near ? static_cast<int32_t>(place) : 0;
        }
        if (near && (found.empty() || found.back() != block)) {
          found.push_back(block);
        }
      }
    }
    if (row % 16 == 15) MakeUnique(found);
  }
  MakeUnique(found);
  return found;
}

std::vector<Block> AllBlocks(const std::vector<DepthView>& views,
                             const DepthFieldOptions& options,
                             const StopFlag* stop) {
  std::vector<std::vector<Block>> parts(views.size());
  ThreadPool::Shared().ForEach(
      static_cast<int>(views.size()), [&](int number) {
        if (!Stopped(stop)) parts[number] = BlocksOf(views[number], options);
      });
  std::vector<Block> all;
  for (std::vector<Block>& part : parts) {
    all.insert(all.end(), part.begin(), part.end());
    part = {};
    MakeUnique(all);
  }
  return all;
}

struct Sample {
  double distance;  // From the surface, positive on the camera's side.
  double weight;
};

// Looks at places in a view.
class Looker {
 public:
  Looker(const DepthView& view, const DepthFieldOptions& options)
      : view_(view), options_(options) {}

  // Whether the view may see something of a sphere.
  bool MaySee(const Vector& centre, double radius) const {
    const Vector place = InCamera(view_, centre);
    if (place[2] < -radius) return false;
    if (place[2] <= 2 * radius) return true;
    const std::array<double, 9>& k = view_.intrinsics;
    const double near = place[2] - radius;
    const double u = (k[0] * place[0] + k[1] * place[1]) / place[2] + k[2];
    const double v = k[4] * place[1] / place[2] + k[5];
    // Generous, since a sphere's picture is longer away from the axis.
    const double reach = 3.0 * radius * std::max(k[0], k[4]) / near + 1.0;
    return u > -reach && v > -reach && u < view_.width + reach &&
           v < view_.height + reach;
  }

  std::optional<Sample> At(const Vector& point) const {
    const Vector place = InCamera(view_, point);
    if (!(place[2] > 0.0)) return std::nullopt;
    const std::array<double, 9>& k = view_.intrinsics;
    const double x = place[0] / place[2];
    const double y = place[1] / place[2];
    const double u = k[0] * x + k[1] * y + k[2];
    const double v = k[4] * y + k[5];
    if (!(u > -0.5 && v > -0.5 && u < view_.width - 0.5 &&
          v < view_.height - 0.5)) {
      return std::nullopt;
    }
    const int column = static_cast<int>(u + 0.5);
    const int row = static_cast<int>(v + 0.5);
    const int64_t pixel = int64_t{row} * view_.width + column;
    if (!(view_.depth[pixel] > 0.0f)) return std::nullopt;
    const double length = std::sqrt(x * x + y * y + 1.0);
    const float* normal = view_.normals + 3 * pixel;
    const double cosine = std::max(
        -(normal[0] * x + normal[1] * y + normal[2]) / length, kSmallestCosine);
    const double depth = DepthAt(u, v, view_.depth[pixel]);
    const double sharpness = k[0] / place[2] * options_.voxel;
    const bool doubtful = view_.doubtful && view_.doubtful[pixel];
    return Sample{(depth - place[2]) * length * cosine,
                  cosine * sharpness * sharpness *
                      (doubtful ? kDoubtfulShare : 1.0)};
  }

 private:
  // Between the pixels where they see one surface, else of the nearest one.
  double DepthAt(double u, double v, double nearest) const {
    const int left = static_cast<int>(std::floor(u));
    const int top = static_cast<int>(std::floor(v));
    if (left < 0 || top < 0 || left + 1 >= view_.width ||
        top + 1 >= view_.height) {
      return nearest;
    }
    const float* row = view_.depth + int64_t{top} * view_.width + left;
    const float* next = row + view_.width;
    const float low = std::min(std::min(row[0], row[1]), std::min(next[0], next[1]));
    const float high = std::max(std::max(row[0], row[1]), std::max(next[0], next[1]));
    if (!(low > 0.0f) || high - low > options_.truncation) return nearest;
    const double across = u - left;
    const double down = v - top;
    return (row[0] * (1 - across) + row[1] * across) * (1 - down) +
           (next[0] * (1 - across) + next[1] * across) * down;
  }

  const DepthView& view_;
  const DepthFieldOptions& options_;
};

// What the views say of the voxels of one block.
class BlockFiller {
 public:
  BlockFiller(const std::vector<Looker>& lookers,
              const DepthFieldOptions& options)
      : lookers_(lookers), options_(options) {}

  void Fill(const Block& block, float* distances) {
    sums_.fill(0.0f);
    weights_.fill(0.0f);
    seen_.fill(0);
    const double edge = options_.voxel * DepthField::kEdge;
    const double half = (edge - options_.voxel) / 2;
    const Vector middle = {block[0] * edge + half, block[1] * edge + half,
                           block[2] * edge + half};
    for (const Looker& looker : lookers_) {
      if (looker.MaySee(middle, half * std::sqrt(3.0))) Add(looker, block);
    }
    for (int n = 0; n < DepthField::kVoxels; ++n) {
      distances[n] = seen_[n] >= options_.views
                         ? sums_[n] / weights_[n]
                         : std::numeric_limits<float>::quiet_NaN();
    }
  }

 private:
  void Add(const Looker& looker, const Block& block) {
    constexpr int kEdge = DepthField::kEdge;
    int n = 0;
    for (int k = 0; k < kEdge; ++k) {
      for (int j = 0; j < kEdge; ++j) {
        for (int i = 0; i < kEdge; ++i, ++n) {
          const std::optional<Sample> sample = looker.At(
              {(kEdge * double{1} * block[0] + i) * options_.voxel,
               (kEdge * double{1} * block[1] + j) * options_.voxel,
               (kEdge * double{1} * block[2] + k) * options_.voxel});
          if (sample) AddSample(*sample, n);
        }
      }
    }
  }

  void AddSample(const Sample& sample, int n) {
    const double limit = options_.truncation;
    if (sample.distance < -limit) return;  // Behind what the view sees.
    const bool free = sample.distance > limit;
    // Far behind the surface another one may begin.
    const double share = free ? kFreeShare
                              : std::min(1.0, 1.1 + sample.distance / limit);
    const float weight = static_cast<float>(sample.weight * share);
    sums_[n] += weight * static_cast<float>(std::min(sample.distance, limit));
    weights_[n] += weight;
    seen_[n] += !free;
  }

  const std::vector<Looker>& lookers_;
  const DepthFieldOptions& options_;
  std::array<float, DepthField::kVoxels> sums_;
  std::array<float, DepthField::kVoxels> weights_;
  std::array<int, DepthField::kVoxels> seen_;
};

}  // namespace

int64_t DepthField::Find(const Block& block) const {
  const auto found =
      std::lower_bound(blocks.begin(), blocks.end(), block, Before);
  return found != blocks.end() && *found == block ? found - blocks.begin() : -1;
}

int64_t CountBlocks(const std::vector<DepthView>& views,
                    const DepthFieldOptions& options, const StopFlag* stop) {
  return static_cast<int64_t>(AllBlocks(views, options, stop).size());
}

DepthField MakeDepthField(const std::vector<DepthView>& views,
                          const DepthFieldOptions& options,
                          const StopFlag* stop) {
  DepthField field;
  field.voxel = options.voxel;
  field.truncation = options.truncation;
  field.blocks = AllBlocks(views, options, stop);
  field.distances.assign(field.blocks.size() * DepthField::kVoxels,
                         std::numeric_limits<float>::quiet_NaN());
  std::vector<Looker> lookers;
  for (const DepthView& view : views) lookers.emplace_back(view, options);
  constexpr size_t kTogether = 64;
  const size_t groups = (field.blocks.size() + kTogether - 1) / kTogether;
  ThreadPool::Shared().ForEach(static_cast<int>(groups), [&](int group) {
    BlockFiller filler(lookers, options);
    const size_t first = group * kTogether;
    const size_t end = std::min(field.blocks.size(), first + kTogether);
    for (size_t n = first; n < end && !Stopped(stop); ++n) {
      filler.Fill(field.blocks[n], &field.distances[n * DepthField::kVoxels]);
    }
  });
  return field;
}

}  // namespace sense
