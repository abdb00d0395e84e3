#include "native/decimal_text.h"

#include <cmath>
#include <random>

#include "native/testing.h"

namespace sense {
namespace {

void ValuesAreRoundedToFourDecimals() {
  const double values[] = {1.0, -2.5, 0.00004, -0.00006, 12.34567, -987654321.5};
  SENSE_EXPECT(DecimalText(values, 6) ==
               "1\\-2.5\\0\\-0.0001\\12.3457\\-987654321.5 ");
  SENSE_EXPECT(DecimalText(values, 0).empty());
}

void NoValueIsLongerThanSixteenCharacters() {
  const double value = -999999999.9999;
  SENSE_EXPECT(DecimalText(&value, 1).size() <= 16);
}

void WhatWasWrittenIsReadBack() {
  std::mt19937 random(2);
  std::uniform_real_distribution<double> range(-2000.0, 2000.0);
  std::vector<double> values(1000);
  for (double& value : values) value = range(random);
  std::vector<double> read;
  SENSE_EXPECT(ParseDecimals(DecimalText(values.data(), 1000), read));
  SENSE_EXPECT(read.size() == values.size());
  for (size_t n = 0; n < values.size(); ++n) {
    SENSE_EXPECT_NEAR(read[n], values[n], 0.5001e-4);
  }
}

void EveryDecimalStringIsRead() {
  std::vector<double> read;
  std::string text =
      " +1.5\\ .25\\-3.\\1e2\\2.5E-3 \\123456789012345678901234567890";
  text.push_back('\0');
  SENSE_EXPECT(ParseDecimals(text, read));
  const double expected[] = {1.5, 0.25, -3, 100, 0.0025, 123456789012345678e12};
  SENSE_EXPECT(read.size() == 6);
  for (int n = 0; n < 6; ++n) {
    SENSE_EXPECT_NEAR(read[n], expected[n], std::abs(expected[n]) * 1e-15);
  }
  read.clear();
  SENSE_EXPECT(ParseDecimals("  ", read) && read.empty());
}

void WhatIsNoNumberIsToldSo() {
  std::vector<double> read;
  for (const char* text : {"a", "1\\", "1\\\\2", "1 2", "1e", "-", ".", "1e999",
                           "nan", "0x10", "1,5"}) {
    SENSE_EXPECT(!ParseDecimals(text, read));
  }
}

}  // namespace
}  // namespace sense

int main() {
  sense::ValuesAreRoundedToFourDecimals();
  sense::NoValueIsLongerThanSixteenCharacters();
  sense::WhatWasWrittenIsReadBack();
  sense::EveryDecimalStringIsRead();
  sense::WhatIsNoNumberIsToldSo();
}
