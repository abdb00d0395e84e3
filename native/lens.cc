#include "native/lens.h"

#include <cmath>
#include <limits>

#include "native/thread_pool.h"

namespace sense {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr int kMostSteps = 30;
constexpr double kAccuracy = 1e-13, kTolerance = 1e-9;
constexpr LensPlace kNowhere = {std::numeric_limits<double>::quiet_NaN(),
                                std::numeric_limits<double>::quiet_NaN()};

LensImage DistortBrown(const std::array<double, 12>& k, double x, double y) {
  const auto& [k1, k2, p1, p2, k3, k4, k5, k6, s1, s2, s3, s4] = k;
  const double r2 = x * x + y * y;
  const double above = 1 + r2 * (k1 + r2 * (k2 + r2 * k3));
  const double below = 1 + r2 * (k4 + r2 * (k5 + r2 * k6));
  const double above_slope = k1 + r2 * (2 * k2 + r2 * 3 * k3);
  const double below_slope = k4 + r2 * (2 * k5 + r2 * 3 * k6);
  const double radial = above / below;
  // By x, it is twice x times this.
  const double slope = (above_slope - radial * below_slope) / below;
  const double across = s1 + 2 * s2 * r2, down = s3 + 2 * s4 * r2;
  LensImage image;
  image.place = {x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x) +
                     r2 * (s1 + r2 * s2),
                 y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y +
                     r2 * (s3 + r2 * s4)};
  image.slope = {
      radial + 2 * x * x * slope + 2 * p1 * y + 6 * p2 * x + 2 * x * across,
      2 * x * y * slope + 2 * p1 * x + 2 * p2 * y + 2 * y * across,
      2 * x * y * slope + 2 * p1 * x + 2 * p2 * y + 2 * x * down,
      radial + 2 * y * y * slope + 6 * p1 * y + 2 * p2 * x + 2 * y * down};
  return image;
}

// Distance from the middle of what is seen at an angle to the axis, and its
// derivative.
std::array<double, 2> Bent(const std::array<double, 12>& k, double angle) {
  const double a = angle * angle;
  return {angle * (1 + a * (k[0] + a * (k[1] + a * (k[2] + a * k[3])))),
          1 + a * (3 * k[0] +
                   a * (5 * k[1] + a * (7 * k[2] + a * 9 * k[3])))};
}

LensImage DistortFisheye(const std::array<double, 12>& k, double x, double y) {
  const double radius = std::hypot(x, y);
  if (radius < 1e-12) return {{x, y}, {1, 0, 0, 1}};
  const auto [bent, bent_slope] = Bent(k, std::atan(radius));
  const double scale = bent / radius;
  const double slope =
      (bent_slope / (1 + radius * radius) - scale) / (radius * radius);
  return {{x * scale, y * scale},
          {scale + x * x * slope, x * y * slope, x * y * slope,
           scale + y * y * slope}};
}

LensPlace UndistortFisheye(const Lens& lens, const LensPlace& shown) {
  const double radius = std::hypot(shown[0], shown[1]);
  if (radius < 1e-12) return shown;
  double angle = std::min(radius, kPi / 2 - 1e-3);
  for (int step = 0; step < kMostSteps; ++step) {
    const auto [bent, slope] = Bent(lens.k, angle);
    if (std::abs(bent - radius) < kAccuracy) break;
    angle -= (bent - radius) / slope;
  }
  const auto [bent, slope] = Bent(lens.k, angle);
  const bool valid = std::abs(bent - radius) < kTolerance && slope > 0 &&
                     angle >= 0 && angle < kPi / 2;
  if (!valid) return kNowhere;
  const double scale = std::tan(angle) / radius;
  return {shown[0] * scale, shown[1] * scale};
}

}  // namespace

double FindReach(const Lens& lens) {
  constexpr double kStep = 0.01, kFurthest = 50;
  if (lens.fisheye) return std::numeric_limits<double>::infinity();
  std::array<double, 12> radial = {lens.k[0], lens.k[1], 0,         0,
                                   lens.k[4], lens.k[5], lens.k[6], lens.k[7]};
  const auto grows = [&radial](double r) {
    const LensImage image = DistortBrown(radial, r, 0);
    return image.slope[0] > 0 && image.place[0] > 0;
  };
  double low = 0, high = kStep;
  while (high < kFurthest && grows(high)) {
    low = high;
    high += kStep;
  }
  if (high >= kFurthest) return std::numeric_limits<double>::infinity();
  for (int n = 0; n < 40; ++n) {
    const double middle = (low + high) / 2;
    (grows(middle) ? low : high) = middle;
  }
  return low;
}

LensImage Distort(const Lens& lens, const LensPlace& place) {
  return lens.fisheye ? DistortFisheye(lens.k, place[0], place[1])
                      : DistortBrown(lens.k, place[0], place[1]);
}

LensPlace Undistort(const Lens& lens, const LensPlace& shown,
                    const LensPlace& guess) {
  if (lens.fisheye) return UndistortFisheye(lens, shown);
  const auto valid = [&lens](const LensPlace& p, const LensImage& image) {
    return image.determinant() > 0 &&
           p[0] * p[0] + p[1] * p[1] < lens.reach * lens.reach;
  };
  LensPlace found = guess;
  for (int step = 0; step < kMostSteps; ++step) {
    const LensImage image = Distort(lens, found);
    const double a = image.place[0] - shown[0], b = image.place[1] - shown[1];
    const double size = std::max(std::abs(a), std::abs(b));
    if (size < kAccuracy) {
      return valid(found, image) ? found : kNowhere;
    }
    if (step == kMostSteps - 1 && size < kTolerance && valid(found, image)) {
      return found;
    }
    const double scale = 1 / image.determinant();
    found[0] -= (image.slope[3] * a - image.slope[1] * b) * scale;
    found[1] -= (image.slope[0] * b - image.slope[2] * a) * scale;
    if (!(std::abs(found[0]) < 1e6 && std::abs(found[1]) < 1e6)) break;
  }
  return kNowhere;
}

void UndistortPlaces(const Lens& lens, const double* shown, int64_t count,
                     double* out) {
  for (int64_t n = 0; n < count; ++n) {
    const LensPlace place = {shown[2 * n], shown[2 * n + 1]};
    const LensPlace found = Undistort(lens, place, place);
    out[2 * n] = found[0];
    out[2 * n + 1] = found[1];
  }
}

void UndistortPicture(const Lens& lens, const LensPlace& offset, int width,
                      int height, double* out) {
  ThreadPool::Shared().ForEach(height, [&](int y) {
    LensPlace last = kNowhere;
    for (int x = 0; x < width; ++x) {
      const LensPlace shown = {(x + offset[0] - lens.cx) / lens.fx,
                               (y + offset[1] - lens.cy) / lens.fy};
      // The pixel to the left is a good guess; where it leads astray, begin
      // with the place itself.
      LensPlace place = kNowhere;
      if (last[0] == last[0]) place = Undistort(lens, shown, last);
      if (place[0] != place[0]) place = Undistort(lens, shown, shown);
      last = place;
      double* pixel = out + 2 * (size_t{1} * y * width + x);
      pixel[0] = place[0] * lens.fx + lens.cx;
      pixel[1] = place[1] * lens.fy + lens.cy;
    }
  });
}

}  // namespace sense
