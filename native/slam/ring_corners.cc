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

// Finds the corners of one row after another.
class RowSearch {
 public:
  RowSearch(const GreyView& picture, PixelWindow window, int threshold)
      : picture_(picture),
        window_(window),
        threshold_(std::clamp(threshold, 1, 254)) {
    window_.left = std::max(window_.left, kRadius);
    window_.top = std::max(window_.top, kRadius);
    window_.right = std::min(window_.right, picture.width - kRadius);
    window_.bottom = std::min(window_.bottom, picture.height - kRadius);
    for (int i = 0; i < kRingSize; ++i) {
      ring_[i] = kRingY[i] * picture.stride + kRingX[i];
    }
    marks_.resize(std::max(count(), 0));
  }

  const PixelWindow& window() const { return window_; }
  int count() const { return window_.right - window_.left; }
  bool empty() const { return count() <= 0 || window_.bottom <= window_.top; }

  // Calls work(x from the window's left, strength).
  template <class Work>
  void Row(int y, Work&& work) {
    const uint8_t* row = picture_.row(y) + window_.left;
    MarkCandidates(row, picture_.stride, count(), threshold_, marks_.data());
    for (int x = 0; x < count(); ++x) {
      if (!marks_[x]) continue;
      const int strength = StrengthAt(row + x, ring_);
      if (strength >= threshold_) work(x, strength);
    }
  }

 private:
  GreyView picture_;
  PixelWindow window_;
  int threshold_;
  RingOffsets ring_;
  std::vector<uint8_t> marks_;
};

}  // namespace

std::vector<RingCorner> AllRingCorners(const GreyView& picture,
                                       PixelWindow window, int threshold) {
  std::vector<RingCorner> found;
  RowSearch search(picture, window, threshold);
  if (search.empty()) return found;
  const PixelWindow& within = search.window();
  for (int y = within.top; y < within.bottom; ++y) {
    search.Row(y, [&](int x, int strength) {
      found.push_back({x + within.left, y, strength});
    });
  }
  return found;
}

std::vector<RingCorner> FindRingCorners(const GreyView& picture,
                                        PixelWindow window, int threshold) {
  std::vector<RingCorner> found;
  RowSearch search(picture, window, threshold);
  if (search.empty()) return found;
  const PixelWindow& within = search.window();
  std::array<StrengthRow, 3> rows;
  for (StrengthRow& row : rows) row.values.assign(search.count() + 2, 0);
  for (int y = within.top; y <= within.bottom; ++y) {
    StrengthRow& newest = rows[y % 3];
    newest.Clear();
    if (y < within.bottom) {
      search.Row(y, [&](int x, int strength) {
        newest.values[x + 1] = static_cast<uint8_t>(strength);
        newest.places.push_back(x);
      });
    }
    if (y == within.top) continue;
    const StrengthRow& middle = rows[(y + 2) % 3];
    for (const int x : middle.places) {
      if (!IsPeak(rows[(y + 1) % 3], middle, newest, x)) continue;
      found.push_back({x + within.left, y - 1, middle.values[x + 1]});
    }
  }
  return found;
}

}  // namespace sense::slam
