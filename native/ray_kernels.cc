// Compiled once for every instruction set, see CMakeLists.txt.
#include "native/ray_kernels.h"

#include <algorithm>
#include <bit>
#include <memory>
#include <utility>
#include <vector>

#include "native/composite_ray.h"
#include "native/label_ray.h"
#include "native/layer_stack.h"
#include "native/light_queue.h"
#include "native/packet_leaper.h"
#include "native/projection_packet.h"
#include "native/ray_picture.h"
#include "native/surface_ray.h"
#include "native/volume_ray.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {
namespace {

// Levels of 255 by which pixels differ that are alike.
constexpr int kAlike = 12;

// Gives a pixel the mean of the four beside it where they are alike.
bool FillBetween(const RaycastPicture& picture, int x, int y) {
  uint8_t* pixel = picture.straight + 4 * (int64_t{y} * picture.width + x);
  const int64_t row = int64_t{4} * picture.width;
  const uint8_t* const near[4] = {
      x > 0 ? pixel - 4 : pixel + 4, x + 1 < picture.width ? pixel + 4 : pixel - 4,
      y > 0 ? pixel - row : pixel + row,
      y + 1 < picture.height ? pixel + row : pixel - row};
  uint8_t mean[4];
  for (int channel = 0; channel < 4; ++channel) {
    int low = 255, high = 0, sum = 2;
    for (const uint8_t* one : near) {
      const int level = one[channel];
      low = level < low ? level : low;
      high = level > high ? level : high;
      sum += level;
    }
    if (high - low > kAlike) return false;
    mean[channel] = static_cast<uint8_t>(sum >> 2);
  }
  std::copy_n(mean, 4, pixel);
  return true;
}

// Calls cast(pixel, ray, grid rays, jitter) for the pixels of a tile where
// something may be seen.
template <typename Cast>
bool ForEachRay(const RayTask& task, const PictureTile& tile,
                const Cast& cast) {
  const RayScene& scene = task.scene;
  const RaycastPicture& picture = task.picture;
  std::vector<GridRay> grid_rays(scene.volumes.size() + 1);
  for (int y = tile.top; y < tile.bottom; ++y) {
    if (Stopped(task.stop)) return false;
    const bool all = tile.pass == RayPass::kAll;
    const bool between = tile.pass == RayPass::kBetween;
    const int first = all ? 0 : (tile.left + y + (between ? 1 : 0)) & 1;
    for (int x = tile.left + first; x < tile.right; x += all ? 1 : 2) {
      if (between && FillBetween(picture, x, y)) continue;
      const int64_t pixel = int64_t{y} * picture.width + x;
      const float hidden =
          scene.hidden_from_mm ? scene.hidden_from_mm[pixel] : 1e30f;
      const float limit = hidden == hidden ? hidden : 1e30f;
      const Ray ray = task.rays.Make(x, y, limit, grid_rays.data());
      if (ray.length > 0) {
        cast(pixel, ray, grid_rays.data(), Jitter(x, y));
      } else {
        StoreResult({}, ray.entry_depth, pixel, picture);
      }
    }
  }
  return true;
}

// Casts many rays of a volume at once, as they come.
template <typename Voxel>
class CompositePacket {
 public:
  CompositePacket(const Voxel* voxels, const RayTask& task,
                  const Illumination& light)
      : picture_(task.picture),
        leaper_(task.distances.front()),
        volumes_(kRays,
                 VolumeRay<Voxel>(voxels, task.scene.volumes.front(),
                                  task.distances.front(), light)),
        lights_(voxels, task.scene.volumes.front(), light),
        later_(light.shaded() && !volumes_.front().ChangesDepths()
                   ? &lights_
                   : nullptr) {}

  void Add(int64_t pixel, const Ray& ray, const GridRay& grid_ray,
           float jitter) {
    const int n = std::countr_one(active_);
    active_ |= 1u << n;
    pixels_[n] = pixel;
    entry_depths_[n] = ray.entry_depth;
    leaper_.Begin(n, ray, grid_ray, jitter);
    volumes_[n].Begin(ray, grid_ray);
    composites_[n].Begin(ray, jitter, &volumes_[n]);
    while (active_ == kAll) Advance();
  }

  // Casts those that are left.
  void Finish() {
    while (active_) Advance();
  }

 private:
  static constexpr int kRays = PacketLeaper::kRays;
  static constexpr uint32_t kAll = (1u << kRays) - 1;

