#ifndef SENSE_NATIVE_SLAM_GUIDED_MATCHING_H_
#define SENSE_NATIVE_SLAM_GUIDED_MATCHING_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sense {

inline constexpr int kSiftLength = 128;

// Features: x and y of a place (in any plane), and 128 bytes of descriptor each.
struct DescribedPlaces {
  const double* places = nullptr;
  const uint8_t* descriptors = nullptr;
  size_t count = 0;
};

struct GuidedOptions {
  // How far a feature may be from where it is expected.
  double radius = 0;
  // Cosine of the angle between descriptors that still look alike.
  float least_alike = 0.8f;
};

struct GuidedMatch {
  int feature = 0;
  int expected = 0;
};

// Which features are where something is expected and look like it. What is
// expected is one of many sightings of a point: of every point the most alike
// pair is kept, and every feature is matched once. In the order of the features.
std::vector<GuidedMatch> MatchGuided(const DescribedPlaces& features,
                                     const DescribedPlaces& expected,
                                     const int32_t* points,
                                     const GuidedOptions& options);

}  // namespace sense

#endif  // SENSE_NATIVE_SLAM_GUIDED_MATCHING_H_
