#ifndef SENSE_NATIVE_SLAM_ORB_FEATURES_H_
#define SENSE_NATIVE_SLAM_ORB_FEATURES_H_

#include <array>
#include <cstdint>
#include <vector>

#include "native/slam/ring_corners.h"

namespace sense::slam {

// 256 comparisons of smoothed grey levels around a corner, turned with it.
using OrbDescriptor = std::array<uint64_t, 4>;

// A corner, what it looks like, and the direction that it looks (Rublee et al.,
// "ORB: an efficient alternative to SIFT or SURF", ICCV 2011; the pattern is
// Gaussian as in Calonder et al., "BRIEF", ECCV 2010).
struct OrbFeature {
  float u = 0, v = 0;  // Of the full picture, to parts of a pixel.
  int level = 0;
  float scale = 1;  // Full pixels per pixel of the level.
  float angle = 0;  // Of the grey levels' centroid, rad.
  int strength = 0;  // See RingCorner.
  OrbDescriptor descriptor = {};
};

struct OrbOptions {
  int features = 1000;
  int levels = 8;
  double scale = 1.2;  // Of a level to the next.
  // Where a cell has no corner by the first threshold, the second is tried.
  int threshold = 20, weak_threshold = 7;
  int cell_px = 32;
};

// What is this near to the border of a level has no descriptor.
inline constexpr int kOrbBorder = 17;

// Corners of all scales, spread over the picture, with their descriptors; the
// same picture gives the same features.
std::vector<OrbFeature> FindOrbFeatures(const GreyView& picture,
                                        const OrbOptions& options);

// A place in a picture, at half the size so often as `level` says.
struct OrbPlace {
  float u = 0, v = 0;  // Of the full picture.
  int level = 0;
};

// The features at given places; levels[k] is the picture halved k times, each
// the mean of four pixels of the one before. A place too near the border has
// strength -1 and no descriptor.
std::vector<OrbFeature> DescribePlaces(const std::vector<GreyView>& levels,
                                       const std::vector<OrbPlace>& places);

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_ORB_FEATURES_H_
