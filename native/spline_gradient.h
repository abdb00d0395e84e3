#ifndef SENSE_NATIVE_SPLINE_GRADIENT_H_
#define SENSE_NATIVE_SPLINE_GRADIENT_H_

#include <bit>

#include "native/lanes.h"
#include "native/voxel_fours.h"
#include "native/voxel_sampler.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

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
        nk_(static_cast<int32_t>(size[2])),
        next_j_(size[0]),
        next_k_(size[0] * size[1]) {}

  // Asks for the voxels around a point.
  SENSE_INLINE void Ask(const Point& point) const {
    const Voxel* const first = voxels_ + Inside(int(point.k) - 1, nk_) * next_k_ +
                               Inside(int(point.j) - 1, nj_) * next_j_ +
                               Inside(int(point.i) - 1, ni_);
    const int64_t lines = point.j + 2 < nj_ ? 4 : 1;
    const int64_t slices = point.k + 2 < nk_ ? 4 : 1;
    for (int64_t k = 0; k < slices; ++k) {
      for (int64_t j = 0; j < lines; ++j) {
        Prefetch(first + j * next_j_ + k * next_k_);
      }
    }
  }

  // Per voxel step along i, j and k, at the points of which a bit is set.
  SENSE_INLINE Points At(const Points& points, uint32_t wanted) const {
    if constexpr (kIsShort<Voxel>) {
      return EachOfShorts(points, wanted);
    } else {
      return Each(points, wanted, [](const Voxel* a, const Voxel* b) {
        return LoadFours(a, b);
      });
    }
  }

  // Of value(voxel).
  template <typename ValueOf>
  SENSE_INLINE Points At(const Points& points, uint32_t wanted,
                         const ValueOf& value) const {
    return Each(points, wanted, [&](const Voxel* a, const Voxel* b) {
      return Floats{value(a[0]), value(a[1]), value(a[2]), value(a[3]),
                    value(b[0]), value(b[1]), value(b[2]), value(b[3])};
    });
  }

 private:
  // Of four voxels in a row: those for the value, then those for the slope.
  struct Weights {
    explicit SENSE_INLINE Weights(float f) {
      constexpr float kSixth = 1.0f / 6;
      const Floats cubic = {-kSixth, 0.5f, -0.5f, kSixth, 0, 0, 0, 0};
      const Floats square = {0.5f, -1, 0.5f, 0, -0.5f, 1.5f, -1.5f, 0.5f};
      const Floats linear = {-0.5f, 0, 0.5f, 0, 1, -2, 1, 0};
      const Floats constant = {kSixth, 4 * kSixth, kSixth, 0, -0.5f, 0, 0.5f, 0};
      StoreLanes(((cubic * f + square) * f + linear) * f + constant, value);
    }

    SENSE_INLINE float slope(int n) const { return value[4 + n]; }

    alignas(32) float value[8];
  };

  struct Gradient {
    float i, j, k;
  };

  // Of four voxels in a row, at eight places: in 1 / kOne, of 16 bits each. They
  // are made so that those of slopes add up to nothing, and the others to kOne.
  struct ShortWeights {
    explicit SENSE_INLINE ShortWeights(Floats f) {
      const Floats g = 1.0f - f;
      const auto rounded = [](Floats share) {
        return Truncated(share * static_cast<float>(kOne) + 0.5f);
      };
      const Ints first = rounded(g * g * 0.5f), last = rounded(f * f * 0.5f);
      const Ints middle = kOne - first - last;
      StoreLanes(Both(0 - first, first - middle), slope[0]);
      StoreLanes(Both(middle - last, last), slope[1]);
      const Ints value0 = rounded(g * g * g * (1.0f / 6));
      const Ints value1 = rounded((f * 0.5f - 1.0f) * f * f + 2.0f / 3);
      const Ints value3 = rounded(f * f * f * (1.0f / 6));
      StoreLanes(Both(value0, value1), value[0]);
      StoreLanes(Both(kOne - value0 - value1 - value3, value3), value[1]);
    }

    static SENSE_INLINE Ints Both(Ints low, Ints high) {
      return (low & 0xffff) | (high << 16);
    }

    // Those at a place, four times.
    static SENSE_INLINE Shorts Repeated(const int32_t (*weights)[kLanes],
                                        int n) {
      const int32_t a = weights[0][n], b = weights[1][n];
      const Ints repeated = {a, b, a, b, a, b, a, b};
      return LoadLanes<Shorts>(&repeated);
    }

    alignas(32) int32_t value[2][kLanes], slope[2][kLanes];
  };

  static constexpr int32_t kOne = 1 << 14;

  // Of four rows, of which each has two lanes.
  struct RowWeights {
    explicit SENSE_INLINE RowWeights(float f) {
      constexpr float kSixth = 1.0f / 6;
      const auto polynomial = [f](const float* cubic, const float* square,
                                  const float* linear, const float* constant) {
        const auto twice = [](const float* a) {
          return Floats{a[0], a[0], a[1], a[1], a[2], a[2], a[3], a[3]};
        };
        return ((twice(cubic) * f + twice(square)) * f + twice(linear)) * f +
               twice(constant);
      };
      constexpr float kCubic[] = {-kSixth, 0.5f, -0.5f, kSixth};
      constexpr float kSquare[] = {0.5f, -1, 0.5f, 0};
      constexpr float kLinear[] = {-0.5f, 0, 0.5f, 0};
      constexpr float kConstant[] = {kSixth, 4 * kSixth, kSixth, 0};
      constexpr float kSlopeSquare[] = {-0.5f, 1.5f, -1.5f, 0.5f};
      constexpr float kSlopeLinear[] = {1, -2, 1, 0};
      constexpr float kSlopeConstant[] = {-0.5f, 0, 0.5f, 0};
      constexpr float kNone[4] = {};
      value = polynomial(kCubic, kSquare, kLinear, kConstant);
      slope = polynomial(kNone, kSlopeSquare, kSlopeLinear, kSlopeConstant);
    }

    Floats value, slope;
  };

  template <typename LoadRows>
  SENSE_INLINE Points Each(const Points& points, uint32_t wanted,
                           const LoadRows& load) const {
    const AxisCells i(points.i, ni_), j(points.j, nj_), k(points.k, nk_);
    Points found = {};
    for (; wanted; wanted &= wanted - 1) {
      const int n = std::countr_zero(wanted);
      const Weights wi(i.fraction[n]), wj(j.fraction[n]), wk(k.fraction[n]);
      const int32_t ci = i.cell[n], cj = j.cell[n], ck = k.cell[n];
      Gradient one;
      if (Surrounded(ci, ni_) && Surrounded(cj, nj_) && Surrounded(ck, nk_)) {
        const Voxel* const first = voxels_ + (ck - 1) * next_k_ +
                                   (cj - 1) * next_j_ + (ci - 1);
        one = Sum(wi, wj, wk, [&](int line, int slice) {
          const Voxel* const row = first + line * next_j_ + slice * next_k_;
          return load(row, row + 2 * next_k_);
        });
      } else {
        one = Sum(wi, wj, wk, [&](int line, int slice) {
          Voxel rows[2][4];
          CopyRow(ci, cj + line, ck + slice, rows[0]);
          CopyRow(ci, cj + line, ck + slice + 2, rows[1]);
          return load(rows[0], rows[1]);
        });
      }
      found.i[n] = one.i;
      found.j[n] = one.j;
      found.k[n] = one.k;
    }
    return found;
  }

  // Along i in whole numbers: exact, and two products at once.
  SENSE_INLINE Points EachOfShorts(const Points& points,
                                   uint32_t wanted) const {
    const AxisCells i(points.i, ni_), j(points.j, nj_), k(points.k, nk_);
    const ShortWeights wi(i.fraction);
    Points found = {};
    for (; wanted; wanted &= wanted - 1) {
      const int n = std::countr_zero(wanted);
      const int32_t ci = i.cell[n], cj = j.cell[n], ck = k.cell[n];
      const Voxel* first = voxels_ + (ck - 1) * next_k_ + (cj - 1) * next_j_ +
                           (ci - 1);
      int64_t next_j = next_j_, next_k = next_k_;
      Voxel copies[4][4][4];
      if (!Surrounded(ci, ni_) || !Surrounded(cj, nj_) ||
          !Surrounded(ck, nk_)) {
        for (int row = 0; row < 16; ++row) {
          CopyRow(ci, cj + row % 4, ck + row / 4, copies[row / 4][row % 4]);
        }
        first = copies[0][0];
        next_j = 4;
        next_k = 16;
      }
      const Weights wk(k.fraction[n]);
      const Shorts values = ShortWeights::Repeated(wi.value, n);
      const Shorts slopes = ShortWeights::Repeated(wi.slope, n);
      Floats sum_i = {}, sum_j = {}, sum_k = {};
      for (int slice = 0; slice < 4; ++slice) {
        const Shorts rows = LoadFourRows(first + slice * next_k, next_j);
        const Floats across = Converted(PairSums(rows, values));
        sum_i += Converted(PairSums(rows, slopes)) * wk.value[slice];
        sum_j += across * wk.value[slice];
        sum_k += across * wk.slope(slice);
      }
      const RowWeights wj(j.fraction[n]);
      found.i[n] = Sum(sum_i * wj.value);
      found.j[n] = Sum(sum_j * wj.slope);
      found.k[n] = Sum(sum_k * wj.value);
    }
    constexpr float kScale = 1.0f / kOne;
    return {found.i * kScale, found.j * kScale, found.k * kScale};
  }

  static SENSE_INLINE float Sum(const Floats& a) {
    return ((a[0] + a[4]) + (a[1] + a[5])) + ((a[2] + a[6]) + (a[3] + a[7]));
  }

  // Whether all four voxels around a cell are in the grid.
  static SENSE_INLINE bool Surrounded(int32_t cell, int32_t size) {
    return cell >= 1 && cell + 2 < size;
  }

  static SENSE_INLINE int32_t Inside(int32_t n, int32_t count) {
    return n < 0 ? 0 : n < count ? n : count - 1;
  }

  void CopyRow(int32_t i, int32_t j, int32_t k, Voxel* row) const {
    const Voxel* const line = voxels_ + Inside(k - 1, nk_) * next_k_ +
                              Inside(j - 1, nj_) * next_j_;
    for (int n = 0; n < 4; ++n) row[n] = line[Inside(i - 1 + n, ni_)];
  }

  // Two slices go side by side, four voxels of each: load(line, slice) gives
  // those of a slice and the next but one.
  template <typename LoadRow>
  static SENSE_INLINE Gradient Sum(const Weights& wi, const Weights& wj,
                                   const Weights& wk, const LoadRow& load) {
    Floats sum_i = {}, sum_j = {}, sum_k = {};
    for (int k = 0; k < 2; ++k) {
      Floats across = {}, slopes = {};
      for (int j = 0; j < 4; ++j) {
        const Floats row = load(j, k);
        across += row * wj.value[j];
        slopes += row * wj.slope(j);
      }
      const Floats weights = Both(wk.value[k], wk.value[k + 2]);
      sum_i += across * weights;
      sum_j += slopes * weights;
      sum_k += across * Both(wk.slope(k), wk.slope(k + 2));
    }
    return {Dot(wi.value + 4, sum_i), Dot(wi.value, sum_j),
            Dot(wi.value, sum_k)};
  }

  // The weights of two slices.
  static SENSE_INLINE Floats Both(float a, float b) {
    return Floats{a, a, a, a, b, b, b, b};
  }

  static SENSE_INLINE float Dot(const float* a, const Floats& b) {
    return (a[0] * (b[0] + b[4]) + a[1] * (b[1] + b[5])) +
           (a[2] * (b[2] + b[6]) + a[3] * (b[3] + b[7]));
  }

  const Voxel* voxels_;
  const int32_t ni_, nj_, nk_;
  const int64_t next_j_, next_k_;
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_SPLINE_GRADIENT_H_
