#include "native/mirror_albedo.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace sense {
namespace {

constexpr int kEdge = 32, kSamples = 256;
constexpr double kPi = 3.14159265358979;

using Table = std::array<MirrorAlbedo, kEdge * kEdge>;

double RadicalInverse(unsigned n) {
  double value = 0, digit = 0.5;
  for (; n != 0; n >>= 1, digit /= 2) value += (n & 1) * digit;
  return value;
}

// By samples of the normals that the eye sees as GGX distributes them.
MirrorAlbedo Integrated(double roughness, double n_v) {
  const double alpha = roughness * roughness, a2 = alpha * alpha;
  const double sine_v = std::sqrt(1 - n_v * n_v);
  double scale = 0, bias = 0;
  for (int n = 0; n < kSamples; ++n) {
    const double u = (n + 0.5) / kSamples;
    const double turn = 2 * kPi * RadicalInverse(static_cast<unsigned>(n));
    const double cosine = std::sqrt((1 - u) / (1 + (a2 - 1) * u));
    const double sine = std::sqrt(std::max(0.0, 1 - cosine * cosine));
    const double v_h = sine_v * sine * std::cos(turn) + n_v * cosine;
    const double n_l = 2 * v_h * cosine - n_v;
    if (v_h <= 0 || n_l <= 0) continue;
    const double visibility =
        0.5 / (n_l * std::sqrt(a2 + (1 - a2) * n_v * n_v) +
               n_v * std::sqrt(a2 + (1 - a2) * n_l * n_l));
    const double weight = 4 * visibility * n_l * v_h / cosine / kSamples;
    const double fresnel = std::pow(1 - v_h, 5);
    scale += weight * (1 - fresnel);
    bias += weight * fresnel;
  }
  return {static_cast<float>(scale), static_cast<float>(bias)};
}

// Rows by roughness, columns by the square root of n_v, which is finer where
// the surface is seen at a grazing angle.
Table MakeTable() {
  Table table;
  for (int y = 0; y < kEdge; ++y) {
    for (int x = 0; x < kEdge; ++x) {
      const double roughness = std::max(y / (kEdge - 1.0), 0.02);
      const double root = std::max(x / (kEdge - 1.0), 0.02);
      table[y * kEdge + x] = Integrated(roughness, root * root);
    }
  }
  return table;
}

MirrorAlbedo Between(const MirrorAlbedo& a, const MirrorAlbedo& b, float t) {
  return {a.scale + t * (b.scale - a.scale), a.bias + t * (b.bias - a.bias)};
}

}  // namespace

MirrorAlbedo MirrorAlbedoOf(float roughness, float n_v) {
  static const Table table = MakeTable();
  const float x = std::sqrt(std::clamp(n_v, 0.0f, 1.0f)) * (kEdge - 1);
  const float y = std::clamp(roughness, 0.0f, 1.0f) * (kEdge - 1);
  const int i = std::min(static_cast<int>(x), kEdge - 2);
  const int j = std::min(static_cast<int>(y), kEdge - 2);
  const MirrorAlbedo* at = &table[j * kEdge + i];
  const float across = x - static_cast<float>(i);
  return Between(Between(at[0], at[1], across),
                 Between(at[kEdge], at[kEdge + 1], across),
                 y - static_cast<float>(j));
}

}  // namespace sense
