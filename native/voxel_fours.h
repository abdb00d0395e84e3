#ifndef SENSE_NATIVE_VOXEL_FOURS_H_
#define SENSE_NATIVE_VOXEL_FOURS_H_

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

#if defined(__GNUC__) && !defined(SENSE_LANES_AS_LOOPS)

// Voxels of 16 bits are loaded as numbers of 64: the compiler would take them
// one by one.
template <typename Shorts, typename Voxel>
SENSE_INLINE Floats LoadShortFours(const Voxel* a, const Voxel* b) {
  using Halves = int64_t __attribute__((vector_size(16)));
  int64_t first, second;
  std::memcpy(&first, a, sizeof(first));
  std::memcpy(&second, b, sizeof(second));
  const Halves halves = {first, second};
  return Converted(
      __builtin_convertvector(reinterpret_cast<Shorts>(halves), Ints));
}

SENSE_INLINE Floats LoadFours(const int16_t* a, const int16_t* b) {
  using Shorts = int16_t __attribute__((vector_size(16)));
  return LoadShortFours<Shorts>(a, b);
}

SENSE_INLINE Floats LoadFours(const uint16_t* a, const uint16_t* b) {
  using Shorts = uint16_t __attribute__((vector_size(16)));
  return LoadShortFours<Shorts>(a, b);
}

#endif

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_VOXEL_FOURS_H_
