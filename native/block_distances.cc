#include "native/block_distances.h"

#include <algorithm>
#include <cstddef>

namespace sense {
namespace {

// Grows from 0 at occupied blocks by one a block, in the three by three by
// three blocks around each (chamfer distance, exact in the maximum norm:
// Rosenfeld and Pfaltz, "Distance functions on digital pictures", 1968), of
// which those are left out that no ray comes to.
class DistanceSweep {
 public:
  DistanceSweep(const std::array<int, 3>& size, const RayWays& ways,
                uint8_t* distance)
      : ni_(size[0]),
        nj_(size[1]),
        nk_(size[2]),
        ways_(ways),
        distance_(distance),
        least_(size_t(size[0]) + 2, kFarthestBlock) {}

  void Run() {
    for (int k = 0; k < nk_; ++k) {
      for (int j = 0; j < nj_; ++j) Row<1>(j, k);
    }
    for (int k = nk_ - 1; k >= 0; --k) {
      for (int j = nj_ - 1; j >= 0; --j) Row<-1>(j, k);
    }
  }

 private:
  // Whether rays go along an axis that way.
  bool Goes(int axis, int way) const { return way * ways_[axis] >= 0; }

  // Takes over what the rows before, in the direction of the sweep, are near to.
  template <int kDirection>
  void Row(int j, int k) {
    uint8_t* row = At(j, k);
    if (IncludeRows<kDirection>(j, k)) TakeLeast(row);
    if (!Goes(0, -kDirection)) return;
    const int first = kDirection > 0 ? 1 : ni_ - 2;
    for (int n = 1, i = first; n < ni_; ++n, i += kDirection) {
      const int before = row[i - kDirection] + 1;
      row[i] = static_cast<uint8_t>(std::min<int>(row[i], before));
    }
  }

  // Gathers the least of the rows before; false if there is none.
  template <int kDirection>
  bool IncludeRows(int j, int k) {
    std::fill(least_.begin(), least_.end(), kFarthestBlock);
    bool any = Goes(1, -kDirection) && Include(j - kDirection, k);
    if (!Goes(2, -kDirection)) return any;
    for (int dj = -1; dj <= 1; ++dj) {
      if (Goes(1, dj) && Include(j + dj, k - kDirection)) any = true;
    }
    return any;
  }

  bool Include(int j, int k) {
    if (j < 0 || j >= nj_ || k < 0 || k >= nk_) return false;
    const uint8_t* row = At(j, k);
    uint8_t* least = least_.data() + 1;
    for (int i = 0; i < ni_; ++i) least[i] = std::min(least[i], row[i]);
    return true;
  }

  void TakeLeast(uint8_t* row) const {
    const uint8_t* here = least_.data() + 1;
    const uint8_t* below = Goes(0, -1) ? here - 1 : here;
    const uint8_t* above = Goes(0, 1) ? here + 1 : here;
    for (int i = 0; i < ni_; ++i) {
      const uint8_t near = std::min(std::min(below[i], here[i]), above[i]);
      row[i] = std::min(row[i], static_cast<uint8_t>(near + 1));
    }
  }

  uint8_t* At(int j, int k) const {
    return distance_ + (int64_t{k} * nj_ + j) * ni_;
  }

  const int ni_, nj_, nk_;
  const RayWays ways_;
  uint8_t* distance_;
  std::vector<uint8_t> least_;  // One more at both ends.
};

}  // namespace

std::vector<uint8_t> DistancesToOccupied(const std::array<int, 3>& size,
                                         const std::vector<uint8_t>& occupied,
                                         const RayWays& ways) {
  std::vector<uint8_t> distance(occupied.size());
  std::transform(occupied.begin(), occupied.end(), distance.begin(),
                 [](uint8_t full) { return full ? 0 : kFarthestBlock; });
  DistanceSweep(size, ways, distance.data()).Run();
  return distance;
}

}  // namespace sense
