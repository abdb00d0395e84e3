#ifndef SENSE_NATIVE_DEPTH_AGREEMENT_H_
#define SENSE_NATIVE_DEPTH_AGREEMENT_H_

#include <array>
#include <cstdint>
#include <vector>

#include "native/stereo_scene.h"

namespace sense {

// The surface that a view sees: depths (0 where unknown) and unit normals in
// its camera's frame.
struct DepthPicture {
  int width = 0, height = 0;
  const float* depth = nullptr;
  const float* normals = nullptr;
};

struct DepthNeighbour {
  DepthPicture picture;
  PixelMap from_reference, to_reference;
  std::array<float, 9> turn_to_reference;  // Of directions.
  // A byte a pixel, set where a point was already made of it; may be null.
  uint8_t* claimed = nullptr;
};

// What two views may differ by and still see the same surface.
struct DepthTolerance {
  float pixels = 1.5f;
  float relative_depth = 0.01f;
  float least_cosine = 0.5f;
};

// Counts for every pixel of the reference the views that see the same surface,
// itself among them; 0 where the depth is unknown. False when stopped.
bool CountAgreeing(const DepthPicture& reference,
                   const std::vector<DepthNeighbour>& neighbours,
                   const DepthTolerance& tolerance, uint8_t* counts,
                   const StopFlag* stop);

// Counts for every pixel of the reference the neighbours that show its place:
// it lies inside of their pictures, and they see no surface that is nearer by
// more than a share of its depth. Where a neighbour's depth is negative its
// picture is not used. False when stopped.
bool CountShowing(const DepthPicture& reference,
                  const std::vector<DepthNeighbour>& neighbours, float share,
                  uint8_t* counts, const StopFlag* stop);

// Points of several views, along the rays of the reference's pixels.
struct FusedPoints {
  std::vector<int32_t> pixels;
  std::vector<float> depths, normals;  // In the reference's frame.
  std::vector<int64_t> first_view = {0};
  std::vector<int32_t> views;  // Numbers of neighbours.
  std::vector<int32_t> seen;   // The pixels of these that agree.
};

// Makes a point of every pixel of the reference that is not claimed and that
// `least` others agree with, and claims the pixels it is made of.
FusedPoints FuseDepths(const DepthPicture& reference, const uint8_t* claimed,
                       const std::vector<DepthNeighbour>& neighbours,
                       const DepthTolerance& tolerance, int least,
                       const StopFlag* stop);

}  // namespace sense

#endif  // SENSE_NATIVE_DEPTH_AGREEMENT_H_
