#include "native/raycast.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "native/composite_ray.h"
#include "native/projection_ray.h"
#include "native/thread_pool.h"

namespace sense {
namespace {

// Edge of the square of pixels that is one work item.
constexpr int kTileEdge = 16;

class PictureTiles {
 public:
  explicit PictureTiles(const RaycastPicture& picture)
      : picture_(picture),
        across_((picture.width + kTileEdge - 1) / kTileEdge),
        down_((picture.height + kTileEdge - 1) / kTileEdge) {}

  int count() const { return across_ * down_; }

  // Calls pixel(x, y) for all pixels of tile n.
  template <typename Pixel>
  void ForEachPixel(int n, const Pixel& pixel) const {
    const int left = n % across_ * kTileEdge, top = n / across_ * kTileEdge;
    const int right = std::min(left + kTileEdge, picture_.width);
    const int bottom = std::min(top + kTileEdge, picture_.height);
    for (int y = top; y < bottom; ++y) {
      for (int x = left; x < right; ++x) pixel(x, y);
    }
  }

 private:
  const RaycastPicture& picture_;
  const int across_, down_;
};

template <typename Caster>
void CastPixel(const Caster& caster, const RayMaker& rays, int x, int y,
               const RaycastPicture& picture) {
  const Ray ray = rays.Make(x, y);
  const RayResult result =
      ray.length > 0 ? caster.Cast(ray, Jitter(x, y)) : RayResult();
  const int64_t pixel = int64_t{y} * picture.width + x;
  std::copy_n(result.rgba.data(), 4, picture.rgba + 4 * pixel);
  if (picture.depth_mm) {
    picture.depth_mm[pixel] = ray.entry_depth + result.depth;
  }
}

template <typename Caster>
bool CastAll(const Caster& caster, const RayMaker& rays,
             const RaycastPicture& picture, const StopFlag* stop) {
  const PictureTiles tiles(picture);
  std::atomic<bool> complete{true};
  ThreadPool::Shared().ForEach(tiles.count(), [&](int n) {
    if (Stopped(stop)) {
      complete = false;
      return;
    }
    tiles.ForEachPixel(
        n, [&](int x, int y) { CastPixel(caster, rays, x, y, picture); });
  });
  return complete;
}

}  // namespace

OccupiedBlocks FindOccupied(std::shared_ptr<const ValueBlocks> blocks,
                            const TransferTable* transfer) {
  OccupiedBlocks occupied{std::move(blocks), {}};
  if (!transfer) return occupied;
  std::vector<uint8_t> shows;
  shows.reserve(occupied.blocks->ranges().size());
  for (const ValueRange& range : occupied.blocks->ranges()) {
    shows.push_back(transfer->Shows(range) ? 1 : 0);
  }
  occupied.distance = occupied.blocks->DistanceToOccupied(shows);
  return occupied;
}

bool Raycast(const VoxelGrid& grid, const GridPlacement& placement,
             const OccupiedBlocks& occupied, const RaycastLook& look,
             const RayCamera& camera, const RaycastPicture& picture,
             const StopFlag* stop) {
  const RayMaker rays(grid, placement, look, camera);
  return WithVoxels(grid, [&](const auto* voxels) {
    if (look.mode == RayMode::kComposite) {
      const CompositeCaster caster(voxels, grid, placement, occupied, look);
      return CastAll(caster, rays, picture, stop);
    }
    const ProjectionCaster caster(voxels, grid, occupied, look);
    return CastAll(caster, rays, picture, stop);
  });
}

}  // namespace sense
