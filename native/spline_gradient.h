#ifndef SENSE_NATIVE_SPLINE_GRADIENT_H_
#define SENSE_NATIVE_SPLINE_GRADIENT_H_

#include "native/voxel_cell.h"

namespace sense {

// Gradient of the uniform cubic B-spline over the 4 x 4 x 4 voxels around a
// point, without prefilter: continuous and a little smoothed, so that surfaces
// show neither the grid nor the noise. The outermost voxels go on outside.
template <typename Voxel>
class SplineGradient {
 public:
  SplineGradient(const Voxel* voxels, const std::array<int64_t, 3>& size)
      : voxels_(voxels),
        ni_(static_cast<int32_t>(size[0])),
        nj_(static_cast<int32_t>(size[1])),
        nk_(static_cast<int32_t>(size[2])) {}

  // Per voxel step along i, j and k.
  Point At(const Cell& cell) const {
    if (cell.i >= 1 && cell.i + 2 < ni_) {
      return Sum(cell, [first = cell.i - 1](const Voxel* row, float* values) {
        for (int n = 0; n < 4; ++n) {
          values[n] = static_cast<float>(row[first + n]);
        }
      });
    }
    const int32_t last = ni_ - 1;
    return Sum(cell, [i = cell.i, last](const Voxel* row, float* values) {
      for (int n = 0; n < 4; ++n) {
        values[n] = static_cast<float>(row[std::clamp(i - 1 + n, 0, last)]);
      }
    });
  }

 private:
  struct Weights {
    explicit Weights(float f)
        : value{(1 - f) * (1 - f) * (1 - f) / 6,
                (3 * f - 6) * f * f / 6 + 2.0f / 3,
                ((3 - 3 * f) * f + 3) * f / 6 + 1.0f / 6, f * f * f / 6},
          slope{-(1 - f) * (1 - f) / 2, (3 * f - 4) * f / 2,
                ((2 - 3 * f) * f + 1) / 2, f * f / 2} {}

    float value[4];
    float slope[4];
  };

  template <typename LoadRow>
  SENSE_INLINE Point Sum(const Cell& cell, const LoadRow& load) const {
    const Weights wi(cell.fi), wj(cell.fj), wk(cell.fk);
    float sum_i[4] = {}, sum_j[4] = {}, sum_k[4] = {};
    for (int k = 0; k < 4; ++k) {
      const int64_t slice = std::clamp(cell.k - 1 + k, 0, nk_ - 1);
      for (int j = 0; j < 4; ++j) {
        const int64_t line = std::clamp(cell.j - 1 + j, 0, nj_ - 1);
        float values[4];
        load(voxels_ + (slice * nj_ + line) * ni_, values);
        const float weight = wj.value[j] * wk.value[k];
        const float slope_j = wj.slope[j] * wk.value[k];
        const float slope_k = wj.value[j] * wk.slope[k];
        for (int n = 0; n < 4; ++n) {
          sum_i[n] += weight * values[n];
          sum_j[n] += slope_j * values[n];
          sum_k[n] += slope_k * values[n];
        }
      }
    }
    return {Dot(wi.slope, sum_i), Dot(wi.value, sum_j), Dot(wi.value, sum_k)};
  }

  static SENSE_INLINE float Dot(const float* a, const float* b) {
    return (a[0] * b[0] + a[1] * b[1]) + (a[2] * b[2] + a[3] * b[3]);
  }

  const Voxel* voxels_;
  const int32_t ni_, nj_, nk_;
};

}  // namespace sense

#endif  // SENSE_NATIVE_SPLINE_GRADIENT_H_
