#include "native/raycast.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "native/processor.h"
#include "native/ray_kernels.h"
#include "native/thread_pool.h"

namespace sense {
namespace {

// Edge of the square of pixels that is one work item.
constexpr int kTileEdge = 32;

// In voxels: every second ray is then at most a voxel from the next, and leaves
// nothing out that the voxels can show (adaptive sampling of the picture:
// Levoy, "Volume rendering by adaptive refinement", 1990).
constexpr double kDensePixel = 0.71;

std::vector<GridBox> BoxesOf(const RayScene& scene) {
  std::vector<GridBox> boxes;
  const auto add = [&boxes](const VoxelGrid& grid,
                            const GridPlacement& placement, const Vector3& low,
                            const Vector3& high) {
    GridBox& box = boxes.emplace_back(GridBox{placement, low, high});
    for (int axis = 0; axis < 3; ++axis) {
      const double border = static_cast<double>(grid.size[axis]) - 0.5;
      box.low[axis] = std::max(-0.5, low[axis]);
      box.high[axis] = std::min(border, high[axis]);
    }
  };
  for (const VolumeLayer& layer : scene.volumes) {
    add(layer.grid, layer.placement, layer.look.crop_low,
        layer.look.crop_high);
  }
  if (scene.labels) {
    const RaycastLook whole;
    add(scene.labels->grid, scene.labels->placement, whole.crop_low,
        whole.crop_high);
  }
  return boxes;
}

bool IsCropped(const RaycastLook& look) {
  const RaycastLook whole;
  return look.crop_low != whole.crop_low || look.crop_high != whole.crop_high;
}

// Leaps for the rays of a picture, by grid; none where none are taken.
std::vector<BlockDistances> DistancesFor(const RayScene& scene,
                                         const RayMaker& rays,
                                         const RaycastPicture& picture) {
  std::vector<BlockDistances> distances;
  const auto add = [&](const OccupiedBlocks& occupied) {
    const RayWays ways =
        rays.Ways(distances.size(), picture.width, picture.height);
    distances.push_back(occupied.Distances(ways));
  };
  const RayMode mode = scene.volumes.front().look.mode;
  if (mode != RayMode::kComposite && mode != RayMode::kIsosurface) return {};
  for (const VolumeLayer& layer : scene.volumes) add(*layer.occupied);
  if (scene.labels) add(*scene.labels->occupied);
  return distances;
}

}  // namespace

std::vector<CastTile> KernelsOfProcessor() {
  std::vector<CastTile> kernels;
#ifdef SENSE_AVX512_KERNELS
  if (ProcessorHasAvx512()) kernels.push_back(&avx512::CastRays);
#endif
#ifdef SENSE_AVX2_KERNELS
  if (ProcessorHasAvx2()) kernels.push_back(&avx2::CastRays);
#endif
  kernels.push_back(&baseline::CastRays);
  return kernels;
}

bool Raycast(const RayScene& scene, const RayCamera& camera,
             const RaycastPicture& picture, const StopFlag* stop) {
  static const CastTile cast = KernelsOfProcessor().front();
  return RaycastBy(cast, scene, camera, picture, stop);
}

bool RaycastBy(CastTile cast, const RayScene& scene, const RayCamera& camera,
               const RaycastPicture& picture, const StopFlag* stop) {
  const RaycastLook& look = scene.volumes.front().look;
  const RayMaker rays(BoxesOf(scene), camera,
                      {IsCropped(look), scene.clip_planes},
                      look.steps_per_voxel);
  const RayTask task = {scene, rays, DistancesFor(scene, rays, picture),
                        picture, stop};
  const int across = (picture.width + kTileEdge - 1) / kTileEdge;
  const int down = (picture.height + kTileEdge - 1) / kTileEdge;
  std::atomic<bool> complete{true};
  const auto cast_all = [&](RayPass pass) {
    ThreadPool::Shared().ForEach(across * down, [&](int n) {
      const int left = n % across * kTileEdge, top = n / across * kTileEdge;
      const PictureTile tile = {left, top,
                                std::min(left + kTileEdge, picture.width),
                                std::min(top + kTileEdge, picture.height),
                                pass};
      if (!complete) return;
      if (!cast(task, tile)) complete = false;
    });
  };
  const bool sparse = picture.straight && !picture.depth_mm &&
                      !scene.hidden_from_mm && picture.width > 1 &&
                      picture.height > 1 &&
                      rays.VoxelsAPixel(picture.width / 2, picture.height / 2) <
                          kDensePixel;
  cast_all(sparse ? RayPass::kFirst : RayPass::kAll);
  if (sparse) cast_all(RayPass::kBetween);
  return complete;
}

}  // namespace sense
