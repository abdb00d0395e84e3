#ifndef SENSE_NATIVE_VOLUME_RAY_H_
#define SENSE_NATIVE_VOLUME_RAY_H_

#include <bit>

#include "native/block_leaper.h"
#include "native/illumination.h"
#include "native/layer_ray.h"
#include "native/light_queue.h"
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
            const BlockDistances& distances,
            const Illumination& illumination)
      : sampler_(voxels, layer.grid.size),
        gradient_(voxels, layer.grid.size),
        to_world_(layer.placement),
        transfer_(*layer.look.transfer),
        opacity_(layer.look.gradient_opacity),
        illumination_(illumination),
        needs_gradient_(illumination.shaded() || !opacity_.factors.empty()),
        leaper_(distances) {}

  SENSE_INLINE void Begin(const Ray& ray, const GridRay& grid_ray) final {
    grid_ray_ = grid_ray;
    direction_ = ray.direction;
    leaper_.Begin(grid_ray);
  }

  SENSE_INLINE float EmptyUntil(float distance) const final {
    return leaper_.EmptyUntil(distance);
  }

  SENSE_INLINE bool ShowsAt(float distance) const final {
    return leaper_.ShowsAt(distance);
  }

  SENSE_INLINE void Ask(const RayTile& tile) final {
    const Floats distances = LoadLanes<Floats>(tile.distance + 1);
    cells_ = sampler_.Find(PointsAt(grid_ray_, distances));
    sampler_.Ask(cells_);
  }

  SENSE_INLINE uint32_t Sample(const RayTile&) final {
    places_[0] = places_[kLanes];
    StoreLanes(transfer_.Places(sampler_.Values(cells_)), places_ + 1);
    had_last_ = has_last_;
    has_last_ = false;
    return transfer_.Showing(places_);
  }

  SENSE_INLINE void Emissions(const RayTile& tile, uint32_t showing,
                              Floats4* segments) final {
    if (showing & 1) integrals_[0] = LastIntegral();
    transfer_.Integrals(places_ + 1, showing | showing >> 1, integrals_ + 1);
    has_last_ = showing >> (kLanes - 1) & 1;
    const Floats rises =
        LoadLanes<Floats>(places_ + 1) - LoadLanes<Floats>(places_);
    const Floats thicknesses = Thicknesses(tile, grid_ray_);
    const Floats scales = thicknesses / rises;
    for (; showing; showing &= showing - 1) {
      const int n = std::countr_zero(showing);
      // Of close places the difference of the integrals would be noise.
      segments[n] =
          rises[n] > -0.5f && rises[n] < 0.5f
              ? transfer_.Middle(places_[n], places_[n + 1]) * thicknesses[n]
              : (integrals_[n + 1] - integrals_[n]) * scales[n];
    }
  }

  SENSE_INLINE bool ChangesDepths() const final {
    return !opacity_.factors.empty();
  }

  SENSE_INLINE void Light(const RayTile& tile, uint32_t lit,
                          Floats4* segments) final {
    if (!needs_gradient_ || !lit) return;
    const Gradients gradients =
        to_world_(gradient_.At(tile.Middles(grid_ray_), lit));
    if (ChangesDepths()) {
      for (uint32_t left = lit; left; left &= left - 1) {
        const int n = std::countr_zero(left);
        segments[n] *= OpacityFactor(gradients.magnitude[n]);
      }
    }
    if (!illumination_.shaded()) return;
    const Lights lights = illumination_.On(gradients, direction_);
    for (; lit; lit &= lit - 1) {
      const int n = std::countr_zero(lit);
      segments[n] = lights.On(n, segments[n]);
    }
  }

  // Lets light fall on a segment later, and then adds it.
  SENSE_INLINE void LightLater(const RayTile& tile, int segment,
                               const Floats4& emission, Floats4* colour,
                               LightQueue<Voxel>* queue) const {
    const float middle =
        0.5f * (tile.distance[segment] + tile.distance[segment + 1]);
    queue->Add(grid_ray_.At(middle), direction_, emission, colour);
  }

 private:
  // Of the sample that was the last of the tile before.
  SENSE_INLINE Floats4 LastIntegral() const {
    if (had_last_) return integrals_[kLanes];
    Floats4 integral;
    transfer_.Integrals(places_, 1, &integral);
    return integral;
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
  typename VoxelSampler<Voxel>::Cells cells_ = {};  // Of the next samples.
  alignas(32) float places_[kLanes + 1] = {};
  Floats4 integrals_[kLanes + 1] = {};  // Where segments showed.
  // Whether the last sample of the tile, and of the one before, is among them.
  bool has_last_ = false, had_last_ = false;
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_VOLUME_RAY_H_
