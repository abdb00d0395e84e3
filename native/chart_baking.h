#ifndef SENSE_NATIVE_CHART_BAKING_H_
#define SENSE_NATIVE_CHART_BAKING_H_

#include <cstdint>

#include "native/stop_flag.h"

namespace sense {

struct BakingPicture {
  const uint8_t* rgb = nullptr;
  int width = 0;
  int height = 0;
};

// Triangles of a picture that are copied to a page of a texture, shifted by
// whole pixels, so that nothing is resampled.
struct BakingTriangles {
  int64_t count = 0;
  const double* corners = nullptr;      // x, y of three corners each.
  const float* adjustments = nullptr;   // RGB levels added at each corner.
  const int32_t* shifts = nullptr;      // x, y: page from picture.
};

enum Coverage : uint8_t { kBare = 0, kRim = 1, kCovered = 2 };

// Copies the pixels inside the triangles, and up to a pixel around them where
// the page is bare (bilinear filtering needs them). `coverage` has the page's
// size and says what was written. The same on any number of cores. False when
// stopped.
bool BakeTriangles(const BakingPicture& picture,
                   const BakingTriangles& triangles, uint8_t* page,
                   uint8_t* coverage, int width, int height,
                   const StopFlag* stop);

}  // namespace sense

#endif  // SENSE_NATIVE_CHART_BAKING_H_
