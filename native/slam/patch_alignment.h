#ifndef SENSE_NATIVE_SLAM_PATCH_ALIGNMENT_H_
#define SENSE_NATIVE_SLAM_PATCH_ALIGNMENT_H_

#include <Eigen/Core>
#include <array>
#include <cstdint>

#include "native/slam/image_pyramid.h"

namespace sense::slam {

// What is looked for in another picture: the brightness around a place. Ready
// for inverse compositional alignment (Baker and Matthews, "Lucas-Kanade 20
// years on", IJCV 2004) of place, gain and offset.
class AlignedPatch {
 public:
  static constexpr int kHalf = 4, kSide = 2 * kHalf + 1, kArea = kSide * kSide;
  static constexpr int kBordered = kSide + 2;
  using Bordered = std::array<float, kBordered * kBordered>;

  AlignedPatch() = default;
  explicit AlignedPatch(const Bordered& values);

  // Whether there is texture in both directions.
  bool usable() const { return usable_; }

  struct Result {
    bool found = false;
    // Correlation of the patch and what was found, at most 1.
    float likeness = 0;
  };
  // Moves `place` of the image to where the patch is, by `iterations` at most.
  Result Align(const ImageLevel& image, Eigen::Vector2d* place,
               int iterations = 12) const;

 private:
  bool usable_ = false;
  float variance_ = 0;
  std::array<float, kArea> value_, slope_x_, slope_y_;  // Mean subtracted.
  Eigen::Matrix4f inverse_;
};

// The brightness around a place of an image, one pixel more on every side than
// the patch; false where it lies too near the border.
bool CutPatch(const ImageLevel& image, const Eigen::Vector2d& place,
              AlignedPatch::Bordered* out);

// What a keyframe showed around a point, kept with the point.
class StoredPatch {
 public:
  static constexpr int kSide = 32, kMiddle = kSide / 2;

  StoredPatch() = default;
  // False where the place lies too near the border.
  bool Cut(const ImageLevel& image, const Eigen::Vector2d& place);

  // The patch as another picture shows it: `other_from_stored` maps offsets.
  bool Warp(const Eigen::Matrix2d& other_from_stored,
            AlignedPatch::Bordered* out) const;

  const std::array<uint8_t, kSide * kSide>& pixels() const { return pixels_; }
  const Eigen::Vector2f& rest() const { return rest_; }
  void Restore(const std::array<uint8_t, kSide * kSide>& pixels,
               const Eigen::Vector2f& rest) {
    pixels_ = pixels;
    rest_ = rest;
  }

 private:
  std::array<uint8_t, kSide * kSide> pixels_ = {};
  // Of the place to the pixel in the middle.
  Eigen::Vector2f rest_ = Eigen::Vector2f::Zero();
};

// Follows a place from one picture into the next, coarse to fine (Bouguet,
// "Pyramidal implementation of the Lucas Kanade feature tracker", 2000).
// `place` holds the guess and receives the result, in full pixels.
bool FollowPlace(const ImagePyramid& from, const Eigen::Vector2d& origin,
                 const ImagePyramid& to, int finest_level,
                 Eigen::Vector2d* place, float least_likeness = 0.8f);

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_PATCH_ALIGNMENT_H_
