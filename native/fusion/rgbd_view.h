#ifndef SENSE_NATIVE_FUSION_RGBD_VIEW_H_
#define SENSE_NATIVE_FUSION_RGBD_VIEW_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace sense {

// Pinhole camera: x right, y down, z forward; the first pixel's centre is
// (0, 0).
struct PinholeLens {
  int width = 0, height = 0;
  float fx = 1, fy = 1, cx = 0, cy = 0;
};

// Moves points: turn * point + shift, the turn row by row.
struct RigidMove {
  std::array<float, 9> turn = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  std::array<float, 3> shift = {0, 0, 0};

  std::array<float, 3> operator()(const std::array<float, 3>& p) const {
    std::array<float, 3> moved;
    for (std::size_t n = 0; n < 3; ++n) {
      moved[n] = turn[3 * n] * p[0] + turn[3 * n + 1] * p[1] +
                 turn[3 * n + 2] * p[2] + shift[n];
    }
    return moved;
  }

  std::array<float, 3> Turned(const std::array<float, 3>& p) const {
    RigidMove only = *this;
    only.shift = {0, 0, 0};
    return only(p);
  }

  // The move that does `first` before this one.
  RigidMove After(const RigidMove& first) const {
    RigidMove both;
    for (std::size_t n = 0; n < 9; ++n) {
      both.turn[n] = 0;
      for (std::size_t m = 0; m < 3; ++m) {
        both.turn[n] += turn[n / 3 * 3 + m] * first.turn[3 * m + n % 3];
      }
    }
    both.shift = (*this)(first.shift);
    return both;
  }

  RigidMove Inverse() const {
    RigidMove back;
    for (std::size_t n = 0; n < 3; ++n) {
      for (std::size_t m = 0; m < 3; ++m) back.turn[3 * n + m] = turn[3 * m + n];
    }
    const std::array<float, 3> there = back.Turned(shift);
    back.shift = {-there[0], -there[1], -there[2]};
    return back;
  }
};

// One frame of a depth camera, and of the colour camera beside it; the
// pictures are not owned.
struct RgbdView {
  PinholeLens depth_lens;
  const float* depth = nullptr;  // Metres along z, row by row; 0 unknown.
  PinholeLens colour_lens;
  const uint8_t* colours = nullptr;  // sRGB, three a pixel; may be null.
  RigidMove colour_from_depth;
};

}  // namespace sense

#endif  // SENSE_NATIVE_FUSION_RGBD_VIEW_H_
