#include "native/lens.h"

#include <cmath>

#include "native/testing.h"

namespace sense {
namespace {

const Lens kBrown{{-0.3, 0.09, 0.001, -0.002, 0.01, 0.02, -0.01, 0.003, 0.001,
                   -0.002, 0.002, 0.001},
                  false};
const Lens kFisheye{{0.03, -0.01, 0.004, -0.001}, true};

void SlopesAreThoseOfDifferences() {
  for (const Lens& lens : {kBrown, kFisheye}) {
    for (double x = -0.8; x < 0.8; x += 0.17) {
      const double y = 0.3 - 0.5 * x, e = 1e-6;
      const LensImage image = Distort(lens, {x, y});
      const LensPlace right = Distort(lens, {x + e, y}).place;
      const LensPlace left = Distort(lens, {x - e, y}).place;
      const LensPlace below = Distort(lens, {x, y + e}).place;
      const LensPlace above = Distort(lens, {x, y - e}).place;
      for (int c = 0; c < 2; ++c) {
        SENSE_EXPECT_NEAR(image.slope[2 * c], (right[c] - left[c]) / (2 * e),
                          1e-8);
        SENSE_EXPECT_NEAR(image.slope[2 * c + 1],
                          (below[c] - above[c]) / (2 * e), 1e-8);
      }
    }
  }
}

void ThereAndBack() {
  for (const Lens& lens : {kBrown, kFisheye}) {
    for (double x = -0.7; x < 0.7; x += 0.07) {
      const LensPlace place = {x, 0.4 * x - 0.1};
      const LensPlace shown = Distort(lens, place).place;
      const LensPlace back = Undistort(lens, shown, shown);
      SENSE_EXPECT_NEAR(back[0], place[0], 1e-11);
      SENSE_EXPECT_NEAR(back[1], place[1], 1e-11);
    }
  }
}

// A lens with k1 = -0.5 shows nothing further out than 0.544.
void BeyondTheLensIsNothing() {
  Lens lens{{-0.5}, false};
  lens.reach = FindReach(lens);
  SENSE_EXPECT_NEAR(lens.reach, std::sqrt(2.0 / 3), 1e-9);
  SENSE_EXPECT(std::isnan(Undistort(lens, {0.6, 0}, {0.6, 0})[0]));
  SENSE_EXPECT(!std::isnan(Undistort(lens, {0.5, 0}, {0.5, 0})[0]));
}

}  // namespace
}  // namespace sense

int main() {
  sense::SlopesAreThoseOfDifferences();
  sense::ThereAndBack();
  sense::BeyondTheLensIsNothing();
}
