#include "native/slam/orb_pattern.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "native/multiversion.h"

namespace sense::slam {
namespace {

constexpr int kBits = 256;
constexpr int kTurns = 64;
constexpr double kReach = 14;      // Of the pattern, at any turn.
constexpr double kDeviation = 6.2;  // A fifth of the patch's side.
constexpr int kDisc = 15;

struct PatternPoint {
  int8_t x, y;
};

// A generator of our own, so that every platform draws the same pattern, which
// descriptors in stored maps rely on (Steele et al., "SplitMix", 2014).
class PatternDraw {
 public:
  double Uniform() {
    state_ += 0x9E3779B97F4A7C15ULL;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1.0p-53;
  }

  // The sum of twelve is normal enough, and exact on every platform.
  double Normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += Uniform();
    return sum;
  }

 private:
  uint64_t state_ = 20110613;
};

struct OrbPattern {
  std::array<std::array<PatternPoint, 2 * kBits>, kTurns> turned;

  OrbPattern() {
    PatternDraw draw;
    for (int bit = 0; bit < kBits; ++bit) {
      std::array<double, 4> pair;
      do {
        for (double& one : pair) one = std::round(kDeviation * draw.Normal());
      } while (!Serves(pair));
      for (int turn = 0; turn < kTurns; ++turn) {
        const double angle = 2 * std::numbers::pi * turn / kTurns;
        turned[turn][2 * bit] = Turned(pair[0], pair[1], angle);
        turned[turn][2 * bit + 1] = Turned(pair[2], pair[3], angle);
      }
    }
  }

 private:
  // Points within reach, and not so near one another that noise decides.
  static bool Serves(const std::array<double, 4>& p) {
    return std::hypot(p[0], p[1]) <= kReach &&
           std::hypot(p[2], p[3]) <= kReach &&
           std::hypot(p[0] - p[2], p[1] - p[3]) >= 3;
  }

  static PatternPoint Turned(double x, double y, double angle) {
    const double c = std::cos(angle), s = std::sin(angle);
    return {static_cast<int8_t>(std::lround(c * x - s * y)),
            static_cast<int8_t>(std::lround(s * x + c * y))};
  }
};

const OrbPattern& Pattern() {
  static const OrbPattern pattern;
  return pattern;
}

// How far the disc reaches to either side in a row.
const std::array<int, kDisc + 1>& DiscRows() {
  static const std::array<int, kDisc + 1> rows = [] {
    std::array<int, kDisc + 1> widths;
    for (int y = 0; y <= kDisc; ++y) {
      widths[y] = static_cast<int>(std::sqrt(kDisc * kDisc - y * y));
    }
    return widths;
  }();
  return rows;
}

SENSE_MULTIVERSION
void SmoothColumns(const uint8_t* const* rows, int width, uint16_t* sums) {
  const uint8_t *a = rows[0], *b = rows[1], *c = rows[2], *d = rows[3],
                *e = rows[4], *f = rows[5], *g = rows[6];
  for (int x = 0; x < width; ++x) {
    sums[x] = static_cast<uint16_t>(a[x] + g[x] + 6 * (b[x] + f[x]) +
                                    15 * (c[x] + e[x]) + 20 * d[x]);
  }
}

SENSE_MULTIVERSION
void SmoothRow(const uint16_t* sums, int width, uint8_t* out) {
  for (int x = 0; x < width; ++x) {
    const uint32_t total = sums[x] + sums[x + 6] +
                           6u * (sums[x + 1] + sums[x + 5]) +
                           15u * (sums[x + 2] + sums[x + 4]) +
                           20u * sums[x + 3];
    out[x] = static_cast<uint8_t>((total + 2048) >> 12);
  }
}

}  // namespace

float CentroidAngle(const GreyView& picture, int x, int y) {
  const auto& reach = DiscRows();
  int64_t across = 0, down = 0;
  for (int j = -kDisc; j <= kDisc; ++j) {
    const int half = reach[std::abs(j)];
    const uint8_t* row = picture.row(y + j) + x;
    int sum = 0, moment = 0;
    for (int i = -half; i <= half; ++i) {
      sum += row[i];
      moment += i * row[i];
    }
    across += moment;
    down += static_cast<int64_t>(j) * sum;
  }
  return static_cast<float>(
      std::atan2(static_cast<double>(down), static_cast<double>(across)));
}

OrbDescriptor CompareAround(const GreyView& smoothed, int x, int y,
                            float angle) {
  const double turns = angle / (2 * std::numbers::pi) * kTurns;
  const int turn = (static_cast<int>(std::lround(turns)) % kTurns + kTurns) %
                   kTurns;
  const auto& pattern = Pattern().turned[turn];
  const uint8_t* middle = smoothed.row(y) + x;
  OrbDescriptor bits = {};
  for (int word = 0; word < 4; ++word) {
    uint64_t value = 0;
    for (int bit = 0; bit < 64; ++bit) {
      const PatternPoint& a = pattern[2 * (64 * word + bit)];
      const PatternPoint& b = pattern[2 * (64 * word + bit) + 1];
      const bool less = middle[a.y * smoothed.stride + a.x] <
                        middle[b.y * smoothed.stride + b.x];
      value |= static_cast<uint64_t>(less) << bit;
    }
    bits[word] = value;
  }
  return bits;
}

void SmoothForOrb(const GreyView& picture, std::vector<uint8_t>* smoothed) {
  constexpr int kHalf = 3;
  const int width = picture.width, height = picture.height;
  smoothed->resize(static_cast<size_t>(width) * height);
  std::vector<uint16_t> sums(width + 2 * kHalf);
  for (int y = 0; y < height; ++y) {
    std::array<const uint8_t*, 7> rows;
    for (int j = -kHalf; j <= kHalf; ++j) {
      rows[j + kHalf] = picture.row(std::clamp(y + j, 0, height - 1));
    }
    SmoothColumns(rows.data(), width, sums.data() + kHalf);
    std::fill_n(sums.begin(), kHalf, sums[kHalf]);
    std::fill_n(sums.end() - kHalf, kHalf, sums[kHalf + width - 1]);
    SmoothRow(sums.data(), width,
              smoothed->data() + static_cast<size_t>(y) * width);
  }
}

}  // namespace sense::slam
