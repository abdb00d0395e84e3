#ifndef SENSE_NATIVE_LAYER_RAY_H_
#define SENSE_NATIVE_LAYER_RAY_H_

#include "native/lanes.h"
#include "native/ray.h"
#include "native/ray_lanes.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Eight samples of a ray and the one before: segment n lies between times n
// and n + 1.
struct RayTile {
  alignas(32) float distance[kLanes + 1];

  // The points in the middle of segments.
  SENSE_INLINE Points Middles(const GridRay& ray) const {
    const Floats middles =
        0.5f * (LoadLanes<Floats>(distance) + LoadLanes<Floats>(distance + 1));
    return PointsAt(ray, middles);
  }
};

// Of segments fainter than this the light is not looked at.
constexpr float kFaint = 5e-3f;

// One layer along one ray after the other.
class LayerRay {
 public:
  virtual ~LayerRay() = default;

  virtual void Begin(const Ray& ray, const GridRay& grid_ray) = 0;

  // The distance up to which the layer shows nothing from here on; the same
  // where it may.
  virtual float EmptyUntil(float distance) const = 0;

  virtual bool ShowsAt(float distance) const {
    return !(EmptyUntil(distance) > distance);
  }

  // Says of which tile the samples are taken next, so that memory comes.
  virtual void Ask(const RayTile&) {}

  // Takes the samples of a tile, whose first one follows the last of the tile
  // before. Bit n is set where segment n shows.
  virtual uint32_t Sample(const RayTile& tile) = 0;

  // Gives colour times optical depth, and optical depth, of the segments of
  // which a bit is set, before light falls on them. They may be less than
  // nothing beside the layer's grid, or no number.
  virtual void Emissions(const RayTile& tile, uint32_t showing,
                         Floats4* segments) = 0;

  // Whether light changes optical depths, too.
  virtual bool ChangesDepths() const { return false; }

  // Lets light fall on the segments of which a bit is set.
  virtual void Light(const RayTile& tile, uint32_t lit,
                     Floats4* segments) = 0;
};

// The parts of the segments that are inside a grid.
SENSE_INLINE Floats Thicknesses(const RayTile& tile, const GridRay& ray) {
  const Floats fronts = LoadLanes<Floats>(tile.distance);
  const Floats backs = LoadLanes<Floats>(tile.distance + 1);
  return Least(backs, AllLanes(ray.end)) - Greatest(fronts, AllLanes(ray.begin));
}

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_LAYER_RAY_H_
