#ifndef SENSE_NATIVE_FUSION_TSDF_BLOCK_H_
#define SENSE_NATIVE_FUSION_TSDF_BLOCK_H_

#include <cstdint>

namespace sense {

// 8 x 8 x 8 voxels, i fastest. Distances are shares of the truncation, colours
// sRGB with eight bits behind the point: fine enough that a frame can be taken
// out again.
struct TsdfBlock {
  static constexpr int kEdge = 8;
  static constexpr int kVoxels = kEdge * kEdge * kEdge;
  static constexpr float kDistanceUnits = 32000.0f;
  static constexpr float kColourUnits = 256.0f;
  // Weights are counted in these parts of a sight from one metre.
  static constexpr float kWeightUnits = 32.0f;
  static constexpr int kMostWeight = 60000;

  int16_t distance[kVoxels];
  uint16_t weight[kVoxels];         // 0: never seen.
  uint16_t colour_weight[kVoxels];  // 0: no colour.
  uint16_t colour[3][kVoxels];
};

}  // namespace sense

#endif  // SENSE_NATIVE_FUSION_TSDF_BLOCK_H_
