#ifndef SENSE_NATIVE_ILLUMINATION_H_
#define SENSE_NATIVE_ILLUMINATION_H_

#include <algorithm>
#include <cmath>

#include "native/exponential.h"
#include "native/lanes.h"
#include "native/ray.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

using Direction = std::array<float, 3>;

SENSE_INLINE float Dot(const Direction& a, const Direction& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

// A gradient in the world, from one in voxel indices: it transforms with the
// transpose of the map to indices.
class GradientToWorld {
 public:
  explicit GradientToWorld(const GridPlacement& placement) {
    for (int row = 0; row < 3; ++row) {
      for (int axis = 0; axis < 3; ++axis) {
        rows_[row][axis] =
            static_cast<float>(placement.ijk_from_world[row][axis]);
      }
    }
  }

  // Nothing for a NaN or an infinity among the voxels.
  SENSE_INLINE Direction operator()(const Point& gradient) const {
    Direction world;
    for (int axis = 0; axis < 3; ++axis) {
      const float sum = rows_[0][axis] * gradient.i +
                        rows_[1][axis] * gradient.j +
                        rows_[2][axis] * gradient.k;
      if (!(std::abs(sum) < 1e18f)) return {0, 0, 0};
      world[axis] = sum;
    }
    return world;
  }

 private:
  Direction rows_[3];
};

// Light on a surface (Blinn, "Models of light reflection for computer
// synthesized pictures", 1977).
class Illumination {
 public:
  struct Light {
    float diffuse = 1.0f;  // Factor on the colour.
    float gloss = 0.0f;    // Added to it.
  };

  explicit Illumination(const Lighting& lighting) : lighting_(lighting) {
    for (int axis = 0; axis < 3; ++axis) {
      towards_[axis] = static_cast<float>(lighting.towards_light[axis]);
    }
  }

  bool shaded() const { return lighting_.shaded; }

  // Of a surface that is seen along a ray, from its gradient per mm.
  SENSE_INLINE Light On(const Direction& gradient, float magnitude,
                        const Direction& ray) const {
    const Direction half = {towards_[0] - ray[0], towards_[1] - ray[1],
                            towards_[2] - ray[2]};
    const float scale = 1.0f / (magnitude > 1e-12f ? magnitude : 1e-12f);
    const float along = std::abs(Dot(gradient, towards_)) * scale;
    const float length = Dot(half, half);
    const float mirrored = std::abs(Dot(gradient, half)) * scale /
                           std::sqrt(length > 1e-12f ? length : 1e-12f);
    // Where nothing changes there is no surface: light from everywhere.
    const float surface = magnitude / (magnitude + lighting_.surface_gradient);
    return {lighting_.ambient +
                lighting_.diffuse * (kEven + surface * (along - kEven)),
            surface * lighting_.specular *
                Power(mirrored, lighting_.specular_power)};
  }

 private:
  // Share of the diffuse light where there is no surface.
  static constexpr float kEven = 0.7f;

  const Lighting lighting_;
  Direction towards_;
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_ILLUMINATION_H_
