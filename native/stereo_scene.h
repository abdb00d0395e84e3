#ifndef SENSE_NATIVE_STEREO_SCENE_H_
#define SENSE_NATIVE_STEREO_SCENE_H_

#include <array>
#include <cstdint>
#include <vector>

#include "native/multiversion.h"
#include "native/stop_flag.h"

namespace sense {

inline constexpr int kMostNeighbours = 12;

// A grey picture of which every pixel holds itself and those to its right,
// below and right below, a byte each from the lowest: one load serves a
// bilinear sample.
class StereoPicture {
 public:
  // `usable` may be null: then all pixels are.
  StereoPicture(const uint8_t* grey, const uint8_t* usable, int width,
                int height);

  SENSE_INLINE int width() const { return width_; }
  SENSE_INLINE int height() const { return height_; }
  SENSE_INLINE const uint32_t* quads() const { return quads_.data(); }
  SENSE_INLINE bool Usable(int x, int y) const {
    return usable_.empty() || usable_.data()[size_t{1} * y * width_ + x];
  }

 private:
  int width_, height_;
  std::vector<uint32_t> quads_;
  std::vector<uint8_t> usable_;
};

// Maps pixel (x, y) of one picture with an inverse depth w to another's:
// turn (x, y, 1) + shift w, in homogeneous coordinates whose last one is the
// ratio of the depths.
struct PixelMap {
  std::array<float, 9> turn;
  std::array<float, 3> shift;
};

// A picture that the reference is compared with.
struct StereoNeighbour {
  const StereoPicture* picture = nullptr;
  PixelMap from_reference, to_reference;
  // Of each of its pixels, 0 where unknown; null before it is known.
  const float* inverse_depths = nullptr;
};

// The surface at a pixel: its inverse depth, and by how much that grows a
// pixel to the right and a pixel down. A plane's inverse depth is linear in
// the picture.
struct SurfacePlane {
  float w, across, down;
};

struct StereoOptions {
  uint32_t seed = 0;
  // Of pixels, for the bilateral weights.
  float grey_deviation = 12, distance_deviation = 5;
  // What a pixel of disagreement with a neighbour's depth costs.
  float geometric_weight = 0.1f;
  // The range of inverse depths.
  float furthest = 0, nearest = 1;
  // Whether hypotheses come from far away and from chance, too.
  bool wide = true;
};

// One reference picture and the surface looked for in it.
struct StereoTask {
  const StereoPicture* reference = nullptr;
  std::array<double, 9> intrinsics;  // K, by rows.
  std::vector<StereoNeighbour> neighbours;
  SurfacePlane* planes = nullptr;
  float* costs = nullptr;
  // A byte a pixel and neighbour: how much it is believed.
  uint8_t* weights = nullptr;
  StereoOptions options;
};

}  // namespace sense

#endif  // SENSE_NATIVE_STEREO_SCENE_H_
