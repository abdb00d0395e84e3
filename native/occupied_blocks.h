#ifndef SENSE_NATIVE_OCCUPIED_BLOCKS_H_
#define SENSE_NATIVE_OCCUPIED_BLOCKS_H_

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "native/block_distances.h"
#include "native/transfer_table.h"
#include "native/value_blocks.h"

namespace sense {

// Leaps for rays that go some ways; see DistancesToOccupied.
struct BlockDistances {
  std::shared_ptr<const std::vector<uint8_t>> distances;
  std::array<int, 3> size;
};

// The blocks of a volume in which something shows.
class OccupiedBlocks {
 public:
  // `showing` is 1 by block where it does.
  OccupiedBlocks(std::shared_ptr<const ValueBlocks> blocks,
                 std::vector<uint8_t> showing);

  const ValueBlocks& blocks() const { return *blocks_; }
  int64_t byte_count() const;

  // Those for the last ways are kept; several threads may ask.
  BlockDistances Distances(const RayWays& ways) const;

 private:
  struct Kept {
    RayWays ways;
    std::shared_ptr<const std::vector<uint8_t>> distances;
  };

  const std::shared_ptr<const ValueBlocks> blocks_;
  const std::vector<uint8_t> showing_;
  mutable std::mutex mutex_;
  mutable std::array<Kept, 2> kept_;  // The last ones first.
};

using SharedBlocks = std::shared_ptr<const ValueBlocks>;
using SharedOccupied = std::shared_ptr<OccupiedBlocks>;

SharedOccupied FindOccupied(SharedBlocks blocks, const TransferTable& transfer);

// Blocks that a surface at `value` goes through or that are inside it.
SharedOccupied FindAbove(SharedBlocks blocks, float value);

// Blocks with a label that has a colour. `blocks` are those of the labels.
SharedOccupied FindLabelled(SharedBlocks blocks,
                            const std::vector<Emission>& colours);

}  // namespace sense

#endif  // SENSE_NATIVE_OCCUPIED_BLOCKS_H_
