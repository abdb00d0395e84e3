#ifndef SENSE_NATIVE_SLAM_IMAGE_PYRAMID_H_
#define SENSE_NATIVE_SLAM_IMAGE_PYRAMID_H_

#include <Eigen/Core>
#include <cmath>
#include <cstdint>
#include <vector>

namespace sense::slam {

// A grey picture; pixel (0, 0) has its centre at (0, 0).
struct ImageLevel {
  int width = 0, height = 0;
  std::vector<uint8_t> pixels;

  const uint8_t* row(int y) const {
    return pixels.data() + static_cast<size_t>(y) * width;
  }
  // Whether all within `margin` pixels of the place may be interpolated.
  bool Holds(const Eigen::Vector2d& place, double margin) const {
    return place.x() >= margin && place.y() >= margin &&
           place.x() < width - 1 - margin && place.y() < height - 1 - margin;
  }
};

// The picture and its halvings, each the mean of four pixels of the one before.
class ImagePyramid {
 public:
  ImagePyramid() = default;
  ImagePyramid(const uint8_t* pixels, int width, int height, int levels);

  int levels() const { return static_cast<int>(levels_.size()); }
  const ImageLevel& level(int index) const { return levels_[index]; }
  int width() const { return levels_.empty() ? 0 : levels_[0].width; }
  int height() const { return levels_.empty() ? 0 : levels_[0].height; }

 private:
  std::vector<ImageLevel> levels_;
};

// Where a place of the full picture lies in a level, and back.
inline Eigen::Vector2d ToLevel(const Eigen::Vector2d& place, int level) {
  const double scale = std::ldexp(1.0, -level);
  return ((place.array() + 0.5) * scale - 0.5).matrix();
}

inline Eigen::Vector2d FromLevel(const Eigen::Vector2d& place, int level) {
  const double scale = std::ldexp(1.0, level);
  return ((place.array() + 0.5) * scale - 0.5).matrix();
}

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_IMAGE_PYRAMID_H_
