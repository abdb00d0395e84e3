#ifndef SENSE_NATIVE_LENS_H_
#define SENSE_NATIVE_LENS_H_

#include <array>
#include <cstdint>
#include <limits>

namespace sense {

// OpenCV's lens models: places are (x / z, y / z).
struct Lens {
  // k1 k2 p1 p2 k3 k4 k5 k6 s1 s2 s3 s4; k1 to k4 of a fisheye lens.
  std::array<double, 12> k = {};
  bool fisheye = false;
  // Nothing is seen further out than this; found by FindReach.
  double reach = std::numeric_limits<double>::infinity();
  double fx = 1, fy = 1, cx = 0, cy = 0;
};

using LensPlace = std::array<double, 2>;

// Where the lens shows a place, and by which matrix that changes with it.
struct LensImage {
  LensPlace place;
  std::array<double, 4> slope;

  double determinant() const {
    return slope[0] * slope[3] - slope[1] * slope[2];
  }
};

// How far out the radial terms go on growing.
double FindReach(const Lens& lens);

LensImage Distort(const Lens& lens, const LensPlace& place);

// What the lens shows at `shown`, by Newton's method from `guess`; NaN where
// nothing is.
LensPlace Undistort(const Lens& lens, const LensPlace& shown,
                    const LensPlace& guess);

// The same for `count` places.
void UndistortPlaces(const Lens& lens, const double* shown, int64_t count,
                     double* out);

// For pixels (x + offset) of a picture: the pixel of the same camera without
// its lens that sees the same; rows * columns * 2 numbers.
void UndistortPicture(const Lens& lens, const LensPlace& offset, int width,
                      int height, double* out);

}  // namespace sense

#endif  // SENSE_NATIVE_LENS_H_
