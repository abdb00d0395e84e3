#include "native/slam/descriptor_matching.h"

namespace sense::slam {
namespace {

constexpr int kNone = 257;

struct Nearest {
  int index = -1;
  int distance = kNone, second = kNone;

  void Offer(int candidate, int candidate_distance) {
    if (candidate_distance < distance) {
      second = distance;
      distance = candidate_distance;
      index = candidate;
    } else if (candidate_distance < second) {
      second = candidate_distance;
    }
  }
};

}  // namespace

std::vector<DescriptorMatch> MatchDescriptors(
    const std::vector<OrbDescriptor>& first,
    const std::vector<OrbDescriptor>& second, const MatchingOptions& options) {
  std::vector<Nearest> back(options.mutual ? second.size() : 0);
  std::vector<Nearest> there(first.size());
  for (size_t i = 0; i < first.size(); ++i) {
    for (size_t j = 0; j < second.size(); ++j) {
      const int distance = DescriptorDistance(first[i], second[j]);
      there[i].Offer(static_cast<int>(j), distance);
      if (options.mutual) back[j].Offer(static_cast<int>(i), distance);
    }
  }
  std::vector<DescriptorMatch> matches;
  for (size_t i = 0; i < first.size(); ++i) {
    const Nearest& best = there[i];
    if (best.index < 0 || best.distance > options.largest_distance) continue;
    if (static_cast<float>(best.distance) >=
        options.ratio * static_cast<float>(best.second)) {
      continue;
    }
    if (options.mutual && back[best.index].index != static_cast<int>(i)) {
      continue;
    }
    matches.push_back({static_cast<int>(i), best.index, best.distance});
  }
  return matches;
}

}  // namespace sense::slam
