#ifndef SENSE_NATIVE_SLAM_DESCRIPTOR_MATCHING_H_
#define SENSE_NATIVE_SLAM_DESCRIPTOR_MATCHING_H_

#include <bit>
#include <vector>

#include "native/slam/orb_features.h"

namespace sense::slam {

// In how many of the 256 comparisons two descriptors differ.
inline int DescriptorDistance(const OrbDescriptor& a, const OrbDescriptor& b) {
  int bits = 0;
  for (int word = 0; word < 4; ++word) bits += std::popcount(a[word] ^ b[word]);
  return bits;
}

struct DescriptorMatch {
  int first = 0, second = 0;
  int distance = 0;
};

struct MatchingOptions {
  int largest_distance = 64;
  // The best must be this much nearer than the second best (Lowe 2004).
  float ratio = 0.8f;
  // Each must be the other's best.
  bool mutual = true;
};

// Which descriptors show the same, in the order of the first ones.
std::vector<DescriptorMatch> MatchDescriptors(
    const std::vector<OrbDescriptor>& first,
    const std::vector<OrbDescriptor>& second, const MatchingOptions& options);

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_DESCRIPTOR_MATCHING_H_
