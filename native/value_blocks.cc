#include "native/value_blocks.h"

#include <algorithm>
#include <limits>

#include "native/thread_pool.h"

namespace sense {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

template <typename Voxel>
struct Limits {
  static constexpr Voxel kHighest = std::numeric_limits<Voxel>::max();
  static constexpr Voxel kLowest = std::numeric_limits<Voxel>::lowest();
};

template <>
struct Limits<float> {
  static constexpr float kHighest = kInfinity;
  static constexpr float kLowest = -kInfinity;
};

// Range of a row's voxels, per block along it.
template <typename Voxel>
void AddRow(const Voxel* row, int64_t voxels, int blocks, ValueRange* ranges) {
  for (int block = 0; block < blocks; ++block) {
    const int64_t begin = int64_t{block} << ValueBlocks::kShift;
    const int64_t end = std::min(begin + ValueBlocks::kEdge + 1, voxels);
    // Comparisons with a NaN are false: it changes nothing.
    Voxel low = Limits<Voxel>::kHighest, high = Limits<Voxel>::kLowest;
    for (int64_t n = begin; n < end; ++n) {
      low = row[n] < low ? row[n] : low;
      high = row[n] > high ? row[n] : high;
    }
    ValueRange& range = ranges[block];
    range.low = std::min(range.low, static_cast<float>(low));
    range.high = std::max(range.high, static_cast<float>(high));
  }
}

// One pass of the distance transform along an axis: after all three, every
// block holds the distance in the maximum norm.
void SpreadAlong(int64_t count, int64_t stride, uint8_t* distance,
                 std::vector<uint8_t>* scratch) {
  std::vector<uint8_t>& before = *scratch;
  for (int64_t n = 0; n < count; ++n) before[n] = distance[n * stride];
  // A neighbour at n steps gives max(n, its distance): search while n can win.
  for (int64_t n = 0; n < count; ++n) {
    int best = before[n];
    for (int steps = 1; steps < best; ++steps) {
      const int left = n >= steps ? before[n - steps] : best;
      const int right = n + steps < count ? before[n + steps] : best;
      best = std::min(best, std::max(steps, std::min(left, right)));
    }
    distance[n * stride] = static_cast<uint8_t>(best);
  }
}

}  // namespace

ValueBlocks::ValueBlocks(const VoxelGrid& grid) {
  for (int axis = 0; axis < 3; ++axis) {
    const int64_t cells = std::max<int64_t>(grid.size[axis] - 1, 1);
    size_[axis] = static_cast<int>((cells + kEdge - 1) >> kShift);
  }
  ranges_.assign(size_t(size_[0]) * size_[1] * size_[2],
                 {kInfinity, -kInfinity});
  WithVoxels(grid, [&](const auto* voxels) {
    ThreadPool::Shared().ForEach(
        size_[2], [&](int layer) { FillLayer(voxels, grid.size, layer); });
  });
  whole_range_ = {kInfinity, -kInfinity};
  for (const ValueRange& range : ranges_) {
    whole_range_.low = std::min(whole_range_.low, range.low);
    whole_range_.high = std::max(whole_range_.high, range.high);
  }
  if (!(whole_range_.low <= whole_range_.high)) whole_range_ = {0, 0};
}

template <typename Voxel>
void ValueBlocks::FillLayer(const Voxel* voxels,
                            const std::array<int64_t, 3>& voxel_size,
                            int layer) {
  const auto [ni, nj, nk] = voxel_size;
  const int64_t first_k = int64_t{layer} << kShift;
  const int64_t last_k = std::min(first_k + kEdge, nk - 1);
  for (int block_j = 0; block_j < size_[1]; ++block_j) {
    ValueRange* ranges =
        &ranges_[(size_t(layer) * size_[1] + block_j) * size_[0]];
    const int64_t first_j = int64_t{block_j} << kShift;
    const int64_t last_j = std::min(first_j + kEdge, nj - 1);
    for (int64_t k = first_k; k <= last_k; ++k) {
      for (int64_t j = first_j; j <= last_j; ++j) {
        AddRow(voxels + (k * nj + j) * ni, ni, size_[0], ranges);
      }
    }
  }
}

std::vector<uint8_t> ValueBlocks::DistanceToOccupied(
    const std::vector<uint8_t>& occupied) const {
  const int64_t ni = size_[0], nj = size_[1], nk = size_[2];
  std::vector<uint8_t> distance(occupied.size());
  std::transform(occupied.begin(), occupied.end(), distance.begin(),
                 [](uint8_t full) { return full ? 0 : kFarthest; });
  std::vector<uint8_t> scratch(std::max({ni, nj, nk}));
  for (int64_t line = 0; line < nj * nk; ++line) {
    SpreadAlong(ni, 1, &distance[line * ni], &scratch);
  }
  for (int64_t k = 0; k < nk; ++k) {
    for (int64_t i = 0; i < ni; ++i) {
      SpreadAlong(nj, ni, &distance[k * ni * nj + i], &scratch);
    }
  }
  for (int64_t line = 0; line < ni * nj; ++line) {
    SpreadAlong(nk, ni * nj, &distance[line], &scratch);
  }
  return distance;
}

}  // namespace sense
