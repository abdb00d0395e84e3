#ifndef SENSE_NATIVE_VOXEL_PAIRS_H_
#define SENSE_NATIVE_VOXEL_PAIRS_H_

#include "native/lanes.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// The voxels at eight places, and their next neighbours along i, as floats.
struct VoxelPairs {
  Floats first;
  Floats second;
};

// Two voxels of at most 16 bits are loaded as one number; lower addresses hold
// the lower bits on every processor that is supported.
template <typename Bits, typename Voxel>
SENSE_INLINE Ints LoadBits(const Voxel* const* places) {
  Ints bits;
  for (int n = 0; n < kLanes; ++n) {
    Bits both;
    std::memcpy(&both, places[n], sizeof(both));
    bits[n] = static_cast<int32_t>(both);
  }
  return bits;
}

SENSE_INLINE VoxelPairs LoadPairs(const int16_t* const* places) {
  const Ints bits = LoadBits<int32_t>(places);
  return {Converted((bits << 16) >> 16), Converted(bits >> 16)};
}

SENSE_INLINE VoxelPairs LoadPairs(const uint16_t* const* places) {
  const Ints bits = LoadBits<int32_t>(places);
  return {Converted(bits & 0xffff), Converted((bits >> 16) & 0xffff)};
}

SENSE_INLINE VoxelPairs LoadPairs(const int8_t* const* places) {
  const Ints bits = LoadBits<int16_t>(places);
  return {Converted((bits << 24) >> 24), Converted(bits >> 8)};
}

SENSE_INLINE VoxelPairs LoadPairs(const uint8_t* const* places) {
  const Ints bits = LoadBits<uint16_t>(places);
  return {Converted(bits & 0xff), Converted(bits >> 8)};
}

template <typename Voxel>
SENSE_INLINE VoxelPairs LoadPairs(const Voxel* const* places) {
  VoxelPairs pairs;
  for (int n = 0; n < kLanes; ++n) {
    pairs.first[n] = static_cast<float>(places[n][0]);
    pairs.second[n] = static_cast<float>(places[n][1]);
  }
  return pairs;
}

// In a grid of one column there is no neighbour: the voxel itself.
template <typename Voxel>
SENSE_INLINE VoxelPairs LoadTwice(const Voxel* const* places) {
  VoxelPairs pairs;
  for (int n = 0; n < kLanes; ++n) {
    pairs.first[n] = static_cast<float>(places[n][0]);
  }
  pairs.second = pairs.first;
  return pairs;
}

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_VOXEL_PAIRS_H_
