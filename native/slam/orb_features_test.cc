#include "native/slam/orb_features.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "native/slam/descriptor_matching.h"
#include "native/testing.h"

namespace sense::slam {
namespace {

struct Picture {
  int width, height;
  std::vector<uint8_t> pixels;

  GreyView view() const { return {pixels.data(), width, height, width}; }
};

uint32_t Hash(int x, int y) {
  uint32_t h = static_cast<uint32_t>(x) * 374761393u +
               static_cast<uint32_t>(y) * 668265263u;
  h = (h ^ (h >> 13)) * 1274126177u;
  return h ^ (h >> 16);
}

// A floor of tiles of random grey, with soft borders: it can be looked at from
// anywhere.
double Tile(double x, double y, double side) {
  const double fx = x / side, fy = y / side;
  const int ix = static_cast<int>(std::floor(fx));
  const int iy = static_cast<int>(std::floor(fy));
  const auto soft = [&](double t) {
    return std::clamp((t - 0.5) * side / 1.5 + 0.5, 0.0, 1.0);
  };
  const double a = soft(fx - ix), b = soft(fy - iy);
  const auto grey = [](int i, int j) { return 30.0 + Hash(i, j) % 196; };
  return (grey(ix, iy) * (1 - a) + grey(ix + 1, iy) * a) * (1 - b) +
         (grey(ix, iy + 1) * (1 - a) + grey(ix + 1, iy + 1) * a) * b;
}

struct Look {
  double angle = 0, scale = 1, x = 0, y = 0;

  // Where the floor's place is seen.
  void Show(double u, double v, double* px, double* py) const {
    const double c = std::cos(angle) / scale, s = std::sin(angle) / scale;
    *px = c * (u - x) - s * (v - y) + 160;
    *py = s * (u - x) + c * (v - y) + 120;
  }
};

Picture Taken(const Look& look) {
  Picture picture = {320, 240, std::vector<uint8_t>(320 * 240)};
  const double c = std::cos(look.angle) * look.scale;
  const double s = std::sin(look.angle) * look.scale;
  for (int v = 0; v < 240; ++v) {
    for (int u = 0; u < 320; ++u) {
      const double x = c * (u - 160) + s * (v - 120) + look.x;
      const double y = -s * (u - 160) + c * (v - 120) + look.y;
      picture.pixels[v * 320 + u] =
          static_cast<uint8_t>(std::lround(Tile(x, y, 13)));
    }
  }
  return picture;
}

std::vector<OrbDescriptor> DescriptorsOf(const std::vector<OrbFeature>& all) {
  std::vector<OrbDescriptor> descriptors;
  for (const OrbFeature& one : all) descriptors.push_back(one.descriptor);
  return descriptors;
}

// The share of matches between two looks that lie where geometry says, and
// their number.
double RightShare(const Look& a, const Look& b, int* count) {
  const Picture first = Taken(a), second = Taken(b);
  OrbOptions options;
  options.features = 500;
  const auto ones = FindOrbFeatures(first.view(), options);
  const auto others = FindOrbFeatures(second.view(), options);
  const auto matches =
      MatchDescriptors(DescriptorsOf(ones), DescriptorsOf(others), {});
  int right = 0;
  for (const DescriptorMatch& match : matches) {
    // From the first picture to the floor, and to the second.
    const OrbFeature& one = ones[match.first];
    const double c = std::cos(a.angle) * a.scale, s = std::sin(a.angle) * a.scale;
    const double x = c * (one.u - 160) + s * (one.v - 120) + a.x;
    const double y = -s * (one.u - 160) + c * (one.v - 120) + a.y;
    double u, v;
    b.Show(x, y, &u, &v);
    const OrbFeature& other = others[match.second];
    right += std::hypot(u - other.u, v - other.v) < 1.5 * other.scale + 1;
  }
  *count = static_cast<int>(matches.size());
  return *count ? static_cast<double>(right) / *count : 0;
}

void FindsTheSameTurnedAndScaled() {
  const Look start;
  int count = 0;
  const Look moved = {0, 1, 25.3, -11.7};
  SENSE_EXPECT(RightShare(start, moved, &count) > 0.85 && count > 150);
  const Look turned = {0.7, 1, 5, 9};
  SENSE_EXPECT(RightShare(start, turned, &count) > 0.85 && count > 150);
  const Look half_turn = {3.1, 1, 0, 0};
  SENSE_EXPECT(RightShare(start, half_turn, &count) > 0.85 && count > 150);
  const Look nearer = {0.2, 0.7, 3, 3};
  SENSE_EXPECT(RightShare(start, nearer, &count) > 0.75 && count > 60);
}

void SpreadsAndRepeats() {
  const Picture picture = Taken({});
  OrbOptions options;
  options.features = 300;
  const auto first = FindOrbFeatures(picture.view(), options);
  const auto second = FindOrbFeatures(picture.view(), options);
  SENSE_EXPECT(first.size() == second.size() && first.size() > 200 &&
               first.size() <= 300);
  int quarter = 0;
  for (size_t i = 0; i < first.size(); ++i) {
    SENSE_EXPECT(first[i].descriptor == second[i].descriptor);
    SENSE_EXPECT(first[i].u >= 0 && first[i].u < 320 && first[i].v >= 0 &&
                 first[i].v < 240);
    quarter += first[i].u < 160 && first[i].v < 120;
  }
  SENSE_EXPECT(quarter > 40 && quarter < 110);
}

void FindsNothingInNothing() {
  const Picture flat = {64, 64, std::vector<uint8_t>(64 * 64, 90)};
  SENSE_EXPECT(FindOrbFeatures(flat.view(), {}).empty());
  const Picture small = {9, 5, std::vector<uint8_t>(45, 90)};
  SENSE_EXPECT(FindOrbFeatures(small.view(), {}).empty());
  SENSE_EXPECT(FindOrbFeatures({}, {}).empty());
}

void RingsAreAsStrongAsTheirStep() {
  Picture square = {32, 32, std::vector<uint8_t>(32 * 32, 50)};
  for (int y = 12; y < 32; ++y) {
    for (int x = 12; x < 32; ++x) square.pixels[y * 32 + x] = 150;
  }
  const auto corners = FindRingCorners(square.view(), {0, 0, 32, 32}, 20);
  SENSE_EXPECT(corners.size() == 1);
  SENSE_EXPECT(std::abs(corners[0].x - 12) <= 2 &&
               std::abs(corners[0].y - 12) <= 2);
  SENSE_EXPECT(corners[0].strength == 99);
  SENSE_EXPECT(FindRingCorners(square.view(), {0, 0, 32, 32}, 100).empty());
}

void DescribesGivenPlaces() {
  const Picture picture = Taken({});
  const auto found = FindOrbFeatures(picture.view(), {50, 1});
  std::vector<OrbPlace> places = {{1, 1, 0}, {50, 50, 3}};
  for (const OrbFeature& one : found) places.push_back({one.u, one.v, 0});
  const auto described = DescribePlaces({picture.view()}, places);
  SENSE_EXPECT(described[0].strength == -1 && described[1].strength == -1);
  for (size_t i = 0; i < found.size(); ++i) {
    SENSE_EXPECT(DescriptorDistance(found[i].descriptor,
                                    described[i + 2].descriptor) < 40);
  }
}

}  // namespace
}  // namespace sense::slam

int main() {
  sense::slam::FindsTheSameTurnedAndScaled();
  sense::slam::SpreadsAndRepeats();
  sense::slam::FindsNothingInNothing();
  sense::slam::RingsAreAsStrongAsTheirStep();
  sense::slam::DescribesGivenPlaces();
  return 0;
}
