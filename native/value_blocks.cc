#include "native/value_blocks.h"

#include <algorithm>
#include <limits>

#include "native/multiversion.h"
#include "native/thread_pool.h"

namespace sense {
namespace {

// What any voxel lowers, and what any voxel raises.
template <typename Voxel>
constexpr Bounds<Voxel> kNothing = {std::numeric_limits<Voxel>::max(),
                                    std::numeric_limits<Voxel>::lowest()};
template <>
constexpr Bounds<float> kNothing<float> = {
    std::numeric_limits<float>::infinity(),
    -std::numeric_limits<float>::infinity()};

// Comparisons with a NaN are false: it changes nothing.
template <typename Voxel>
SENSE_INLINE void Widen(Bounds<Voxel>* bounds, Voxel low, Voxel high) {
  bounds->low = low < bounds->low ? low : bounds->low;
  bounds->high = high > bounds->high ? high : bounds->high;
}

// The range of each column of voxels over the rows and slices of a layer of
// blocks, a row of which is at `first`.
template <typename Voxel>
void ColumnRanges(const Voxel* first, int64_t ni, int64_t slice, int rows,
                  int slices, Voxel* low, Voxel* high) {
  std::copy_n(first, ni, low);
  std::copy_n(first, ni, high);
  for (int k = 0; k < slices; ++k) {
    for (int j = 0; j < rows; ++j) {
      const Voxel* row = first + k * slice + j * ni;
      for (int64_t i = 0; i < ni; ++i) {
        // A NaN of the first row gives way to any number.
        low[i] = low[i] < row[i] || row[i] != row[i] ? low[i] : row[i];
        high[i] = high[i] > row[i] || row[i] != row[i] ? high[i] : row[i];
      }
    }
  }
}

}  // namespace

ValueBlocks::ValueBlocks(const VoxelGrid& grid) : type_(grid.type) {
  Level& base = levels_.emplace_back();
  for (int axis = 0; axis < 3; ++axis) {
    const int64_t cells = std::max<int64_t>(grid.size[axis] - 1, 1);
    base.size[axis] = static_cast<int>((cells + kEdge - 1) >> kShift);
  }
  WithVoxels(grid, [&]<typename Voxel>(const Voxel* voxels) {
    const auto [ni, nj, nk] = levels_[0].size;
    const size_t bytes = sizeof(Bounds<Voxel>) * ni * nj * nk;
    levels_[0].bytes.resize((bytes + 7) / 8);
    ThreadPool::Shared().ForEach(
        nk, [&](int layer) { FillLayer(voxels, grid.size, layer); });
    while (levels_.size() < kLevels) AddLevel<Voxel>();
    FindWholeRange<Voxel>();
  });
}

template <typename Voxel>
void ValueBlocks::FillLayer(const Voxel* voxels,
                            const std::array<int64_t, 3>& voxel_size,
                            int layer) {
  const auto [ni, nj, nk] = voxel_size;
  const std::array<int, 3>& blocks = levels_[0].size;
  const int64_t first_k = int64_t{layer} << kShift;
  const int slices = static_cast<int>(std::min<int64_t>(kEdge + 1, nk - first_k));
  std::vector<Voxel> low(ni), high(ni);
  for (int block_j = 0; block_j < blocks[1]; ++block_j) {
    const int64_t first_j = int64_t{block_j} << kShift;
    const int rows = static_cast<int>(std::min<int64_t>(kEdge + 1, nj - first_j));
    ColumnRanges(voxels + (first_k * nj + first_j) * ni, ni, ni * nj, rows,
                 slices, low.data(), high.data());
    Bounds<Voxel>* bounds = mutable_bounds<Voxel>(0) +
                            (size_t(layer) * blocks[1] + block_j) * blocks[0];
    for (int block = 0; block < blocks[0]; ++block) {
      const int64_t begin = int64_t{block} << kShift;
      const int64_t end = std::min<int64_t>(begin + kEdge + 1, ni);
      bounds[block] = kNothing<Voxel>;
      for (int64_t i = begin; i < end; ++i) {
        Widen(&bounds[block], low[i], high[i]);
      }
    }
  }
}

template <typename Voxel>
void ValueBlocks::AddLevel() {
  const int finer = static_cast<int>(levels_.size()) - 1;
  Level& level = levels_.emplace_back();
  const std::array<int, 3> size = levels_[finer].size;
  for (int axis = 0; axis < 3; ++axis) level.size[axis] = (size[axis] + 1) / 2;
  const size_t count = size_t(level.size[0]) * level.size[1] * level.size[2];
  level.bytes.resize((count * sizeof(Bounds<Voxel>) + 7) / 8);
  Bounds<Voxel>* to = mutable_bounds<Voxel>(finer + 1);
  std::fill_n(to, count, kNothing<Voxel>);
  const Bounds<Voxel>* from = bounds<Voxel>(finer);
  for (int k = 0; k < size[2]; ++k) {
    for (int j = 0; j < size[1]; ++j) {
      Bounds<Voxel>* row =
          to + (size_t(k / 2) * level.size[1] + j / 2) * level.size[0];
      for (int i = 0; i < size[0]; ++i, ++from) {
        Widen(&row[i / 2], from->low, from->high);
      }
    }
  }
}

template <typename Voxel>
void ValueBlocks::FindWholeRange() {
  const Level& top = levels_.back();
  const size_t count = size_t(top.size[0]) * top.size[1] * top.size[2];
  Bounds<Voxel> whole = kNothing<Voxel>;
  for (size_t n = 0; n < count; ++n) {
    const Bounds<Voxel>& block = bounds<Voxel>(kLevels - 1)[n];
    Widen(&whole, block.low, block.high);
  }
  if (whole.low <= whole.high) {
    whole_range_ = {static_cast<float>(whole.low),
                    static_cast<float>(whole.high)};
  }
}

int64_t ValueBlocks::byte_count() const {
  int64_t count = 0;
  for (const Level& level : levels_) {
    count += static_cast<int64_t>(level.bytes.size() * sizeof(uint64_t));
  }
  return count;
}

std::vector<uint8_t> ValueBlocks::Showing(
    const std::function<bool(ValueRange)>& shows) const {
  const int nk = levels_[0].size[2];
  const int layer = levels_[0].size[0] * levels_[0].size[1];
  std::vector<uint8_t> showing(size_t(layer) * nk);
  WithVoxels({nullptr, type_, {}}, [&]<typename Voxel>(const Voxel*) {
    ThreadPool::Shared().ForEach(nk, [&](int k) {
      for (size_t n = size_t(k) * layer; n < size_t(k + 1) * layer; ++n) {
        const Bounds<Voxel>& block = bounds<Voxel>(0)[n];
        showing[n] = block.low <= block.high &&
                     shows({static_cast<float>(block.low),
                            static_cast<float>(block.high)});
      }
    });
  });
  return showing;
}

}  // namespace sense
