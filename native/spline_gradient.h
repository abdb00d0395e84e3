#ifndef SENSE_NATIVE_SPLINE_GRADIENT_H_
#define SENSE_NATIVE_SPLINE_GRADIENT_H_

#include "native/lanes.h"
#include "native/voxel_cell.h"
#include "native/voxel_fours.h"

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

  // Per voxel step along i, j and k.
  SENSE_INLINE Point At(const Point& point) const {
    return Sum(cells_.Find(point), [](const Voxel* a, const Voxel* b) {
      return LoadFours(a, b);
    });
  }

  // Of value(voxel).
  template <typename ValueOf>
  SENSE_INLINE Point At(const Point& point, const ValueOf& value) const {
    return Sum(cells_.Find(point), [&](const Voxel* a, const Voxel* b) {
      return Floats{value(a[0]), value(a[1]), value(a[2]), value(a[3]),
                    value(b[0]), value(b[1]), value(b[2]), value(b[3])};
    });
  }

 private:
  // Weights of four voxels; two of them in a row fill the lanes.
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

  // The weights of two slices, for the rows of both.
  static SENSE_INLINE Floats Both(float a, float b) {
    return Floats{a, a, a, a, b, b, b, b};
  }

  // Two slices go side by side, four voxels of each.
  template <typename LoadRows>
  SENSE_INLINE Point Sum(const Cell& cell, const LoadRows& load) const {
    const Weights wi(cell.fi), wj(cell.fj), wk(cell.fk);
    Floats sum_i = {}, sum_j = {}, sum_k = {};
    for (int k = 0; k < 2; ++k) {
      const Voxel* const lower = Slice(cell.k - 1 + k);
      const Voxel* const upper = Slice(cell.k + 1 + k);
      Floats across = {}, slopes = {};
      for (int j = 0; j < 4; ++j) {
        const int64_t line = int64_t{Inside(cell.j - 1 + j, nj_)} * ni_;
        Voxel ends[2][4];
        const Floats row = load(Row(lower + line, cell.i, ends[0]),
                                Row(upper + line, cell.i, ends[1]));
        across += row * wj.value[j];
        slopes += row * wj.slope[j];
      }
      const Floats weights = Both(wk.value[k], wk.value[k + 2]);
      sum_i += across * weights;
      sum_j += slopes * weights;
      sum_k += across * Both(wk.slope[k], wk.slope[k + 2]);
    }
    return {Dot(wi.slope, sum_i), Dot(wi.value, sum_j), Dot(wi.value, sum_k)};
  }

  SENSE_INLINE const Voxel* Slice(int32_t k) const {
    return voxels_ + int64_t{Inside(k, nk_)} * nj_ * ni_;
  }

  // Four voxels of a line, where it ends in `ends`.
  SENSE_INLINE const Voxel* Row(const Voxel* line, int32_t i,
                                Voxel* ends) const {
    if (i >= 1 && i + 2 < ni_) return line + i - 1;
    for (int n = 0; n < 4; ++n) ends[n] = line[Inside(i - 1 + n, ni_)];
    return ends;
  }

  static SENSE_INLINE float Dot(const float* a, const Floats& b) {
    return (a[0] * (b[0] + b[4]) + a[1] * (b[1] + b[5])) +
           (a[2] * (b[2] + b[6]) + a[3] * (b[3] + b[7]));
  }

  const CellFinder cells_;
  const Voxel* voxels_;
  const int32_t ni_, nj_, nk_;
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_SPLINE_GRADIENT_H_
