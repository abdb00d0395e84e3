#include "native/slam/ring_corners.h"

#include <algorithm>
#include <array>

#include "native/multiversion.h"

namespace sense::slam {
namespace {

constexpr int kRadius = 3;
constexpr int kRingSize = 16;
constexpr int kArc = 9;
// Clockwise from the top.
constexpr std::array<int, kRingSize> kRingX = {0,  1,  2,  3,  3,  3,  2,  1,
                                               0, -1, -2, -3, -3, -3, -2, -1};
constexpr std::array<int, kRingSize> kRingY = {-3, -3, -2, -1, 0,  1,  2,  3,
                                               3,  3,  2,  1,  0, -1, -2, -3};

using RingOffsets = std::array<ptrdiff_t, kRingSize>;

// Marks what can be a corner at all: an arc of nine holds at least one of any
// two pixels that lie opposite on the ring.
SENSE_MULTIVERSION
void MarkCandidates(const uint8_t* row, ptrdiff_t stride, int count,
                    int threshold, uint8_t* marks) {
  const auto step = static_cast<uint8_t>(threshold);
  const auto most = static_cast<uint8_t>(255 - threshold);
  const uint8_t *north = row - 3 * stride, *south = row + 3 * stride;
  const uint8_t *west = row - 3, *east = row + 3;
  const uint8_t *ne = row - 2 * stride + 2, *sw = row + 2 * stride - 2;
  const uint8_t *nw = row - 2 * stride - 2, *se = row + 2 * stride + 2;
  for (int x = 0; x < count; ++x) {
    const uint8_t middle = row[x];
    const uint8_t above =
        middle > most ? uint8_t{255} : static_cast<uint8_t>(middle + step);
    const uint8_t below =
        middle < step ? uint8_t{0} : static_cast<uint8_t>(middle - step);
    const uint8_t bright =
        std::min(std::min(std::max(north[x], south[x]),
                          std::max(west[x], east[x])),
                 std::min(std::max(ne[x], sw[x]), std::max(nw[x], se[x])));
    const uint8_t dark =
        std::max(std::max(std::min(north[x], south[x]),
                          std::min(west[x], east[x])),
                 std::max(std::min(ne[x], sw[x]), std::min(nw[x], se[x])));
    marks[x] = static_cast<uint8_t>((bright > above) | (dark < below));
  }
}

// The largest of the least differences over all arcs, minus 1: the largest
// threshold that the pixel passes.
int StrengthAt(const uint8_t* middle, const RingOffsets& ring) {
  std::array<int, kRingSize + kArc - 1> difference;
  for (int i = 0; i < kRingSize; ++i) difference[i] = middle[ring[i]] - *middle;
  for (int i = 0; i < kArc - 1; ++i) difference[kRingSize + i] = difference[i];
  int best = 0;
  for (int i = 0; i < kRingSize; ++i) {
    int least = difference[i], most = difference[i];
    for (int j = 1; j < kArc; ++j) {
      least = std::min(least, difference[i + j]);
      most = std::max(most, difference[i + j]);
    }
    best = std::max({best, least, -most});
  }
  return best - 1;
}

// The strengths of one row; 0 where there is no corner.
struct StrengthRow {
  std::vector<uint8_t> values;  // One more on either side.
  std::vector<int> places;

  void Clear() {
    for (const int x : places) values[x + 1] = 0;
    places.clear();
  }
};

bool IsPeak(const StrengthRow& above, const StrengthRow& here,
            const StrengthRow& below, int x) {
  const uint8_t* up = above.values.data() + x;
  const uint8_t* row = here.values.data() + x;
  const uint8_t* down = below.values.data() + x;
  const uint8_t own = row[1];
  // Of equal ones the last stays: one is enough.
  return own >= up[0] && own >= up[1] && own >= up[2] && own >= row[0] &&
         own > row[2] && own > down[0] && own > down[1] && own > down[2];
}

}  // namespace

std::vector<RingCorner> FindRingCorners(const GreyView& picture,
                                        PixelWindow window, int threshold) {
  std::vector<RingCorner> found;
  threshold = std::clamp(threshold, 1, 254);
  window.left = std::max(window.left, kRadius);
  window.top = std::max(window.top, kRadius);
  window.right = std::min(window.right, picture.width - kRadius);
  window.bottom = std::min(window.bottom, picture.height - kRadius);
  const int count = window.right - window.left;
  if (count <= 0 || window.bottom <= window.top) return found;
  RingOffsets ring;
  for (int i = 0; i < kRingSize; ++i) {
    ring[i] = kRingY[i] * picture.stride + kRingX[i];
  }
  std::vector<uint8_t> marks(count);
  std::array<StrengthRow, 3> rows;
  for (StrengthRow& row : rows) row.values.assign(count + 2, 0);
  for (int y = window.top; y <= window.bottom; ++y) {
    StrengthRow& newest = rows[y % 3];
    newest.Clear();
    if (y < window.bottom) {
      const uint8_t* row = picture.row(y) + window.left;
      MarkCandidates(row, picture.stride, count, threshold, marks.data());
      for (int x = 0; x < count; ++x) {
        if (!marks[x]) continue;
        const int strength = StrengthAt(row + x, ring);
        if (strength < threshold) continue;
        newest.values[x + 1] = static_cast<uint8_t>(strength);
        newest.places.push_back(x);
      }
    }
    if (y == window.top) continue;
    const StrengthRow& middle = rows[(y + 2) % 3];
    for (const int x : middle.places) {
      if (!IsPeak(rows[(y + 1) % 3], middle, newest, x)) continue;
      found.push_back({x + window.left, y - 1, middle.values[x + 1]});
    }
  }
  return found;
}

}  // namespace sense::slam
