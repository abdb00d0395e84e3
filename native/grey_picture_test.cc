#include "native/grey_picture.h"

#include <limits>

#include "native/testing.h"

namespace sense {
namespace {

void ARampFillsTheGreys() {
  const float values[] = {-5, 0, 5, 10, 20};
  uint8_t greys[5];
  GreyPicture(values, 5, {.low = 0, .high = 10}, greys);
  const uint8_t expected[] = {0, 0, 128, 255, 255};
  for (int n = 0; n < 5; ++n) SENSE_EXPECT(greys[n] == expected[n]);
}

void InvertedLeavesNanAlone() {
  const float values[] = {0, 10, std::numeric_limits<float>::quiet_NaN()};
  uint8_t greys[3];
  GreyPicture(values, 3,
              {.low = 0, .high = 10, .inverted = true, .nan_grey = 7}, greys);
  SENSE_EXPECT(greys[0] == 255 && greys[1] == 0 && greys[2] == 7);
}

void AnEmptyWindowIsAStep() {
  const float values[] = {1, 2, 3};
  uint8_t greys[3];
  GreyPicture(values, 3, {.low = 2, .high = 2}, greys);
  SENSE_EXPECT(greys[0] == 0 && greys[1] == 0 && greys[2] == 255);
}

}  // namespace
}  // namespace sense

int main() {
  sense::ARampFillsTheGreys();
  sense::InvertedLeavesNanAlone();
  sense::AnEmptyWindowIsAStep();
}
