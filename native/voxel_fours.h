#ifndef SENSE_NATIVE_VOXEL_FOURS_H_
#define SENSE_NATIVE_VOXEL_FOURS_H_

#include <type_traits>

#include "native/lanes.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Four voxels from one place on and four from another one, as floats.
template <typename Voxel>
SENSE_INLINE Floats LoadFours(const Voxel* a, const Voxel* b) {
  Floats fours;
  for (int n = 0; n < 4; ++n) {
    fours[n] = static_cast<float>(a[n]);
    fours[n + 4] = static_cast<float>(b[n]);
  }
  return fours;
}

// Whether voxels fit numbers of 16 bits.
template <typename Voxel>
constexpr bool kIsShort = std::is_integral_v<Voxel> && sizeof(Voxel) <= 2;

// Four voxels of each of four rows as numbers of 16 bits, of uint16 less by
// 32768. Rows are loaded as one number: the compiler would take voxels one by
// one.
template <typename Voxel>
SENSE_INLINE Shorts LoadFourRows(const Voxel* first, int64_t next) {
#if defined(__GNUC__) && !defined(SENSE_LANES_AS_LOOPS)
  using Row = std::conditional_t<sizeof(Voxel) == 2, int64_t, int32_t>;
  using Rows __attribute__((vector_size(4 * sizeof(Row)))) = Row;
  using Voxels __attribute__((vector_size(16 * sizeof(Voxel)))) = Voxel;
  Rows rows;
  for (int n = 0; n < 4; ++n) {
    Row row;
    std::memcpy(&row, first + n * next, sizeof(row));
    rows[n] = row;
  }
  if constexpr (std::is_same_v<Voxel, uint16_t>) {
    return reinterpret_cast<Shorts>(rows) ^ int16_t{-32768};
  } else {
    return __builtin_convertvector(reinterpret_cast<Voxels>(rows), Shorts);
  }
#else
  constexpr int32_t kOffset = std::is_same_v<Voxel, uint16_t> ? 32768 : 0;
  Shorts voxels;
  for (int n = 0; n < 16; ++n) {
    const int32_t voxel = first[n / 4 * next + n % 4];
    voxels[n] = static_cast<int16_t>(voxel - kOffset);
  }
  return voxels;
#endif
}

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_VOXEL_FOURS_H_