  // Takes those rays on that need not leap, by a tile each. Memory is slow:
  // first all ask for their samples, and later for what their light needs.
  void Advance() {
    uint32_t ended = 0;
    const uint32_t inside = leaper_.ShowBefore(active_ & marching_);
    const uint32_t leaping = leaper_.Leap(active_ & ~inside, &ended);
    const uint32_t ready = active_ & ~leaping & ~ended;
    ForEach(ready, [&](int n) {
      composites_[n].LeapTo(leaper_.next(n));
      composites_[n].Ask();
    });
    ForEach(ready, [&](int n) {
      composites_[n].TakeSamples();
      leaper_.set_next(n, composites_[n].next());
    });
    ForEach(ready, [&](int n) {
      if (!composites_[n].AddSamples(later_)) ended |= 1u << n;
    });
    lights_.Take();
    marching_ = ready & ~ended;
    ForEach(ended, [&](int n) {
      StoreResult(composites_[n].result(), entry_depths_[n], pixels_[n], picture_);
    });
    active_ &= ~ended;
  }

  template <typename Function>
  static SENSE_INLINE void ForEach(uint32_t rays, const Function& function) {
    for (; rays; rays &= rays - 1) function(std::countr_zero(rays));
  }

  const RaycastPicture& picture_;
  uint32_t active_ = 0;
  uint32_t marching_ = 0;  // Those whose last samples were taken.
  int64_t pixels_[kRays];
  float entry_depths_[kRays];
  PacketLeaper leaper_;
  std::vector<VolumeRay<Voxel>> volumes_;
  CompositeRay<VolumeRay<Voxel>> composites_[kRays];
  LightQueue<Voxel> lights_;
  LightQueue<Voxel>* const later_;  // None where light falls at once.
};

bool CastStack(const RayTask& task, const PictureTile& tile) {
  const RayScene& scene = task.scene;
  auto distances = task.distances.begin();
  std::vector<std::unique_ptr<Illumination>> lights;
  const auto light = [&](const Lighting& lighting) -> const Illumination& {
    return *lights.emplace_back(std::make_unique<Illumination>(lighting));
  };
  LayerStack stack;
  for (const VolumeLayer& layer : scene.volumes) {
    WithVoxels(layer.grid, [&]<typename Voxel>(const Voxel* voxels) {
      stack.Add(std::make_unique<VolumeRay<Voxel>>(
          voxels, layer, *distances++, light(layer.look.lighting)));
    });
  }
  if (scene.labels) {
    const LabelLayer& layer = *scene.labels;
    const Illumination& lit = light(layer.lighting);
    if (layer.grid.type == VoxelType::kUint8) {
      stack.Add(std::make_unique<LabelRay<uint8_t>>(
          static_cast<const uint8_t*>(layer.grid.data), layer, *distances, lit));
    } else {
      stack.Add(std::make_unique<LabelRay<uint16_t>>(
          static_cast<const uint16_t*>(layer.grid.data), layer, *distances,
          lit));
    }
  }
  CompositeRay<LayerStack> composite;
  return ForEachRay(
      task, tile,
      [&](int64_t pixel, const Ray& ray, const GridRay* grids, float jitter) {
        stack.Begin(ray, *grids);
        composite.Begin(ray, jitter, &stack);
        composite.Cast();
        StoreResult(composite.result(), ray.entry_depth, pixel, task.picture);
      });
}

template <typename Voxel>
bool CastOne(const Voxel* voxels, const RayTask& task,
             const PictureTile& tile) {
  const VolumeLayer& layer = task.scene.volumes.front();
  const RaycastPicture& picture = task.picture;
  const Illumination light(layer.look.lighting);
  const auto each = [&](const auto& cast) {
    return ForEachRay(task, tile, cast);
  };
  if (layer.look.mode == RayMode::kComposite) {
    CompositePacket<Voxel> packet(voxels, task, light);
    const bool complete = each([&](int64_t pixel, const Ray& ray,
                                   const GridRay* grids, float jitter) {
      packet.Add(pixel, ray, *grids, jitter);
    });
    packet.Finish();
    return complete;
  }
  if (layer.look.mode == RayMode::kIsosurface) {
    SurfaceRay<Voxel> surface(voxels, layer, task.distances.front(), light);
    return each(
        [&](int64_t pixel, const Ray& ray, const GridRay* grids, float) {
          StoreResult(surface.Cast(ray, *grids), ray.entry_depth, pixel,
                      picture);
        });
  }
  ProjectionPacket<Voxel> packet(voxels, layer, picture);
  const bool complete = each([&](int64_t pixel, const Ray& ray,
                                 const GridRay* grids, float jitter) {
    packet.Add(pixel, ray, *grids, jitter);
  });
  packet.Finish();
  return complete;
}

}  // namespace

bool CastRays(const RayTask& task, const PictureTile& tile) {
  const RayScene& scene = task.scene;
  if (scene.volumes.size() > 1 || scene.labels) return CastStack(task, tile);
  return WithVoxels(scene.volumes.front().grid, [&](const auto* voxels) {
    return CastOne(voxels, task, tile);
  });
}

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense
