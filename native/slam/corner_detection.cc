#include "native/slam/corner_detection.h"

#include <algorithm>
#include <array>

namespace sense::slam {
namespace {

// The ring of sixteen pixels, clockwise from the top.
constexpr std::array<std::array<int, 2>, 16> kRing = {{{0, -3},
                                                       {1, -3},
                                                       {2, -2},
                                                       {3, -1},
                                                       {3, 0},
                                                       {3, 1},
                                                       {2, 2},
                                                       {1, 3},
                                                       {0, 3},
                                                       {-1, 3},
                                                       {-2, 2},
                                                       {-3, 1},
                                                       {-3, 0},
                                                       {-3, -1},
                                                       {-2, -2},
                                                       {-1, -3}}};
constexpr int kArc = 9;
constexpr int kTensorHalf = 3;

using RingOffsets = std::array<int, 16>;

RingOffsets OffsetsOf(const ImageLevel& image) {
  RingOffsets offsets;
  for (int i = 0; i < 16; ++i) {
    offsets[i] = kRing[i][1] * image.width + kRing[i][0];
  }
  return offsets;
}

bool HasArc(uint32_t mask) {
  // The ring closes: sixteen bits and the first eight once more.
  const uint32_t twice = mask | (mask << 16);
  uint32_t run = twice;
  for (int i = 1; i < kArc; ++i) run &= twice >> i;
  return run != 0;
}

bool IsFast(const uint8_t* middle, const RingOffsets& ring, int threshold) {
  const int above = *middle + threshold, below = *middle - threshold;
  // An arc of nine holds at least two of the four main directions.
  int bright = 0, dark = 0;
  for (int i = 0; i < 16; i += 4) {
    bright += middle[ring[i]] > above;
    dark += middle[ring[i]] < below;
  }
  if (bright < 2 && dark < 2) return false;
  uint32_t brighter = 0, darker = 0;
  for (int i = 0; i < 16; ++i) {
    brighter |= static_cast<uint32_t>(middle[ring[i]] > above) << i;
    darker |= static_cast<uint32_t>(middle[ring[i]] < below) << i;
  }
  return HasArc(brighter) || HasArc(darker);
}

float SmallerEigenvalue(const ImageLevel& image, int x, int y) {
  float xx = 0, xy = 0, yy = 0;
  for (int j = -kTensorHalf; j <= kTensorHalf; ++j) {
    const uint8_t* up = image.row(y + j - 1);
    const uint8_t* row = image.row(y + j);
    const uint8_t* down = image.row(y + j + 1);
    for (int i = x - kTensorHalf; i <= x + kTensorHalf; ++i) {
      const float dx = 0.5f * (row[i + 1] - row[i - 1]);
      const float dy = 0.5f * (down[i] - up[i]);
      xx += dx * dx;
      xy += dx * dy;
      yy += dy * dy;
    }
  }
  constexpr int kSide = 2 * kTensorHalf + 1;
  const float half = 0.5f * (xx + yy), off = 0.5f * (xx - yy);
  return (half - std::sqrt(off * off + xy * xy)) / (kSide * kSide);
}

class CornerGrid {
 public:
  CornerGrid(const ImagePyramid& picture, const CornerOptions& options)
      : picture_(picture),
        options_(options),
        columns_(picture.width() / options.cell_px + 1),
        rows_(picture.height() / options.cell_px + 1),
        best_(static_cast<size_t>(columns_) * rows_),
        taken_(best_.size(), false) {}

  void Occupy(const Eigen::Vector2d& place) {
    const int cell = CellOf(place);
    if (cell >= 0) taken_[cell] = true;
  }

  void Search(int threshold) {
    const int levels = std::min(options_.levels, picture_.levels());
    for (int level = 0; level < levels; ++level) SearchLevel(level, threshold);
  }

  // Cells that have been found something in need no weaker corner.
  void Close() {
    for (size_t cell = 0; cell < best_.size(); ++cell) {
      if (best_[cell].score > 0) taken_[cell] = true;
    }
  }

  std::vector<Corner> Found() const {
    std::vector<Corner> found;
    for (const Corner& corner : best_) {
      if (corner.score > 0) found.push_back(corner);
    }
    return found;
  }

 private:
  int CellOf(const Eigen::Vector2d& place) const {
    const int column = static_cast<int>(place.x() / options_.cell_px);
    const int row = static_cast<int>(place.y() / options_.cell_px);
    if (column < 0 || row < 0 || column >= columns_ || row >= rows_) return -1;
    return row * columns_ + column;
  }

  void SearchLevel(int level, int threshold) {
    const ImageLevel& image = picture_.level(level);
    const RingOffsets ring = OffsetsOf(image);
    const int border = std::max(kTensorHalf + 2, options_.border_px >> level);
    for (int y = border; y < image.height - border; ++y) {
      const uint8_t* row = image.row(y);
      for (int x = border; x < image.width - border; ++x) {
        if (!IsFast(row + x, ring, threshold)) continue;
        const Eigen::Vector2d place = FromLevel(Eigen::Vector2d(x, y), level);
        const int cell = CellOf(place);
        if (cell < 0 || taken_[cell]) continue;
        // Coarse corners are found again less exactly.
        const float score =
            SmallerEigenvalue(image, x, y) / static_cast<float>(1 << level);
        if (score > best_[cell].score && score > options_.least_score) {
          best_[cell] = {place, level, score};
        }
      }
    }
  }

  const ImagePyramid& picture_;
  const CornerOptions& options_;
  int columns_, rows_;
  std::vector<Corner> best_;
  std::vector<char> taken_;
};

}  // namespace

std::vector<Corner> DetectCorners(
    const ImagePyramid& picture, const CornerOptions& options,
    const std::vector<Eigen::Vector2d>& occupied) {
  CornerGrid grid(picture, options);
  for (const Eigen::Vector2d& place : occupied) grid.Occupy(place);
  grid.Search(options.threshold);
  grid.Close();
  grid.Search(options.weak_threshold);
  return grid.Found();
}

}  // namespace sense::slam
