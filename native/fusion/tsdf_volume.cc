#include "native/fusion/tsdf_volume.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "native/fusion/tsdf_kernels.h"
#include "native/processor.h"
#include "native/thread_pool.h"

namespace sense {
namespace {

constexpr int kBandRows = 32;
constexpr int kBlocksTogether = 32;

UpdateTsdfBlock KernelOfProcessor() {
#ifdef SENSE_AVX2_KERNELS
  if (ProcessorHasAvx2()) return &avx2::UpdateBlock;
#endif
  return &baseline::UpdateBlock;
}

// Finds the blocks along the rays of some rows, within the truncation of the
// surface.
class BlockFinder {
 public:
  BlockFinder(const TsdfOptions& options, const RgbdView& view,
              const ViewFacing& facing, const RigidMove& world_from_depth)
      : options_(options),
        view_(view),
        facing_(facing),
        world_from_depth_(world_from_depth) {}

  std::vector<BlockPlace> InRows(int top, int bottom) {
    const PinholeLens& lens = view_.depth_lens;
    for (int y = top; y < bottom; y += kEvery) {
      for (int x = 0; x < lens.width; x += kEvery) AddPixel(x, y);
    }
    return found_.places();
  }

 private:
  // Pixels this close together see less than a block apart.
  static constexpr int kEvery = 4;

  void AddPixel(int x, int y) {
    const PinholeLens& lens = view_.depth_lens;
    const int64_t pixel = static_cast<int64_t>(y) * lens.width + x;
    const float depth = view_.depth[pixel];
    if (!(depth >= options_.nearest && depth <= options_.furthest)) return;
    const std::array<float, 3> ray = world_from_depth_.Turned(
        {(static_cast<float>(x) - lens.cx) / lens.fx,
         (static_cast<float>(y) - lens.cy) / lens.fy, 1.0f});
    const float block = TsdfBlock::kEdge * options_.voxel;
    const float reach = options_.truncation * ViewFacing::kUnits /
                        facing_.shares[static_cast<size_t>(pixel)];
    const float begin = depth - reach;
    // Half a block a step misses corners only, which other rays find.
    const int steps =
        1 + static_cast<int>(std::ceil(4.0f * reach / block));
    for (int n = 0; n <= steps; ++n) {
      const float along = begin + 2.0f * reach * static_cast<float>(n) /
                                      static_cast<float>(steps);
      BlockPlace place;
      bool within = true;
      for (size_t axis = 0; axis < 3; ++axis) {
        const float at = std::floor(
            (world_from_depth_.shift[axis] + ray[axis] * along) / block);
        within &= std::abs(at) < static_cast<float>(BlockTable::kFurthest);
        place[axis] = within ? static_cast<int32_t>(at) : 0;
      }
      if (within && place != last_) found_.FindOrAdd(place);
      last_ = within ? place : last_;
    }
  }

  const TsdfOptions& options_;
  const RgbdView& view_;
  const ViewFacing& facing_;
  const RigidMove& world_from_depth_;
  BlockTable found_;
  BlockPlace last_ = {BlockTable::kFurthest, 0, 0};
};

}  // namespace

bool TsdfVolume::Add(const RgbdView& view, const RigidMove& world_from_depth,
                     const StopFlag* stop) {
  return Update(view, world_from_depth, 1, stop);
}

bool TsdfVolume::Remove(const RgbdView& view, const RigidMove& world_from_depth,
                        const StopFlag* stop) {
  return Update(view, world_from_depth, -1, stop);
}

std::vector<int32_t> TsdfVolume::BlocksOf(const RgbdView& view,
                                          const ViewFacing& facing,
                                          const RigidMove& world_from_depth,
                                          bool add) {
  const int height = view.depth_lens.height;
  const int bands = (height + kBandRows - 1) / kBandRows;
  std::vector<std::vector<BlockPlace>> found(static_cast<size_t>(bands));
  ThreadPool::Shared().ForEach(bands, [&](int band) {
    const int top = band * kBandRows;
    found[static_cast<size_t>(band)] =
        BlockFinder(options_, view, facing, world_from_depth)
            .InRows(top, std::min(top + kBandRows, height));
  });
  std::vector<int32_t> numbers;
  for (const std::vector<BlockPlace>& places : found) {
    for (const BlockPlace& place : places) {
      int32_t number = table_.Find(place);
      if (number < 0) {
        if (!add) continue;
        if (static_cast<int64_t>(blocks_.size()) >= options_.most_blocks) {
          full_ = true;
          continue;
        }
        number = table_.FindOrAdd(place);
        blocks_.push_back(std::make_unique<TsdfBlock>());
        changed_at_.push_back(0);
        listed_at_.push_back(0);
      }
      int64_t& listed = listed_at_[static_cast<size_t>(number)];
      if (listed == changes_) continue;
      listed = changes_;
      numbers.push_back(number);
    }
  }
  return numbers;
}

bool TsdfVolume::Update(const RgbdView& view, const RigidMove& world_from_depth,
                        int sign, const StopFlag* stop) {
  if (Stopped(stop) || full_) return false;
  ++changes_;
  const ViewFacing facing = FacingOf(view);
  const std::vector<int32_t> numbers =
      BlocksOf(view, facing, world_from_depth, sign > 0);
  TsdfUpdate update = {&view,
                       facing.shares.data(),
                       world_from_depth.Inverse(),
                       {},
                       options_.voxel,
                       options_.truncation,
                       options_.nearest,
                       options_.furthest,
                       sign};
  update.colour_from_world = view.colour_from_depth.After(update.depth_from_world);
  const UpdateTsdfBlock kernel = KernelOfProcessor();
  const int count = static_cast<int>(numbers.size());
  const int groups = (count + kBlocksTogether - 1) / kBlocksTogether;
  ThreadPool::Shared().ForEach(groups, [&](int group) {
    const int end = std::min(count, (group + 1) * kBlocksTogether);
    for (int n = group * kBlocksTogether; n < end; ++n) {
      const auto number = static_cast<size_t>(numbers[static_cast<size_t>(n)]);
      if (kernel(update, table_.places()[number], *blocks_[number])) {
        changed_at_[number] = changes_;
      }
    }
  });
  return true;
}

}  // namespace sense
