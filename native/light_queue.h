#ifndef SENSE_NATIVE_LIGHT_QUEUE_H_
#define SENSE_NATIVE_LIGHT_QUEUE_H_

#include "native/illumination.h"
#include "native/spline_gradient.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Segments of many rays on which light falls later, eight side by side: few of
// a ray are lit, and their gradients wait for memory.
template <typename Voxel>
class LightQueue {
 public:
  static constexpr int kMost = 3 * kLanes * kLanes;

  LightQueue(const Voxel* voxels, const VolumeLayer& layer,
             const Illumination& illumination)
      : gradient_(voxels, layer.grid.size),
        to_world_(layer.placement),
        illumination_(illumination) {}

  // The segment in whose middle a point is, seen along a ray, is to be added to
  // a colour, without its extinction.
  SENSE_INLINE void Add(const Point& point, const Direction& ray,
                        const Floats4& emission, Floats4* colour) {
    gradient_.Ask(point);
    const int n = used_++;
    places_[0][n] = point.i;
    places_[1][n] = point.j;
    places_[2][n] = point.k;
    for (int axis = 0; axis < 3; ++axis) rays_[axis][n] = ray[axis];
    emissions_[n] = emission;
    colours_[n] = colour;
  }

  // Adds all of them.
  SENSE_INLINE void Take() {
    for (int first = 0; first < used_; first += kLanes) {
      const int count = used_ - first < kLanes ? used_ - first : kLanes;
      TakeFrom(first, count);
    }
    used_ = 0;
  }

 private:
  SENSE_INLINE void TakeFrom(int first, int count) {
    const auto at = [first](const float* values) {
      return LoadLanes<Floats>(values + first);
    };
    const Points points = {at(places_[0]), at(places_[1]), at(places_[2])};
    const Gradients gradients =
        to_world_(gradient_.At(points, (1u << count) - 1));
    const Lights lights = illumination_.On(
        gradients, Directions{at(rays_[0]), at(rays_[1]), at(rays_[2])});
    for (int n = 0; n < count; ++n) {
      Floats4 lit = lights.On(n, emissions_[first + n]);
      lit[kExtinction] = 0.0f;
      *colours_[first + n] += lit;
    }
  }

  const SplineGradient<Voxel> gradient_;
  const GradientToWorld to_world_;
  const Illumination& illumination_;
  int used_ = 0;
  // The last ones of eight may be those of before: they are numbers.
  alignas(32) float places_[3][kMost] = {};
  alignas(32) float rays_[3][kMost] = {};
  Floats4 emissions_[kMost];
  Floats4* colours_[kMost];
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_LIGHT_QUEUE_H_
