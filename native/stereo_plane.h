#ifndef SENSE_NATIVE_STEREO_PLANE_H_
#define SENSE_NATIVE_STEREO_PLANE_H_

#include <array>
#include <cmath>
#include <cstdint>

#include "native/stereo_scene.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Numbers that depend on nothing but the pixel, the pass and the seed, so that
// threads may take pixels in any order (PCG's output function).
class PixelRandom {
 public:
  SENSE_INLINE PixelRandom(uint32_t seed, uint32_t pass, uint32_t pixel)
      : state_(Mixed(Mixed(seed * 747796405u + pass) ^ pixel)) {}

  // -1 to 1.
  SENSE_INLINE float Next() {
    state_ = state_ * 747796405u + 2891336453u;
    const auto bits = static_cast<int32_t>(Mixed(state_));
    return static_cast<float>(bits) * (1.0f / 2147483648.0f);
  }

 private:
  static SENSE_INLINE uint32_t Mixed(uint32_t value) {
    value = value * 747796405u + 2891336453u;
    value = ((value >> ((value >> 28) + 4)) ^ value) * 277803737u;
    return (value >> 22) ^ value;
  }

  uint32_t state_;
};

// Turns planes in the picture into planes in space and back: their points X
// have m X = 1, and the surface's normal towards the camera is -m / |m|.
class PlaneSpace {
 public:
  using Vector = std::array<float, 3>;

  explicit PlaneSpace(const std::array<double, 9>& k)
      : fx_(static_cast<float>(k[0])),
        skew_(static_cast<float>(k[1])),
        cx_(static_cast<float>(k[2])),
        fy_(static_cast<float>(k[4])),
        cy_(static_cast<float>(k[5])) {}

  SENSE_INLINE Vector Ray(float x, float y) const {
    const float down = (y - cy_) / fy_;
    return {(x - cx_ - skew_ * down) / fx_, down, 1};
  }

  // Of the plane with inverse depth w at pixel (x, y); m = K' c.
  SENSE_INLINE Vector Space(const SurfacePlane& plane, float x,
                            float y) const {
    const float origin = plane.w - plane.across * x - plane.down * y;
    return {fx_ * plane.across, skew_ * plane.across + fy_ * plane.down,
            cx_ * plane.across + cy_ * plane.down + origin};
  }

  // The plane across the direction m with inverse depth w at a pixel.
  SENSE_INLINE SurfacePlane Picture(const Vector& m, const Vector& ray,
                                    float w) const {
    const float scale = w / Dot(m, ray);
    const float across = scale * m[0] / fx_;
    return {w, across, (scale * m[1] - skew_ * across) / fy_};
  }

  // How far it is from being seen from the side: the cosine of the angle
  // between the normal and the ray; negative from behind.
  static SENSE_INLINE float Facing(const Vector& m, const Vector& ray) {
    return Dot(m, ray) / std::sqrt(Dot(m, m) * Dot(ray, ray));
  }

  static SENSE_INLINE float Dot(const Vector& a, const Vector& b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  }

 private:
  float fx_, skew_, cx_, fy_, cy_;
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_STEREO_PLANE_H_
