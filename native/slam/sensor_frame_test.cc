#include "native/slam/sensor_frame.h"

#include <cmath>
#include <limits>

#include "native/testing.h"

namespace sense::slam {
namespace {

constexpr int kWidth = 40, kHeight = 32;

SensorFrame FrameOf(double (*depth)(double, double)) {
  const std::vector<uint8_t> grey(kWidth * kHeight, 100);
  SensorFrame frame;
  frame.left = ImagePyramid(grey.data(), kWidth, kHeight, 1);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      frame.depth_m.push_back(static_cast<float>(depth(x, y)));
    }
  }
  return frame;
}

double DepthAt(const SensorFrame& frame, double u, double v) {
  ImageMeasurement seen;
  seen.u = u;
  seen.v = v;
  MeasureThird(frame, {}, 0, 0, &seen);
  return seen.depth_m;
}

double Slanted(double x, double y) { return 2 + 0.03 * x - 0.02 * y; }

void SlantedSurfacesAreMeasuredBetweenPixels() {
  const SensorFrame frame = FrameOf(&Slanted);
  for (const double u : {5.0, 9.3, 20.5, 31.8}) {
    SENSE_EXPECT_NEAR(DepthAt(frame, u, 11.4), Slanted(u, 11.4), 1e-5);
  }
}

void EdgesAndHolesAreLeftOut() {
  const SensorFrame step =
      FrameOf([](double x, double) { return x < 20 ? 2.0 : 2.3; });
  SENSE_EXPECT(std::isnan(DepthAt(step, 19, 10)));
  SENSE_EXPECT(std::isnan(DepthAt(step, 20, 10)));
  SENSE_EXPECT_NEAR(DepthAt(step, 17, 10), 2.0, 1e-6);
  SensorFrame hole = FrameOf(&Slanted);
  hole.depth_m[10 * kWidth + 10] = std::numeric_limits<float>::quiet_NaN();
  SENSE_EXPECT(std::isnan(DepthAt(hole, 11, 11)));
  SENSE_EXPECT(!std::isnan(DepthAt(hole, 13, 10)));
  SENSE_EXPECT(std::isnan(DepthAt(hole, 0, 0)));
}

}  // namespace
}  // namespace sense::slam

int main() {
  sense::slam::SlantedSurfacesAreMeasuredBetweenPixels();
  sense::slam::EdgesAndHolesAreLeftOut();
  return 0;
}
