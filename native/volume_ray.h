#ifndef SENSE_NATIVE_VOLUME_RAY_H_
#define SENSE_NATIVE_VOLUME_RAY_H_

#include "native/block_leaper.h"
#include "native/illumination.h"
#include "native/layer_ray.h"
#include "native/spline_gradient.h"
#include "native/transfer_lookup.h"
#include "native/voxel_sampler.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// A volume with a transfer function along rays.
template <typename Voxel>
class VolumeRay final : public LayerRay {
 public:
  VolumeRay(const Voxel* voxels, const VolumeLayer& layer,
            const Illumination& illumination)
      : sampler_(voxels, layer.grid.size),
        gradient_(voxels, layer.grid.size),
        to_world_(layer.placement),
        transfer_(*layer.look.transfer),
        opacity_(layer.look.gradient_opacity),
        illumination_(illumination),
        needs_gradient_(illumination.shaded() || !opacity_.factors.empty()),
        leaper_(*layer.occupied) {}

  SENSE_INLINE void Begin(const Ray& ray, const GridRay& grid_ray) final {
    grid_ray_ = grid_ray;
    direction_ = ray.direction;
    leaper_.Begin(grid_ray);
  }

  SENSE_INLINE float EmptyUntil(float distance) const final {
    return leaper_.EmptyUntil(distance);
  }

  SENSE_INLINE uint32_t Sample(const RayTile& tile) final {
    const Floats distances = LoadLanes<Floats>(tile.distance + 1);
    const Point& entry = grid_ray_.entry;
    const Point& per_mm = grid_ray_.per_mm;
    const Floats values = sampler_.Values({distances * per_mm.i + entry.i,
                                           distances * per_mm.j + entry.j,
                                           distances * per_mm.k + entry.k});
    places_[0] = places_[kLanes];
    StoreLanes(transfer_.Places(values), places_ + 1);
    return transfer_.Showing(places_);
  }

  SENSE_INLINE Floats4 Segment(const RayTile& tile, int n,
                               float clear) const final {
    const float thickness = Thickness(tile, n, grid_ray_);
    const Floats4 emission =
        transfer_.Mean(places_[n], places_[n + 1]) * thickness;
    if (!(emission[kExtinction] * clear > kFaint) || !needs_gradient_) {
      return emission;
    }
    const float middle = 0.5f * (tile.distance[n] + tile.distance[n + 1]);
    return Lit(emission, middle);
  }

 private:
  SENSE_INLINE Floats4 Lit(Floats4 emission, float distance) const {
    const Direction gradient =
        to_world_(gradient_.At(grid_ray_.At(distance)));
    const float magnitude = std::sqrt(Dot(gradient, gradient));
    if (!opacity_.factors.empty()) emission *= OpacityFactor(magnitude);
    if (!illumination_.shaded()) return emission;
    const auto light = illumination_.On(gradient, magnitude, direction_);
    const float depth = emission[kExtinction];
    const float gloss = light.gloss * depth;
    Floats4 lit = emission * light.diffuse + gloss;
    lit = Least(lit, Floats4{depth, depth, depth, depth});
    lit[kExtinction] = depth;
    return lit;
  }

  float OpacityFactor(float magnitude) const {
    const float last = static_cast<float>(opacity_.factors.size() - 1);
    const float share = magnitude / opacity_.highest;
    const float place = (share < 1.0f ? share : 1.0f) * last;
    const size_t lower =
        std::min(static_cast<size_t>(place), opacity_.factors.size() - 2);
    const float* factors = opacity_.factors.data() + lower;
    const float fraction = place - static_cast<float>(lower);
    return factors[0] + fraction * (factors[1] - factors[0]);
  }

  const VoxelSampler<Voxel> sampler_;
  const SplineGradient<Voxel> gradient_;
  const GradientToWorld to_world_;
  const TransferLookup transfer_;
  const GradientOpacity& opacity_;
  const Illumination& illumination_;
  const bool needs_gradient_;
  BlockLeaper leaper_;
  GridRay grid_ray_ = {};
  Direction direction_ = {};
  alignas(32) float places_[kLanes + 1] = {};
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_VOLUME_RAY_H_
