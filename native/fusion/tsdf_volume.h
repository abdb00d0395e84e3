#ifndef SENSE_NATIVE_FUSION_TSDF_VOLUME_H_
#define SENSE_NATIVE_FUSION_TSDF_VOLUME_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "native/fusion/block_table.h"
#include "native/fusion/rgbd_view.h"
#include "native/fusion/tsdf_block.h"
#include "native/fusion/view_facing.h"
#include "native/stop_flag.h"

namespace sense {

struct TsdfOptions {
  float voxel = 0.01f;       // Edge length, metres.
  float truncation = 0.04f;  // Distances beyond are not told apart, metres.
  float nearest = 0.1f;      // Depths outside are not believed, metres.
  float furthest = 8.0f;
  int64_t most_blocks = 1'000'000;  // 6 KB each.
};

// Signed distances to the surface that depth frames show (Curless and Levoy
// 1996), positive in front of it, with its colours; in blocks near it, found by
// a hash table (Niessner et al. 2013). Voxel (i, j, k) of block (x, y, z) lies
// at (8 x + i, 8 y + j, 8 z + k) voxels. The same frames in the same order give
// the same values with any number of threads.
class TsdfVolume {
 public:
  explicit TsdfVolume(const TsdfOptions& options) : options_(options) {}
  TsdfVolume(const TsdfVolume&) = delete;
  TsdfVolume& operator=(const TsdfVolume&) = delete;

  // Adds a frame; false when it was not added, for `stop` or because the
  // volume is full.
  bool Add(const RgbdView& view, const RigidMove& world_from_depth,
           const StopFlag* stop);

  // Takes a frame out again that was added with this very pose.
  bool Remove(const RgbdView& view, const RigidMove& world_from_depth,
              const StopFlag* stop);

  const TsdfOptions& options() const { return options_; }
  const BlockTable& table() const { return table_; }
  const TsdfBlock& block(int32_t number) const {
    return *blocks_[static_cast<size_t>(number)];
  }
  // The number of frames added or removed when a block last changed.
  int64_t changed_at(int32_t number) const {
    return changed_at_[static_cast<size_t>(number)];
  }
  int64_t changes() const { return changes_; }
  bool full() const { return full_; }

 private:
  // Blocks within the truncation of what the view sees; missing ones are made
  // where `add` is set.
  std::vector<int32_t> BlocksOf(const RgbdView& view, const ViewFacing& facing,
                                const RigidMove& world_from_depth, bool add);
  bool Update(const RgbdView& view, const RigidMove& world_from_depth, int sign,
              const StopFlag* stop);

  TsdfOptions options_;
  BlockTable table_;
  std::vector<std::unique_ptr<TsdfBlock>> blocks_;
  std::vector<int64_t> changed_at_;
  std::vector<int64_t> listed_at_;
  int64_t changes_ = 0;
  bool full_ = false;
};

}  // namespace sense

#endif  // SENSE_NATIVE_FUSION_TSDF_VOLUME_H_
