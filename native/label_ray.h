#ifndef SENSE_NATIVE_LABEL_RAY_H_
#define SENSE_NATIVE_LABEL_RAY_H_

#include <bit>

#include "native/block_leaper.h"
#include "native/illumination.h"
#include "native/layer_ray.h"
#include "native/spline_gradient.h"
#include "native/transfer_lookup.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Labels along rays. The emission of the eight labels around a sample is
// blended like values, so that borders are smooth; their light follows from
// the gradient of the extinction.
template <typename Label>
class LabelRay final : public LayerRay {
 public:
  LabelRay(const Label* labels, const LabelLayer& layer,
           const BlockDistances& distances,
           const Illumination& illumination)
      : labels_(labels),
        size_(layer.grid.size),
        next_j_(size_[1] > 1 ? size_[0] : 0),
        next_k_(size_[2] > 1 ? size_[0] * size_[1] : 0),
        cells_(layer.grid.size),
        colours_(layer.colours.data()),
        colour_count_(layer.colours.size()),
        gradient_(labels, layer.grid.size),
        to_world_(layer.placement),
        illumination_(illumination),
        leaper_(distances) {}

  void Begin(const Ray& ray, const GridRay& grid_ray) final {
    grid_ray_ = grid_ray;
    direction_ = ray.direction;
    leaper_.Begin(grid_ray);
  }

  float EmptyUntil(float distance) const final {
    return leaper_.EmptyUntil(distance);
  }

  uint32_t Sample(const RayTile& tile) final {
    emissions_[0] = emissions_[kLanes];
    uint32_t showing = 0;
    for (int n = 1; n <= kLanes; ++n) {
      emissions_[n] = EmissionAt(grid_ray_.At(tile.distance[n]));
      const float sum =
          emissions_[n - 1][kExtinction] + emissions_[n][kExtinction];
      showing |= static_cast<uint32_t>(sum > 0.0f) << (n - 1);
    }
    return showing;
  }

  void Emissions(const RayTile& tile, uint32_t showing,
                 Floats4* segments) final {
    const Floats halves = Thicknesses(tile, grid_ray_) * 0.5f;
    for (; showing; showing &= showing - 1) {
      const int n = std::countr_zero(showing);
      segments[n] = (emissions_[n] + emissions_[n + 1]) * halves[n];
    }
  }

  void Light(const RayTile& tile, uint32_t lit, Floats4* segments) final {
    if (!illumination_.shaded() || !lit) return;
    const auto extinction = [this](Label label) {
      return Colour(label).extinction;
    };
    const Gradients gradients =
        to_world_(gradient_.At(tile.Middles(grid_ray_), lit, extinction));
    const Lights lights = illumination_.On(gradients, direction_);
    for (; lit; lit &= lit - 1) {
      const int n = std::countr_zero(lit);
      segments[n] = lights.On(n, segments[n]);
    }
  }

 private:
  SENSE_INLINE const Emission& Colour(Label label) const {
    static constexpr Emission kClear = {};
    return label < colour_count_ ? colours_[label] : kClear;
  }

  SENSE_INLINE Floats4 EmissionAt(const Point& point) const {
    const Cell cell = cells_.Find(point);
    const int64_t next_i = size_[0] > 1 ? 1 : 0;
    const Label* corner =
        labels_ + (int64_t{cell.k} * size_[1] + cell.j) * size_[0] + cell.i;
    Floats4 sum = {};
    float share = 0;
    for (int n = 0; n < 8; ++n) {
      const Label label = corner[(n & 1 ? next_i : 0) + (n & 2 ? next_j_ : 0) +
                                 (n & 4 ? next_k_ : 0)];
      const Emission& colour = Colour(label);
      if (colour.extinction == 0.0f) continue;
      const float weight = (n & 1 ? cell.fi : 1.0f - cell.fi) *
                           (n & 2 ? cell.fj : 1.0f - cell.fj) *
                           (n & 4 ? cell.fk : 1.0f - cell.fk);
      sum += LoadLanes<Floats4>(&colour) * weight;
      share += weight;
    }
    return share > 0.0f ? sum * (Body(share) / share) : sum;
  }

  // A body ends where half of what is around belongs to it; a wider border
  // would make opaque ones too large.
  static SENSE_INLINE float Body(float share) {
    const float body = (share - 0.4f) * 5.0f;
    return body > 0.0f ? body < 1.0f ? body : 1.0f : 0.0f;
  }

  const Label* const labels_;
  const std::array<int64_t, 3> size_;
  const int64_t next_j_, next_k_;
  const CellFinder cells_;
  const Emission* const colours_;
  const size_t colour_count_;
  const SplineGradient<Label> gradient_;
  const GradientToWorld to_world_;
  const Illumination& illumination_;
  BlockLeaper leaper_;
  GridRay grid_ray_ = {};
  Direction direction_ = {};
  Floats4 emissions_[kLanes + 1] = {};
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_LABEL_RAY_H_
