#ifndef SENSE_NATIVE_RASTER_MATH_H_
#define SENSE_NATIVE_RASTER_MATH_H_

#include <algorithm>
#include <array>
#include <cmath>

namespace sense {

template <typename Number>
struct Vec3 {
  Number x = 0, y = 0, z = 0;

  Vec3 operator+(const Vec3& v) const { return {x + v.x, y + v.y, z + v.z}; }
  Vec3 operator-(const Vec3& v) const { return {x - v.x, y - v.y, z - v.z}; }
  Vec3 operator-() const { return {-x, -y, -z}; }
  Vec3 operator*(const Vec3& v) const { return {x * v.x, y * v.y, z * v.z}; }
  Vec3 operator*(Number s) const { return {x * s, y * s, z * s}; }
  Vec3& operator+=(const Vec3& v) { return *this = *this + v; }
};

using Vec3f = Vec3<float>;
using Vec3d = Vec3<double>;

template <typename Number>
Number Dot(const Vec3<Number>& a, const Vec3<Number>& b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}

// Swapping the arguments gives exactly the negative.
template <typename Number>
Vec3<Number> Cross(const Vec3<Number>& a, const Vec3<Number>& b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

// A null vector stays one.
template <typename Number>
Vec3<Number> Normalised(const Vec3<Number>& v) {
  const Number square = Dot(v, v);
  return square > 0 ? v * (1 / std::sqrt(square)) : v;
}

inline Vec3f ToFloat(const Vec3d& v) {
  return {static_cast<float>(v.x), static_cast<float>(v.y),
          static_cast<float>(v.z)};
}

inline Vec3f Mix(const Vec3f& a, const Vec3f& b, float t) {
  return a + (b - a) * t;
}

inline float Clamp01(float value) {
  return std::min(std::max(value, 0.0f), 1.0f);
}

// The upper three rows of a 4 x 4 matrix.
struct Affine3 {
  std::array<Vec3d, 3> row = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  Vec3d shift;

  Vec3d Direction(const Vec3d& v) const {
    return {Dot(row[0], v), Dot(row[1], v), Dot(row[2], v)};
  }
  Vec3d Point(const Vec3d& p) const { return Direction(p) + shift; }

  Affine3 After(const Affine3& first) const {
    Affine3 product;
    for (int r = 0; r < 3; ++r) {
      product.row[r] = first.row[0] * row[r].x + first.row[1] * row[r].y +
                       first.row[2] * row[r].z;
    }
    product.shift = Point(first.shift);
    return product;
  }

  double Determinant() const { return Dot(row[0], Cross(row[1], row[2])); }

  // Of the directions; turns normals, whose length is then another.
  Affine3 Cofactors() const {
    return {{Cross(row[1], row[2]), Cross(row[2], row[0]),
             Cross(row[0], row[1])},
            {}};
  }

  // Of a map that is not singular.
  Affine3 Inverse() const {
    const Affine3 cofactors = Cofactors();
    const double scale = 1 / Determinant();
    Affine3 inverse;
    const auto& c = cofactors.row;
    inverse.row = {Vec3d{c[0].x, c[1].x, c[2].x} * scale,
                   Vec3d{c[0].y, c[1].y, c[2].y} * scale,
                   Vec3d{c[0].z, c[1].z, c[2].z} * scale};
    inverse.shift = -inverse.Direction(shift);
    return inverse;
  }
};

}  // namespace sense

#endif  // SENSE_NATIVE_RASTER_MATH_H_
