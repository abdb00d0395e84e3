#include "native/occupied_blocks.h"

#include <algorithm>
#include <utility>

namespace sense {

OccupiedBlocks::OccupiedBlocks(std::shared_ptr<const ValueBlocks> blocks,
                               std::vector<uint8_t> showing)
    : blocks_(std::move(blocks)), showing_(std::move(showing)) {}

int64_t OccupiedBlocks::byte_count() const {
  const std::lock_guard lock(mutex_);
  size_t count = showing_.size();
  for (const Kept& kept : kept_) {
    if (kept.distances) count += kept.distances->size();
  }
  return static_cast<int64_t>(count);
}

BlockDistances OccupiedBlocks::Distances(const RayWays& ways) const {
  // A picture that waits for another thread has its distances then.
  const std::lock_guard lock(mutex_);
  const auto fits = [&](const Kept& kept) {
    return kept.distances && kept.ways == ways;
  };
  if (!fits(kept_[0])) {
    std::swap(kept_[0], kept_[1]);
    if (!fits(kept_[0])) {
      auto found = std::make_shared<const std::vector<uint8_t>>(
          DistancesToOccupied(blocks_->size(), showing_, ways));
      kept_[0] = {ways, std::move(found)};
    }
  }
  return {kept_[0].distances, blocks_->size()};
}

SharedOccupied FindOccupied(SharedBlocks blocks,
                            const TransferTable& transfer) {
  const auto shows = [&](ValueRange range) { return transfer.Shows(range); };
  std::vector<uint8_t> showing = blocks->Showing(shows);
  return std::make_shared<OccupiedBlocks>(std::move(blocks),
                                          std::move(showing));
}

SharedOccupied FindAbove(SharedBlocks blocks, float value) {
  const auto reaches = [value](ValueRange range) {
    return range.high >= value;
  };
  std::vector<uint8_t> showing = blocks->Showing(reaches);
  return std::make_shared<OccupiedBlocks>(std::move(blocks),
                                          std::move(showing));
}

SharedOccupied FindLabelled(SharedBlocks blocks,
                            const std::vector<Emission>& colours) {
  // Number of labels before n that show.
  std::vector<int> before(colours.size() + 1);
  for (size_t n = 0; n < colours.size(); ++n) {
    before[n + 1] = before[n] + (colours[n].extinction > 0 ? 1 : 0);
  }
  const auto shows = [&before](ValueRange range) {
    const size_t last = before.size() - 1;
    const size_t first = std::min(static_cast<size_t>(range.low), last);
    const size_t end = std::min(static_cast<size_t>(range.high) + 1, last);
    return before[end] > before[first];
  };
  std::vector<uint8_t> showing = blocks->Showing(shows);
  return std::make_shared<OccupiedBlocks>(std::move(blocks),
                                          std::move(showing));
}

}  // namespace sense
