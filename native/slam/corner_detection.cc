#include "native/slam/corner_detection.h"

#include <algorithm>
#include <cmath>

#include "native/slam/ring_corners.h"

namespace sense::slam {
namespace {

constexpr int kTensorHalf = 3;

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
    const int border = std::max(kTensorHalf + 2, options_.border_px >> level);
    const PixelWindow window = {border, border, image.width - border,
                                image.height - border};
    const GreyView view = {image.pixels.data(), image.width, image.height,
                           image.width};
    for (const RingCorner& corner : AllRingCorners(view, window, threshold)) {
      const Eigen::Vector2d place =
          FromLevel(Eigen::Vector2d(corner.x, corner.y), level);
      const int cell = CellOf(place);
      if (cell < 0 || taken_[cell]) continue;
      // Coarse corners are found again less exactly.
      const float score = SmallerEigenvalue(image, corner.x, corner.y) /
                          static_cast<float>(1 << level);
      if (score > best_[cell].score && score > options_.least_score) {
        best_[cell] = {place, level, score};
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
