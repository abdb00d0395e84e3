#ifndef SENSE_NATIVE_CLOUDS_SURFACE_FEATURES_H_
#define SENSE_NATIVE_CLOUDS_SURFACE_FEATURES_H_

#include <array>
#include <vector>

#include "native/clouds/surfel_cloud.h"

namespace sense {

constexpr int kFeatureBins = 11;
constexpr int kFeatureSize = 3 * kFeatureBins;
using SurfaceFeature = std::array<float, kFeatureSize>;

// What the surface around each surfel is like, the same wherever it lies: fast
// point feature histograms (Rusu et al., ICRA 2009) of angles without a sign,
// since normals of surfels have none. All zeros where there is no surface.
std::vector<SurfaceFeature> FeaturesOf(const SurfelLevel& level);

// Pairs of surfels (first, second) whose features are each other's nearest;
// those that look like most of their own cloud are left out.
std::vector<std::array<int, 2>> MatchFeatures(
    const std::vector<SurfaceFeature>& first,
    const std::vector<SurfaceFeature>& second);

}  // namespace sense

#endif  // SENSE_NATIVE_CLOUDS_SURFACE_FEATURES_H_
