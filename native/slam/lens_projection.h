#ifndef SENSE_NATIVE_SLAM_LENS_PROJECTION_H_
#define SENSE_NATIVE_SLAM_LENS_PROJECTION_H_

#include <Eigen/Core>
#include <algorithm>

#include "native/lens.h"

namespace sense::slam {

using Matrix23 = Eigen::Matrix<double, 2, 3>;

// Where a camera sees a point, and by which matrix the pixel changes with it.
struct ProjectedPoint {
  Eigen::Vector2d pixel;
  Matrix23 by_point;
};

// The pinhole camera without distortion, with OpenCV's radial and tangential
// terms, or with Kannala and Brandt's fisheye polynomial (native/lens.h).
class LensProjection {
 public:
  LensProjection() = default;
  explicit LensProjection(const Lens& lens)
      : lens_(lens),
        straight_(!lens.fisheye && std::all_of(lens.k.begin(), lens.k.end(),
                                               [](double k) { return k == 0; })) {
    lens_.reach = FindReach(lens);
  }

  const Lens& lens() const { return lens_; }
  // Whether straight lines stay straight.
  bool straight() const { return straight_; }

  // False where the camera cannot see the point (x right, y down, z forward):
  // behind it, or further out than the lens reaches.
  bool Project(const Eigen::Vector3d& point, ProjectedPoint* out) const {
    if (!(point.z() > kNearest)) return false;
    const double inverse = 1 / point.z();
    const double x = point.x() * inverse, y = point.y() * inverse;
    if (straight_) {
      out->pixel = {lens_.fx * x + lens_.cx, lens_.fy * y + lens_.cy};
      const double a = lens_.fx * inverse, b = lens_.fy * inverse;
      out->by_point << a, 0, -a * x, 0, b, -b * y;
      return true;
    }
    if (x * x + y * y > lens_.reach * lens_.reach) return false;
    const LensImage image = Distort(lens_, {x, y});
    out->pixel = {lens_.fx * image.place[0] + lens_.cx,
                  lens_.fy * image.place[1] + lens_.cy};
    const double a = lens_.fx * inverse, b = lens_.fy * inverse;
    const auto& s = image.slope;
    out->by_point << a * s[0], a * s[1], -a * (s[0] * x + s[1] * y),  //
        b * s[2], b * s[3], -b * (s[2] * x + s[3] * y);
    return true;
  }

  // The direction (z = 1) that is seen at a pixel; NaN where nothing is.
  Eigen::Vector3d Ray(double u, double v) const {
    const LensPlace shown = {(u - lens_.cx) / lens_.fx,
                             (v - lens_.cy) / lens_.fy};
    if (straight_) return {shown[0], shown[1], 1};
    const LensPlace place = Undistort(lens_, shown, shown);
    return {place[0], place[1], 1};
  }

 private:
  // In the scene's unit; what is nearer has no stable image.
  static constexpr double kNearest = 1e-6;

  Lens lens_;
  bool straight_ = true;
};

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_LENS_PROJECTION_H_
