#include "native/slam/orb_features.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "native/slam/orb_pattern.h"

namespace sense::slam {
namespace {

// A level of the pyramid that belongs to us.
struct OwnLevel {
  std::vector<uint8_t> pixels;
  GreyView view;
};

// A picture at another size, between pixels linearly; every level is made from
// the one before, so that nothing finer than its pixels comes through.
OwnLevel Resized(const GreyView& from, int width, int height) {
  OwnLevel level;
  level.pixels.resize(static_cast<size_t>(width) * height);
  level.view = {level.pixels.data(), width, height, width};
  const float ax = static_cast<float>(from.width) / width;
  const float ay = static_cast<float>(from.height) / height;
  std::vector<int> columns(width);
  std::vector<int> shares(width);
  for (int x = 0; x < width; ++x) {
    const float place =
        std::clamp((x + 0.5f) * ax - 0.5f, 0.0f, from.width - 1.001f);
    columns[x] = static_cast<int>(place);
    shares[x] = static_cast<int>((place - columns[x]) * 128);
  }
  for (int y = 0; y < height; ++y) {
    const float place =
        std::clamp((y + 0.5f) * ay - 0.5f, 0.0f, from.height - 1.001f);
    const int top = static_cast<int>(place);
    const int share = static_cast<int>((place - top) * 128);
    const uint8_t *a = from.row(top), *b = from.row(top + 1);
    uint8_t* out = level.pixels.data() + static_cast<size_t>(y) * width;
    for (int x = 0; x < width; ++x) {
      const int c = columns[x], s = shares[x];
      const int upper = a[c] * (128 - s) + a[c + 1] * s;
      const int lower = b[c] * (128 - s) + b[c + 1] * s;
      out[x] = static_cast<uint8_t>(
          (upper * (128 - share) + lower * share + (1 << 13)) >> 14);
    }
  }
  return level;
}

// The best of every cell come first, then the second best ones, and so on.
std::vector<RingCorner> Spread(std::vector<std::vector<RingCorner>> cells,
                               size_t wanted) {
  const auto stronger = [](const RingCorner& a, const RingCorner& b) {
    if (a.strength != b.strength) return a.strength > b.strength;
    return a.y != b.y ? a.y < b.y : a.x < b.x;
  };
  for (auto& cell : cells) std::sort(cell.begin(), cell.end(), stronger);
  std::vector<RingCorner> chosen, rank;
  for (size_t place = 0; chosen.size() < wanted; ++place) {
    rank.clear();
    for (const auto& cell : cells) {
      if (place < cell.size()) rank.push_back(cell[place]);
    }
    if (rank.empty()) break;
    std::sort(rank.begin(), rank.end(), stronger);
    rank.resize(std::min(rank.size(), wanted - chosen.size()));
    chosen.insert(chosen.end(), rank.begin(), rank.end());
  }
  return chosen;
}

std::vector<RingCorner> CornersOf(const GreyView& level,
                                  const OrbOptions& options, size_t wanted) {
  const PixelWindow whole = {kOrbBorder, kOrbBorder, level.width - kOrbBorder,
                             level.height - kOrbBorder};
  if (whole.right <= whole.left || whole.bottom <= whole.top || wanted == 0) {
    return {};
  }
  const int side = std::max(options.cell_px, 8);
  const int columns = (whole.right - whole.left + side - 1) / side;
  const int rows = (whole.bottom - whole.top + side - 1) / side;
  std::vector<std::vector<RingCorner>> cells(static_cast<size_t>(columns) *
                                             rows);
  for (const RingCorner& one :
       FindRingCorners(level, whole, options.threshold)) {
    const int column = (one.x - whole.left) / side;
    cells[(one.y - whole.top) / side * columns + column].push_back(one);
  }
  for (int cell = 0; cell < columns * rows; ++cell) {
    if (!cells[cell].empty()) continue;
    const int left = whole.left + cell % columns * side;
    const int top = whole.top + cell / columns * side;
    cells[cell] = FindRingCorners(level,
                                  {left, top, std::min(left + side, whole.right),
                                   std::min(top + side, whole.bottom)},
                                  options.weak_threshold);
  }
  return Spread(std::move(cells), wanted);
}

// The smaller eigenvalue of the structure tensor, after Shi and Tomasi (1994).
float Cornerness(const GreyView& picture, int x, int y) {
  float xx = 0, xy = 0, yy = 0;
  for (int j = y - 2; j <= y + 2; ++j) {
    const uint8_t *up = picture.row(j - 1), *row = picture.row(j),
                  *down = picture.row(j + 1);
    for (int i = x - 2; i <= x + 2; ++i) {
      const auto dx = static_cast<float>(row[i + 1] - row[i - 1]);
      const auto dy = static_cast<float>(down[i] - up[i]);
      xx += dx * dx;
      xy += dx * dy;
      yy += dy * dy;
    }
  }
  const float half = 0.5f * (xx + yy), off = 0.5f * (xx - yy);
  return half - std::sqrt(off * off + xy * xy);
}

// Where the parabola through three values is highest, at most half a step off.
float PeakOf(float before, float here, float after) {
  const float bend = before - 2 * here + after;
  if (bend >= 0) return 0;
  return std::clamp(0.5f * (before - after) / bend, -0.5f, 0.5f);
}

struct Place {
  float x, y;
};

Place Refined(const GreyView& picture, int x, int y) {
  const float here = Cornerness(picture, x, y);
  return {x + PeakOf(Cornerness(picture, x - 1, y), here,
                     Cornerness(picture, x + 1, y)),
          y + PeakOf(Cornerness(picture, x, y - 1), here,
                     Cornerness(picture, x, y + 1))};
}

void AddLevel(const GreyView& picture, const GreyView& level, int index,
              const OrbOptions& options, size_t wanted,
              std::vector<OrbFeature>* features) {
  const std::vector<RingCorner> corners = CornersOf(level, options, wanted);
  if (corners.empty()) return;
  std::vector<uint8_t> pixels;
  SmoothForOrb(level, &pixels);
  const GreyView smoothed = {pixels.data(), level.width, level.height,
                             level.width};
  const float across = static_cast<float>(picture.width) / level.width;
  const float down = static_cast<float>(picture.height) / level.height;
  for (const RingCorner& one : corners) {
    OrbFeature feature;
    const Place place = Refined(level, one.x, one.y);
    feature.u = (place.x + 0.5f) * across - 0.5f;
    feature.v = (place.y + 0.5f) * down - 0.5f;
    feature.level = index;
    feature.scale = across;
    feature.strength = one.strength;
    feature.angle = CentroidAngle(level, one.x, one.y);
    feature.descriptor = CompareAround(smoothed, one.x, one.y, feature.angle);
    features->push_back(feature);
  }
}

}  // namespace

std::vector<OrbFeature> FindOrbFeatures(const GreyView& picture,
                                        const OrbOptions& options) {
  std::vector<OrbFeature> features;
  // Every level has its share by its area.
  const int levels = std::max(options.levels, 1);
  std::vector<double> areas(levels);
  for (int k = 0; k < levels; ++k) {
    areas[k] = std::pow(options.scale, -2.0 * k);
  }
  double left = std::accumulate(areas.begin(), areas.end(), 0.0);
  std::vector<OwnLevel> own(levels);
  for (int k = 0; k < levels; ++k) {
    GreyView level = picture;
    if (k > 0) {
      const double size = std::pow(options.scale, -k);
      const int width = static_cast<int>(std::lround(picture.width * size));
      const int height = static_cast<int>(std::lround(picture.height * size));
      if (std::min(width, height) <= 2 * kOrbBorder) break;
      own[k] = Resized(k > 1 ? own[k - 1].view : picture, width, height);
      level = own[k].view;
    }
    // What a level lacks goes to the coarser ones.
    const double still = options.features - static_cast<double>(features.size());
    const auto wanted = static_cast<size_t>(
        std::max(0.0, std::round(still * areas[k] / left)));
    left -= areas[k];
    AddLevel(picture, level, k, options, wanted, &features);
  }
  return features;
}

std::vector<OrbFeature> DescribePlaces(const std::vector<GreyView>& levels,
                                       const std::vector<OrbPlace>& places) {
  std::vector<std::vector<uint8_t>> pixels(levels.size());
  std::vector<OrbFeature> features(places.size());
  for (size_t i = 0; i < places.size(); ++i) {
    const OrbPlace& place = places[i];
    OrbFeature& feature = features[i];
    feature.strength = -1;
    if (place.level < 0 || place.level >= static_cast<int>(levels.size())) {
      continue;
    }
    const GreyView& level = levels[place.level];
    feature.u = place.u;
    feature.v = place.v;
    feature.level = place.level;
    feature.scale = std::ldexp(1.0f, place.level);
    const int x =
        static_cast<int>(std::lround((place.u + 0.5f) / feature.scale - 0.5f));
    const int y =
        static_cast<int>(std::lround((place.v + 0.5f) / feature.scale - 0.5f));
    if (x < kOrbBorder || y < kOrbBorder || x >= level.width - kOrbBorder ||
        y >= level.height - kOrbBorder) {
      continue;
    }
    std::vector<uint8_t>& smooth = pixels[place.level];
    if (smooth.empty()) SmoothForOrb(level, &smooth);
    const GreyView smoothed = {smooth.data(), level.width, level.height,
                               level.width};
    feature.strength = 0;
    feature.angle = CentroidAngle(level, x, y);
    feature.descriptor = CompareAround(smoothed, x, y, feature.angle);
  }
  return features;
}

}  // namespace sense::slam
