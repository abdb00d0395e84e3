#include "native/contour_tracing.h"

#include <random>
#include <vector>

#include "native/contour_filling.h"
#include "native/testing.h"

namespace sense {
namespace {

void OnePixelIsADiamond() {
  const uint8_t mask[1] = {1};
  const Contours found = TraceContours(mask, 1, 1);
  SENSE_EXPECT((found.starts == std::vector<int64_t>{0, 4}));
  for (size_t n = 0; n < 4; ++n) {
    SENSE_EXPECT(std::abs(found.points[2 * n]) +
                     std::abs(found.points[2 * n + 1]) ==
                 0.5);
  }
}

void AnEmptyMaskHasNoBorder() {
  const uint8_t mask[6] = {};
  SENSE_EXPECT(TraceContours(mask, 2, 3).starts.size() == 1);
}

void StraightLinesHaveNoPointsBetween() {
  const std::vector<uint8_t> mask(12, 1);
  SENSE_EXPECT((TraceContours(mask.data(), 3, 4).points.size() == 2 * 8));
}

void CornersDoNotJoin() {
  const uint8_t mask[4] = {1, 0, 0, 1};
  SENSE_EXPECT(TraceContours(mask, 2, 2).starts.size() == 3);
}

void FillingGivesTheMaskBack() {
  std::mt19937 random(1);
  for (int run = 0; run < 200; ++run) {
    const int64_t rows = 1 + static_cast<int64_t>(random() % 12);
    const int64_t columns = 1 + static_cast<int64_t>(random() % 12);
    std::vector<uint8_t> mask(rows * columns);
    for (uint8_t& pixel : mask) pixel = random() % 2;
    const Contours found = TraceContours(mask.data(), rows, columns);
    std::vector<uint8_t> filled(mask.size(), 7);
    FillContours({found.points.data(), found.starts.data(),
                  static_cast<int64_t>(found.starts.size()) - 1},
                 rows, columns, filled.data());
    SENSE_EXPECT(filled == mask);
  }
}

void WhatIsNotFiniteOrFarAwayDoesNoHarm() {
  const double points[] = {NAN, 0, 5, INFINITY, -INFINITY, 3,
                           -1e300, -1e300, 1e300, 1e300, -1e300, 1e300};
  const int64_t starts[] = {0, 3, 6};
  std::vector<uint8_t> filled(20, 7);
  FillContours({points, starts, 2}, 4, 5, filled.data());
  for (const uint8_t pixel : filled) SENSE_EXPECT(pixel <= 1);
}

}  // namespace
}  // namespace sense

int main() {
  sense::OnePixelIsADiamond();
  sense::AnEmptyMaskHasNoBorder();
  sense::StraightLinesHaveNoPointsBetween();
  sense::CornersDoNotJoin();
  sense::FillingGivesTheMaskBack();
  sense::WhatIsNotFiniteOrFarAwayDoesNoHarm();
}
