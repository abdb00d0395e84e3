#ifndef SENSE_NATIVE_FUSION_TSDF_KERNELS_H_
#define SENSE_NATIVE_FUSION_TSDF_KERNELS_H_

#include <array>
#include <cstdint>

#include "native/fusion/rgbd_view.h"
#include "native/fusion/tsdf_block.h"

namespace sense {

// What one view adds to (or, with sign -1, takes from) a block.
struct TsdfUpdate {
  const RgbdView* view;
  const uint8_t* facing;  // Of the view's pixels, see ViewFacing.
  RigidMove depth_from_world, colour_from_world;
  float voxel, truncation;
  float nearest, furthest;
  int sign;
};

// Whether anything of the block changed; `place` is the block's.
using UpdateTsdfBlock = bool (*)(const TsdfUpdate& update,
                                 const std::array<int32_t, 3>& place,
                                 TsdfBlock& block);

inline namespace baseline {
bool UpdateBlock(const TsdfUpdate& update, const std::array<int32_t, 3>& place,
                 TsdfBlock& block);
}  // namespace baseline

#ifdef SENSE_AVX2_KERNELS
inline namespace avx2 {
bool UpdateBlock(const TsdfUpdate& update, const std::array<int32_t, 3>& place,
                 TsdfBlock& block);
}  // namespace avx2
#endif

}  // namespace sense

#endif  // SENSE_NATIVE_FUSION_TSDF_KERNELS_H_
