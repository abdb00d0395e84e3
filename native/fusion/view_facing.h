#ifndef SENSE_NATIVE_FUSION_VIEW_FACING_H_
#define SENSE_NATIVE_FUSION_VIEW_FACING_H_

#include <cstdint>
#include <vector>

#include "native/fusion/rgbd_view.h"

namespace sense {

// How the surfaces that a view shows lie to its rays. A step along a ray comes
// nearer to the surface by less than the step: the share, of a step of one
// along the axis, is told for each pixel.
struct ViewFacing {
  static constexpr float kUnits = 255.0f;
  // Surfaces that are seen flatter are taken as seen so.
  static constexpr float kLeast = 0.3f;

  // Row by row, in kUnits; at most 1. 1 where it cannot be told.
  std::vector<uint8_t> shares;
};

// From planes through the mean depths of small squares: inverse depth is linear
// over the pixels of a plane.
ViewFacing FacingOf(const RgbdView& view);

}  // namespace sense

#endif  // SENSE_NATIVE_FUSION_VIEW_FACING_H_
