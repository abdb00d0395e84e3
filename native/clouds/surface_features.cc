#include "native/clouds/surface_features.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "native/thread_pool.h"

namespace sense {
namespace {

constexpr int kReach = 3;  // Cells to every side.
constexpr int kChunk = 64;
// The share of surfels that differ most from their cloud's mean and are kept.
constexpr double kKept = 0.7;

int Bin(double value) {
  return std::clamp(static_cast<int>(value * kFeatureBins), 0,
                    kFeatureBins - 1);
}

bool IsSurface(const Surfel& surfel) { return surfel.flatness > 0; }

std::vector<int> Neighbours(const SurfelLevel& level, int cell) {
  int64_t at[3];
  level.grid.PlaceOf(cell, at);
  const double reach = kReach * level.grid.cell_size();
  std::vector<int> found;
  for (int64_t x = -kReach; x <= kReach; ++x) {
    for (int64_t y = -kReach; y <= kReach; ++y) {
      for (int64_t z = -kReach; z <= kReach; ++z) {
        const int other = level.grid.Find(at[0] + x, at[1] + y, at[2] + z);
        if (other < 0 || other == cell) continue;
        const Surfel& surfel = level.surfels[other];
        const double gap = (surfel.place - level.surfels[cell].place).norm();
        if (IsSurface(surfel) && gap < reach && gap > 0) found.push_back(other);
      }
    }
  }
  return found;
}

// The histograms of a surfel's own pairs, each of sum 1.
SurfaceFeature PairsOf(const SurfelLevel& level, int cell,
                       const std::vector<int>& around) {
  SurfaceFeature feature{};
  if (around.empty()) return feature;
  const Surfel& one = level.surfels[cell];
  const float share = 1.0f / static_cast<float>(around.size());
  for (const int other : around) {
    const Surfel& two = level.surfels[other];
    const Eigen::Vector3d way = (two.place - one.place).normalized();
    feature[Bin(std::abs(one.normal.dot(way)))] += share;
    feature[kFeatureBins + Bin(std::abs(two.normal.dot(way)))] += share;
    feature[2 * kFeatureBins + Bin(std::abs(one.normal.dot(two.normal)))] +=
        share;
  }
  return feature;
}

float Difference(const SurfaceFeature& a, const SurfaceFeature& b) {
  float sum = 0;
  for (int bin = 0; bin < kFeatureSize; ++bin) {
    sum += (a[bin] - b[bin]) * (a[bin] - b[bin]);
  }
  return sum;
}

// The surfels that are unlike the mean of their cloud.
std::vector<int> Distinct(const std::vector<SurfaceFeature>& features) {
  SurfaceFeature mean{};
  std::vector<int> rows;
  for (size_t row = 0; row < features.size(); ++row) {
    const auto& feature = features[row];
    if (std::accumulate(feature.begin(), feature.end(), 0.0f) < 1) continue;
    rows.push_back(static_cast<int>(row));
    for (int bin = 0; bin < kFeatureSize; ++bin) mean[bin] += feature[bin];
  }
  for (float& value : mean) value /= std::max<float>(1, float(rows.size()));
  std::vector<float> apart(features.size(), 0);
  for (const int row : rows) apart[row] = Difference(features[row], mean);
  std::sort(rows.begin(), rows.end(), [&](int a, int b) {
    return apart[a] != apart[b] ? apart[a] > apart[b] : a < b;
  });
  rows.resize(static_cast<size_t>(static_cast<double>(rows.size()) * kKept));
  return rows;
}

// For each of `rows` of one cloud the most alike of the other's rows.
std::vector<int> MostAlike(const std::vector<SurfaceFeature>& one,
                           const std::vector<int>& rows,
                           const std::vector<SurfaceFeature>& two,
                           const std::vector<int>& others) {
  std::vector<int> found(one.size(), -1);
  const int size = static_cast<int>(rows.size());
  ThreadPool::Shared().ForEach((size + kChunk - 1) / kChunk, [&](int chunk) {
    const int end = std::min(size, (chunk + 1) * kChunk);
    for (int at = chunk * kChunk; at < end; ++at) {
      float least = std::numeric_limits<float>::max();
      for (const int other : others) {
        const float gap = Difference(one[rows[at]], two[other]);
        if (gap < least) {
          least = gap;
          found[rows[at]] = other;
        }
      }
    }
  });
  return found;
}

}  // namespace

std::vector<SurfaceFeature> FeaturesOf(const SurfelLevel& level) {
  const int size = level.grid.size();
  const int chunks = (size + kChunk - 1) / kChunk;
  std::vector<std::vector<int>> around(static_cast<size_t>(size));
  std::vector<SurfaceFeature> own(static_cast<size_t>(size)), features = own;
  ThreadPool::Shared().ForEach(chunks, [&](int chunk) {
    const int end = std::min(size, (chunk + 1) * kChunk);
    for (int cell = chunk * kChunk; cell < end; ++cell) {
      if (!IsSurface(level.surfels[cell])) continue;
      around[cell] = Neighbours(level, cell);
      own[cell] = PairsOf(level, cell, around[cell]);
    }
  });
  ThreadPool::Shared().ForEach(chunks, [&](int chunk) {
    const int end = std::min(size, (chunk + 1) * kChunk);
    for (int cell = chunk * kChunk; cell < end; ++cell) {
      features[cell] = own[cell];
      const float share = 1.0f / std::max<float>(1, float(around[cell].size()));
      for (const int other : around[cell]) {
        const double gap = (level.surfels[other].place -
                            level.surfels[cell].place).norm();
        const auto near = static_cast<float>(level.grid.cell_size() / gap);
        for (int bin = 0; bin < kFeatureSize; ++bin) {
          features[cell][bin] += share * std::min(near, 2.0f) * own[other][bin];
        }
      }
    }
  });
  return features;
}

std::vector<std::array<int, 2>> MatchFeatures(
    const std::vector<SurfaceFeature>& first,
    const std::vector<SurfaceFeature>& second) {
  const std::vector<int> rows = Distinct(first), others = Distinct(second);
  const std::vector<int> there = MostAlike(first, rows, second, others);
  const std::vector<int> back = MostAlike(second, others, first, rows);
  std::vector<std::array<int, 2>> pairs;
  for (const int row : rows) {
    if (there[row] >= 0 && back[there[row]] == row) {
      pairs.push_back({row, there[row]});
    }
  }
  return pairs;
}

}  // namespace sense
