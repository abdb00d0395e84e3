#ifndef SENSE_NATIVE_LAYER_STACK_H_
#define SENSE_NATIVE_LAYER_STACK_H_

#include <bit>
#include <memory>
#include <vector>

#include "native/layer_ray.h"
#include "native/transfer_lookup.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Several layers in one pass: what they emit and absorb adds up.
class LayerStack final : public LayerRay {
 public:
  void Add(std::unique_ptr<LayerRay> layer) {
    layers_.push_back({std::move(layer), 0, {}});
  }

  // The rays of the grids, in the order of the layers.
  void Begin(const Ray& ray, const GridRay& grid_rays) final {
    const GridRay* grid_ray = &grid_rays;
    for (Layer& layer : layers_) layer.ray->Begin(ray, *grid_ray++);
  }

  float EmptyUntil(float distance) const final {
    float empty = 1e30f;
    for (const Layer& layer : layers_) {
      const float exit = layer.ray->EmptyUntil(distance);
      empty = exit < empty ? exit : empty;
      if (!(empty > distance)) break;
    }
    return empty;
  }

  void Ask(const RayTile& tile) final {
    for (Layer& layer : layers_) layer.ray->Ask(tile);
  }

  uint32_t Sample(const RayTile& tile) final {
    uint32_t showing = 0;
    for (Layer& layer : layers_) {
      layer.showing = layer.ray->Sample(tile);
      showing |= layer.showing;
    }
    return showing;
  }

  void Emissions(const RayTile& tile, uint32_t showing,
                 Floats4* segments) final {
    for (int n = 0; n < kLanes; ++n) segments[n] = Floats4{};
    for (Layer& layer : layers_) {
      layer.showing &= showing;
      layer.ray->Emissions(tile, layer.showing, layer.segments);
      for (int n = 0; n < kLanes; ++n) {
        if (layer.ShowsIn(n)) segments[n] += layer.segments[n];
      }
    }
  }

  bool ChangesDepths() const final {
    for (const Layer& layer : layers_) {
      if (layer.ray->ChangesDepths()) return true;
    }
    return false;
  }

  void Light(const RayTile& tile, uint32_t lit, Floats4* segments) final {
    for (Layer& layer : layers_) {
      uint32_t shown = 0;
      for (int n = 0; n < kLanes; ++n) {
        if (layer.ShowsIn(n)) shown |= 1u << n;
      }
      layer.ray->Light(tile, lit & shown, layer.segments);
    }
    for (; lit; lit &= lit - 1) {
      const int n = std::countr_zero(lit);
      segments[n] = Floats4{};
      for (const Layer& layer : layers_) {
        if (layer.ShowsIn(n)) segments[n] += layer.segments[n];
      }
    }
  }

 private:
  struct Layer {
    SENSE_INLINE bool ShowsIn(int n) const {
      return (showing >> n & 1) && segments[n][kExtinction] > 0.0f;
    }

    std::unique_ptr<LayerRay> ray;
    uint32_t showing;
    Floats4 segments[kLanes];
  };

  std::vector<Layer> layers_;
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_LAYER_STACK_H_
