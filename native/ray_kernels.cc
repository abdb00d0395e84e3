// Compiled once for every instruction set, see CMakeLists.txt.
#include "native/ray_kernels.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "native/composite_ray.h"
#include "native/label_ray.h"
#include "native/layer_stack.h"
#include "native/packet_leaper.h"
#include "native/projection_ray.h"
#include "native/ray_picture.h"
#include "native/surface_ray.h"
#include "native/volume_ray.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {
namespace {

void Store(const RayResult& result, const Ray& ray, int64_t pixel,
           const RaycastPicture& picture) {
  if (picture.straight) {
    StorePixel(result.rgba.data(), picture.straight + 4 * pixel);
  } else {
    std::copy_n(result.rgba.data(), 4, picture.rgba + 4 * pixel);
  }
  if (picture.depth_mm) {
    picture.depth_mm[pixel] = ray.entry_depth + result.depth;
  }
}

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
bool ForEachRay(const RayScene& scene, const RayMaker& rays,
                const RaycastPicture& picture, const PictureTile& tile,
                const StopFlag* stop, const Cast& cast) {
  std::vector<GridRay> grid_rays(scene.volumes.size() + 1);
  for (int y = tile.top; y < tile.bottom; ++y) {
    if (Stopped(stop)) return false;
    const bool all = tile.pass == RayPass::kAll;
    const bool between = tile.pass == RayPass::kBetween;
    const int first = all ? 0 : (tile.left + y + (between ? 1 : 0)) & 1;
    for (int x = tile.left + first; x < tile.right; x += all ? 1 : 2) {
      if (between && FillBetween(picture, x, y)) continue;
      const int64_t pixel = int64_t{y} * picture.width + x;
      const float hidden =
          scene.hidden_from_mm ? scene.hidden_from_mm[pixel] : 1e30f;
      const float limit = hidden == hidden ? hidden : 1e30f;
      const Ray ray = rays.Make(x, y, limit, grid_rays.data());
      if (ray.length > 0) {
        cast(pixel, ray, grid_rays.data(), Jitter(x, y));
      } else {
        Store({}, ray, pixel, picture);
      }
    }
  }
  return true;
}

// Casts eight rays of a volume at once, as they come.
template <typename Voxel>
class CompositePacket {
 public:
  CompositePacket(const Voxel* voxels, const VolumeLayer& layer,
                  const Illumination& light, const RaycastPicture& picture)
      : picture_(picture),
        leaper_(*layer.occupied),
        volumes_(kLanes, VolumeRay<Voxel>(voxels, layer, light)) {}

  void Add(int64_t pixel, const Ray& ray, const GridRay& grid_ray,
           float jitter) {
    const int lane = count_++;
    pixels_[lane] = pixel;
    rays_[lane] = ray;
    leaper_.Begin(lane, ray, grid_ray, jitter);
    volumes_[lane].Begin(ray, grid_ray);
    composites_[lane].Begin(ray, jitter, &volumes_[lane]);
    if (count_ == kLanes) Cast();
  }

  // Casts those that are left.
  void Cast() {
    uint32_t active = (1u << count_) - 1;
    while (active) {
      alignas(32) int32_t samples[kLanes];
      for (int n = 0; n < kLanes; ++n) samples[n] = composites_[n].next();
      active = leaper_.Leap(active, samples);
      for (int n = 0; n < count_; ++n) {
        if (!(active >> n & 1)) continue;
        composites_[n].LeapTo(samples[n]);
        if (!composites_[n].March()) active &= ~(1u << n);
      }
    }
    for (int n = 0; n < count_; ++n) {
      Store(composites_[n].result(), rays_[n], pixels_[n], picture_);
    }
    count_ = 0;
  }

 private:
  const RaycastPicture& picture_;
  int count_ = 0;
  int64_t pixels_[kLanes];
  Ray rays_[kLanes];
  PacketLeaper leaper_;
  std::vector<VolumeRay<Voxel>> volumes_;
  CompositeRay<VolumeRay<Voxel>> composites_[kLanes];
};

bool CastStack(const RayScene& scene, const RayMaker& rays,
               const RaycastPicture& picture, const PictureTile& tile,
               const StopFlag* stop) {
  std::vector<std::unique_ptr<Illumination>> lights;
  const auto light = [&](const Lighting& lighting) -> const Illumination& {
    return *lights.emplace_back(std::make_unique<Illumination>(lighting));
  };
  LayerStack stack;
  for (const VolumeLayer& layer : scene.volumes) {
    WithVoxels(layer.grid, [&]<typename Voxel>(const Voxel* voxels) {
      stack.Add(std::make_unique<VolumeRay<Voxel>>(
          voxels, layer, light(layer.look.lighting)));
    });
  }
  if (scene.labels) {
    const LabelLayer& layer = *scene.labels;
    const Illumination& lit = light(layer.lighting);
    if (layer.grid.type == VoxelType::kUint8) {
      stack.Add(std::make_unique<LabelRay<uint8_t>>(
          static_cast<const uint8_t*>(layer.grid.data), layer, lit));
    } else {
      stack.Add(std::make_unique<LabelRay<uint16_t>>(
          static_cast<const uint16_t*>(layer.grid.data), layer, lit));
    }
  }
  CompositeRay<LayerStack> composite;
  return ForEachRay(
      scene, rays, picture, tile, stop,
      [&](int64_t pixel, const Ray& ray, const GridRay* grids, float jitter) {
        stack.Begin(ray, *grids);
        composite.Begin(ray, jitter, &stack);
        composite.Cast();
        Store(composite.result(), ray, pixel, picture);
      });
}

template <typename Voxel>
bool CastOne(const Voxel* voxels, const RayScene& scene, const RayMaker& rays,
             const RaycastPicture& picture, const PictureTile& tile,
             const StopFlag* stop) {
  const VolumeLayer& layer = scene.volumes.front();
  const Illumination light(layer.look.lighting);
  const auto each = [&](const auto& cast) {
    return ForEachRay(scene, rays, picture, tile, stop, cast);
  };
  if (layer.look.mode == RayMode::kComposite) {
    CompositePacket<Voxel> packet(voxels, layer, light, picture);
    const bool complete = each([&](int64_t pixel, const Ray& ray,
                                   const GridRay* grids, float jitter) {
      packet.Add(pixel, ray, *grids, jitter);
    });
    packet.Cast();
    return complete;
  }
  if (layer.look.mode == RayMode::kIsosurface) {
    SurfaceRay<Voxel> surface(voxels, layer, light);
    return each(
        [&](int64_t pixel, const Ray& ray, const GridRay* grids, float) {
          Store(surface.Cast(ray, *grids), ray, pixel, picture);
        });
  }
  ProjectionRay<Voxel> projection(voxels, layer);
  return each([&](int64_t pixel, const Ray& ray, const GridRay* grids,
                  float jitter) {
    Store(projection.Cast(ray, *grids, jitter), ray, pixel, picture);
  });
}

}  // namespace

bool CastRays(const RayScene& scene, const RayMaker& rays,
              const RaycastPicture& picture, const PictureTile& tile,
              const StopFlag* stop) {
  if (scene.volumes.size() > 1 || scene.labels) {
    return CastStack(scene, rays, picture, tile, stop);
  }
  return WithVoxels(scene.volumes.front().grid, [&](const auto* voxels) {
    return CastOne(voxels, scene, rays, picture, tile, stop);
  });
}

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense
