#ifndef SENSE_NATIVE_LAYER_RAY_H_
#define SENSE_NATIVE_LAYER_RAY_H_

#include "native/lanes.h"
#include "native/ray.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Eight samples of a ray and the one before: segment n lies between times n
// and n + 1.
struct RayTile {
  alignas(32) float distance[kLanes + 1];
};

// Of segments fainter than this the light is not looked at.
constexpr float kFaint = 1e-3f;

// One layer along one ray after the other.
class LayerRay {
 public:
  virtual ~LayerRay() = default;

  virtual void Begin(const Ray& ray, const GridRay& grid_ray) = 0;

  // The distance up to which the layer shows nothing from here on; the same
  // where it may.
  virtual float EmptyUntil(float distance) const = 0;

  // Takes the samples of a tile, whose first one follows the last of the tile
  // before. Bit n is set where segment n shows.
  virtual uint32_t Sample(const RayTile& tile) = 0;

  // Colour times optical depth, and optical depth, of a segment that shows;
  // `clear` is how much of it is seen.
  virtual Floats4 Segment(const RayTile& tile, int n, float clear) const = 0;
};

// The part of a segment that is inside a grid.
SENSE_INLINE float Thickness(const RayTile& tile, int n, const GridRay& ray) {
  const float front = tile.distance[n], back = tile.distance[n + 1];
  const float begin = front > ray.begin ? front : ray.begin;
  const float end = back < ray.end ? back : ray.end;
  return end - begin;
}

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_LAYER_RAY_H_
