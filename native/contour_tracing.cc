#include "native/contour_tracing.h"

#include <array>
#include <cstddef>

namespace sense {
namespace {

// Edges of a cell between four pixels: 0 top, 1 right, 2 bottom, 3 left.
struct Line {
  int8_t start;
  int8_t end;
};

struct Lines {
  int count;
  std::array<Line, 2> line;
};

// Which edges the border joins, for each pattern of the cell's corners (1: top
// left, 2: top right, 4: bottom right, 8: bottom left); the inside lies on the
// right. In the two ambiguous patterns the inside corners stay apart.
constexpr std::array<Lines, 16> kLines = {{
    {0, {}},
    {1, {{{3, 0}}}},
    {1, {{{0, 1}}}},
    {1, {{{3, 1}}}},
    {1, {{{1, 2}}}},
    {2, {{{3, 0}, {1, 2}}}},
    {1, {{{0, 2}}}},
    {1, {{{3, 2}}}},
    {1, {{{2, 3}}}},
    {1, {{{2, 0}}}},
    {2, {{{0, 1}, {2, 3}}}},
    {1, {{{2, 1}}}},
    {1, {{{1, 3}}}},
    {1, {{{1, 0}}}},
    {1, {{{0, 3}}}},
    {0, {}},
}};

// Follows the lines of all cells. Pixel edges carry two numbers a pixel of the
// mask padded by one: that to the right neighbour, and that to the one below.
class Tracer {
 public:
  Tracer(const uint8_t* mask, int64_t rows, int64_t columns)
      : mask_(mask),
        rows_(rows),
        columns_(columns),
        width_(columns + 2),
        next_(2 * (rows + 2) * width_, kNone) {}

  Contours Run() {
    for (int64_t j = 0; j <= rows_; ++j) {
      for (int64_t i = 0; i <= columns_; ++i) Join(j, i);
    }
    Contours found;
    for (int64_t edge = 0; edge < static_cast<int64_t>(next_.size()); ++edge) {
      if (next_[edge] != kNone) Follow(edge, found);
    }
    return found;
  }

 private:
  static constexpr int64_t kNone = -1;

  struct Point {
    int64_t x;  // Doubled, so that the middle of an edge is whole.
    int64_t y;
  };

  // Pixel of the padded mask.
  int Inside(int64_t j, int64_t i) const {
    if (j < 1 || i < 1 || j > rows_ || i > columns_) return 0;
    return mask_[(j - 1) * columns_ + i - 1] != 0;
  }

  void Join(int64_t j, int64_t i) {
    const int pattern = Inside(j, i) + 2 * Inside(j, i + 1) +
                        4 * Inside(j + 1, i + 1) + 8 * Inside(j + 1, i);
    const Lines& lines = kLines[pattern];
    for (int n = 0; n < lines.count; ++n) {
      next_[Edge(j, i, lines.line[n].start)] = Edge(j, i, lines.line[n].end);
    }
  }

  int64_t Edge(int64_t j, int64_t i, int side) const {
    switch (side) {
      case 0:
        return 2 * (j * width_ + i);
      case 1:
        return 2 * (j * width_ + i + 1) + 1;
      case 2:
        return 2 * ((j + 1) * width_ + i);
      default:
        return 2 * (j * width_ + i) + 1;
    }
  }

  Point MiddleOf(int64_t edge) const {
    const int64_t pixel = edge / 2;
    const bool down = edge % 2 != 0;
    return {2 * (pixel % width_) + !down, 2 * (pixel / width_) + down};
  }

  // Every edge on the border has one line in and one out: the lines close.
  void Follow(int64_t first, Contours& found) {
    loop_.clear();
    int64_t edge = first;
    do {
      loop_.push_back(MiddleOf(edge));
      const int64_t following = next_[edge];
      next_[edge] = kNone;
      edge = following;
    } while (edge != first);
    const std::size_t count = loop_.size();
    for (std::size_t n = 0; n < count; ++n) {
      const Point& before = loop_[(n + count - 1) % count];
      const Point& here = loop_[n];
      const Point& after = loop_[(n + 1) % count];
      if ((here.x - before.x) * (after.y - here.y) ==
          (here.y - before.y) * (after.x - here.x)) {
        continue;
      }
      found.points.push_back(here.x / 2.0 - 1.0);
      found.points.push_back(here.y / 2.0 - 1.0);
    }
    found.starts.push_back(static_cast<int64_t>(found.points.size() / 2));
  }

  const uint8_t* mask_;
  int64_t rows_;
  int64_t columns_;
  int64_t width_;
  std::vector<int64_t> next_;
  std::vector<Point> loop_;
};

}  // namespace

Contours TraceContours(const uint8_t* mask, int64_t rows, int64_t columns) {
  return Tracer(mask, rows, columns).Run();
}

}  // namespace sense
