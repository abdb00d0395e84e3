#include "native/slam/guided_matching.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "native/multiversion.h"

namespace sense {
namespace {

SENSE_MULTIVERSION int Product(const uint8_t* a, const uint8_t* b) {
  int sum = 0;
  for (int i = 0; i < kSiftLength; ++i) {
    sum += static_cast<int>(a[i]) * static_cast<int>(b[i]);
  }
  return sum;
}

float InverseLength(const uint8_t* descriptor) {
  return 1 / std::sqrt(std::max(1.0f, static_cast<float>(
                                          Product(descriptor, descriptor))));
}

// Features by squares as wide as the radius.
class Squares {
 public:
  Squares(const DescribedPlaces& features, double width)
      : features_(features), width_(width) {
    for (size_t i = 0; i < features.count; ++i) {
      const double* place = features.places + 2 * i;
      if (!std::isfinite(place[0]) || !std::isfinite(place[1])) continue;
      members_[Key(Cell(place[0]), Cell(place[1]))].push_back(
          static_cast<int>(i));
    }
  }

  template <typename Visit>
  void Near(const double* place, const Visit& visit) const {
    const int64_t x = Cell(place[0]), y = Cell(place[1]);
    for (int64_t cell_y = y - 1; cell_y <= y + 1; ++cell_y) {
      for (int64_t cell_x = x - 1; cell_x <= x + 1; ++cell_x) {
        const auto found = members_.find(Key(cell_x, cell_y));
        if (found == members_.end()) continue;
        for (int index : found->second) {
          const double* other = features_.places + 2 * index;
          const double dx = other[0] - place[0], dy = other[1] - place[1];
          if (dx * dx + dy * dy < width_ * width_) visit(index);
        }
      }
    }
  }

 private:
  // Far outside all is one place: what is expected there has no neighbours.
  int64_t Cell(double value) const {
    return static_cast<int64_t>(
        std::floor(std::clamp(value / width_, -1e8, 1e8)));
  }
  static uint64_t Key(int64_t x, int64_t y) {
    return (static_cast<uint64_t>(x) << 32) ^ static_cast<uint32_t>(y);
  }

  const DescribedPlaces& features_;
  double width_;
  std::unordered_map<uint64_t, std::vector<int>> members_;
};

struct Best {
  int index = -1;
  float alike = 0;
};

}  // namespace

std::vector<GuidedMatch> MatchGuided(const DescribedPlaces& features,
                                     const DescribedPlaces& expected,
                                     const int32_t* points,
                                     const GuidedOptions& options) {
  const Squares squares(features, options.radius);
  std::vector<float> inverse(features.count);
  for (size_t i = 0; i < features.count; ++i) {
    inverse[i] = InverseLength(features.descriptors + kSiftLength * i);
  }
  std::vector<Best> of_feature(features.count);
  for (size_t row = 0; row < expected.count; ++row) {
    const double* place = expected.places + 2 * row;
    if (!std::isfinite(place[0]) || !std::isfinite(place[1])) continue;
    const uint8_t* mine = expected.descriptors + kSiftLength * row;
    const float length = InverseLength(mine);
    squares.Near(place, [&](int index) {
      const float alike =
          static_cast<float>(
              Product(mine, features.descriptors + kSiftLength * index)) *
          length * inverse[index];
      Best& best = of_feature[index];
      if (alike < options.least_alike || alike <= best.alike) return;
      best = {static_cast<int>(row), alike};
    });
  }
  std::unordered_map<int32_t, int> of_point;
  for (size_t i = 0; i < features.count; ++i) {
    if (of_feature[i].index < 0) continue;
    const int index = static_cast<int>(i);
    const auto kept = of_point.emplace(points[of_feature[i].index], index);
    if (of_feature[kept.first->second].alike < of_feature[i].alike) {
      kept.first->second = index;
    }
  }
  std::vector<GuidedMatch> matches;
  for (const auto& kept : of_point) {
    matches.push_back({kept.second, of_feature[kept.second].index});
  }
  std::sort(matches.begin(), matches.end(),
            [](const GuidedMatch& a, const GuidedMatch& b) {
              return a.feature < b.feature;
            });
  return matches;
}

}  // namespace sense
