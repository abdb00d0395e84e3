#ifndef SENSE_NATIVE_ILLUMINATION_H_
#define SENSE_NATIVE_ILLUMINATION_H_

#include <array>

#include "native/exponential.h"
#include "native/lanes.h"
#include "native/ray.h"
#include "native/transfer_lookup.h"
#include "native/voxel_sampler.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

using Direction = std::array<float, 3>;

SENSE_INLINE float Dot(const Direction& a, const Direction& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

// Eight gradients per mm, in world axes.
struct Gradients {
  Floats x, y, z;
  Floats magnitude;
};

SENSE_INLINE Floats Dot(const Gradients& a, const Direction& b) {
  return a.x * b[0] + a.y * b[1] + a.z * b[2];
}

// Gradients in the world, from ones in voxel indices: they transform with the
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
  SENSE_INLINE Gradients operator()(const Points& gradients) const {
    const auto along = [&](int axis) {
      return gradients.i * rows_[0][axis] + gradients.j * rows_[1][axis] +
             gradients.k * rows_[2][axis];
    };
    const auto finite = [](Floats a) {
      return Less(Magnitudes(a), AllLanes(1e18f));
    };
    Gradients world = {along(0), along(1), along(2), {}};
    const Ints all = finite(world.x) & finite(world.y) & finite(world.z);
    for (Floats* each : {&world.x, &world.y, &world.z}) {
      *each = Select(all, *each, AllLanes(0.0f));
    }
    world.magnitude = SquareRoots(world.x * world.x + world.y * world.y +
                                  world.z * world.z);
    return world;
  }

 private:
  Direction rows_[3];
};

// Eight directions, as of rays.
struct Directions {
  Floats x, y, z;

  static SENSE_INLINE Directions All(const Direction& one) {
    return {AllLanes(one[0]), AllLanes(one[1]), AllLanes(one[2])};
  }
};

SENSE_INLINE Floats Dot(const Directions& a, const Directions& b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}

// How light changes colours.
struct Lights {
  Floats diffuse;  // Factors.
  Floats gloss;    // Added to them.

  // Of a segment's colour times its optical depth.
  SENSE_INLINE Floats4 On(int n, const Floats4& emission) const {
    const float depth = emission[kExtinction];
    Floats4 lit = emission * diffuse[n] + gloss[n] * depth;
    lit = Least(lit, Floats4{depth, depth, depth, depth});
    lit[kExtinction] = depth;
    return lit;
  }
};

// Light on surfaces (Blinn, "Models of light reflection for computer
// synthesized pictures", 1977).
class Illumination {
 public:
  explicit Illumination(const Lighting& lighting) : lighting_(lighting) {
    for (int axis = 0; axis < 3; ++axis) {
      towards_[axis] = static_cast<float>(lighting.towards_light[axis]);
    }
  }

  bool shaded() const { return lighting_.shaded; }

  // Of surfaces that are seen along rays.
  SENSE_INLINE Lights On(const Gradients& gradients,
                         const Directions& rays) const {
    const Floats magnitudes = gradients.magnitude;
    const Directions half = {towards_[0] - rays.x, towards_[1] - rays.y,
                             towards_[2] - rays.z};
    const Floats per_length =
        1.0f / SquareRoots(Greatest(Dot(half, half), AllLanes(1e-12f)));
    const Floats scale = 1.0f / Greatest(magnitudes, AllLanes(1e-12f));
    const Floats along = Magnitudes(Dot(gradients, towards_)) * scale;
    const Floats mirrored =
        Magnitudes(gradients.x * half.x + gradients.y * half.y +
                   gradients.z * half.z) *
        (scale * per_length);
    // Where nothing changes there is no surface: light from everywhere.
    const Floats surface = magnitudes / (magnitudes + lighting_.surface_gradient);
    return {lighting_.ambient +
                lighting_.diffuse * (kEven + surface * (along - kEven)),
            surface * lighting_.specular *
                Power(mirrored, lighting_.specular_power)};
  }

  // Of surfaces that are seen along one ray.
  SENSE_INLINE Lights On(const Gradients& gradients,
                         const Direction& ray) const {
    return On(gradients, Directions::All(ray));
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
