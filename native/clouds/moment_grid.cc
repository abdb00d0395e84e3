#include "native/clouds/moment_grid.h"

#include <cmath>

namespace sense {
namespace {

constexpr int64_t kHalf = int64_t{1} << 20;
constexpr int64_t kMask = (int64_t{1} << 21) - 1;
constexpr double kReach = 1 << 19;
constexpr MomentGrid::Key kEmpty = ~MomentGrid::Key{0};

MomentGrid::Key KeyOf(int64_t x, int64_t y, int64_t z) {
  return static_cast<MomentGrid::Key>((x + kHalf) << 42 | (y + kHalf) << 21 |
                                      (z + kHalf));
}

size_t PowerOfTwo(size_t least) {
  size_t size = 16;
  while (size < least) size *= 2;
  return size;
}

}  // namespace

void Moments::Add(const Eigen::Vector3d& p) {
  count += 1;
  sum += p;
  squares[0] += p[0] * p[0];
  squares[1] += p[0] * p[1];
  squares[2] += p[0] * p[2];
  squares[3] += p[1] * p[1];
  squares[4] += p[1] * p[2];
  squares[5] += p[2] * p[2];
}

void Moments::Add(const Moments& other) {
  count += other.count;
  sum += other.sum;
  squares += other.squares;
}

Eigen::Matrix3d Moments::covariance() const {
  Eigen::Matrix3d second;
  second << squares[0], squares[1], squares[2], squares[1], squares[3],
      squares[4], squares[2], squares[4], squares[5];
  const Eigen::Vector3d middle = mean();
  return second / count - middle * middle.transpose();
}

MomentGrid MomentGrid::Of(const double* points, int64_t count,
                          double cell_size, const Eigen::Vector3d& origin) {
  MomentGrid grid;
  grid.cell_size_ = cell_size;
  grid.origin_ = origin;
  grid.Rehash(PowerOfTwo(static_cast<size_t>(count) / 2 + 16));
  const double scale = 1 / cell_size;
  Key last_key = kEmpty;
  int last_cell = -1;
  for (int64_t row = 0; row < count; ++row) {
    const Eigen::Vector3d point =
        Eigen::Map<const Eigen::Vector3d>(points + 3 * row) - origin;
    const Eigen::Vector3d at = point * scale;
    if (!(at.cwiseAbs().maxCoeff() < kReach)) continue;  // NaN, too.
    const Key key = KeyOf(static_cast<int64_t>(std::floor(at[0])),
                          static_cast<int64_t>(std::floor(at[1])),
                          static_cast<int64_t>(std::floor(at[2])));
    if (key != last_key) {
      last_cell = grid.Insert(key);
      last_key = key;
    }
    grid.moments_[last_cell].Add(point);
  }
  grid.Rehash(PowerOfTwo(grid.keys_.size() * 3));
  return grid;
}

MomentGrid MomentGrid::Halved() const {
  MomentGrid grid;
  grid.cell_size_ = cell_size_ * 2;
  grid.origin_ = origin_;
  grid.Rehash(PowerOfTwo(keys_.size()));
  for (int cell = 0; cell < size(); ++cell) {
    int64_t place[3];
    PlaceOf(cell, place);
    // Shifting rounds down, also below 0.
    const int larger =
        grid.Insert(KeyOf(place[0] >> 1, place[1] >> 1, place[2] >> 1));
    grid.moments_[larger].Add(moments_[cell]);
  }
  grid.Rehash(PowerOfTwo(grid.keys_.size() * 3));
  return grid;
}

int MomentGrid::Find(int64_t x, int64_t y, int64_t z) const {
  const Key key = KeyOf(x, y, z);
  const size_t slot = SlotOf(key);
  return slots_[slot].key == key ? slots_[slot].cell : -1;
}

void MomentGrid::PlaceOf(int cell, int64_t place[3]) const {
  const auto key = static_cast<int64_t>(keys_[cell]);
  place[0] = (key >> 42 & kMask) - kHalf;
  place[1] = (key >> 21 & kMask) - kHalf;
  place[2] = (key & kMask) - kHalf;
}

int MomentGrid::Insert(Key key) {
  size_t slot = SlotOf(key);
  if (slots_[slot].key == key) return slots_[slot].cell;
  if (keys_.size() * 2 >= slots_.size()) {
    Rehash(slots_.size() * 2);
    slot = SlotOf(key);
  }
  slots_[slot] = {key, size()};
  keys_.push_back(key);
  moments_.emplace_back();
  return size() - 1;
}

void MomentGrid::Rehash(size_t slots) {
  slots_.assign(slots, {kEmpty, -1});
  for (size_t cell = 0; cell < keys_.size(); ++cell) {
    slots_[SlotOf(keys_[cell])] = {keys_[cell], static_cast<int32_t>(cell)};
  }
}

size_t MomentGrid::SlotOf(Key key) const {
  const size_t mask = slots_.size() - 1;
  // Four cells in a row share a line of the cache: neighbours are looked for.
  const Key mixed = (key >> 2) * 0x9E3779B97F4A7C15u >> 32;
  size_t slot = (mixed << 2 | (key & 3)) & mask;
  while (slots_[slot].key != kEmpty && slots_[slot].key != key) {
    slot = (slot + 1) & mask;
  }
  return slot;
}

}  // namespace sense
