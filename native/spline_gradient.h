#ifndef SENSE_NATIVE_SPLINE_GRADIENT_H_
#define SENSE_NATIVE_SPLINE_GRADIENT_H_

#include <algorithm>

#include "native/lanes.h"
#include "native/voxel_cell.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Gradient of the uniform cubic B-spline over the 4 x 4 x 4 voxels around a
// point, without prefilter: continuous and a little smoothed, so that surfaces
// show neither the grid nor the noise. The outermost voxels go on outside.
template <typename Voxel>
class SplineGradient {
 public:
  SplineGradient(const Voxel* voxels, const std::array<int64_t, 3>& size)
      : cells_(size),
        voxels_(voxels),
        ni_(static_cast<int32_t>(size[0])),
        nj_(static_cast<int32_t>(size[1])),
        nk_(static_cast<int32_t>(size[2])) {}

  // Per voxel step along i, j and k, of value(voxel).
  template <typename ValueOf>
  SENSE_INLINE Point At(const Point& point, const ValueOf& value) const {
    const Cell cell = cells_.Find(point);
    if (cell.i >= 1 && cell.i + 2 < ni_) {
      return Sum(cell, [&](const Voxel* row) {
        const Voxel* four = row + cell.i - 1;
        return Floats4{value(four[0]), value(four[1]), value(four[2]),
                       value(four[3])};
      });
    }
    return Sum(cell, [&](const Voxel* row) {
      Floats4 four;
      for (int n = 0; n < 4; ++n) {
        four[n] = value(row[Inside(cell.i - 1 + n, ni_)]);
      }
      return four;
    });
  }

  SENSE_INLINE Point At(const Point& point) const {
    return At(point, [](Voxel voxel) { return static_cast<float>(voxel); });
  }

 private:
  struct Weights {
    explicit SENSE_INLINE Weights(float f)
        : value{(1 - f) * (1 - f) * (1 - f) / 6,
                (3 * f - 6) * f * f / 6 + 2.0f / 3,
                ((3 - 3 * f) * f + 3) * f / 6 + 1.0f / 6, f * f * f / 6},
          slope{-(1 - f) * (1 - f) / 2, (3 * f - 4) * f / 2,
                ((2 - 3 * f) * f + 1) / 2, f * f / 2} {}

    float value[4];
    float slope[4];
  };

  static SENSE_INLINE int32_t Inside(int32_t n, int32_t count) {
    return n < 0 ? 0 : n < count ? n : count - 1;
  }

  template <typename LoadRow>
  SENSE_INLINE Point Sum(const Cell& cell, const LoadRow& load) const {
    const Weights wi(cell.fi), wj(cell.fj), wk(cell.fk);
    Floats4 sum_i = {}, sum_j = {}, sum_k = {};
    for (int k = 0; k < 4; ++k) {
      const int64_t slice = Inside(cell.k - 1 + k, nk_);
      Floats4 values = {}, slopes = {};
      for (int j = 0; j < 4; ++j) {
        const int64_t line = Inside(cell.j - 1 + j, nj_);
        const Floats4 row = load(voxels_ + (slice * nj_ + line) * ni_);
        values += row * wj.value[j];
        slopes += row * wj.slope[j];
      }
      sum_i += values * wk.value[k];
      sum_j += slopes * wk.value[k];
      sum_k += values * wk.slope[k];
    }
    return {Dot(wi.slope, sum_i), Dot(wi.value, sum_j), Dot(wi.value, sum_k)};
  }

  static SENSE_INLINE float Dot(const float* a, const Floats4& b) {
    return (a[0] * b[0] + a[1] * b[1]) + (a[2] * b[2] + a[3] * b[3]);
  }

  const CellFinder cells_;
  const Voxel* voxels_;
  const int32_t ni_, nj_, nk_;
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_SPLINE_GRADIENT_H_
