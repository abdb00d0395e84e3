#ifndef SENSE_NATIVE_DECIMAL_TEXT_H_
#define SENSE_NATIVE_DECIMAL_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sense {

// Numbers of smaller magnitude fit into a decimal string with four decimals.
inline constexpr double kLargestDecimal = 1e9;

// Values as a DICOM decimal string (DS, PS3.5 6.2), at most 16 characters
// each, rounded to four decimals and joined by backslashes; an even number of
// bytes. The values are finite and smaller than kLargestDecimal.
std::string DecimalText(const double* values, int64_t count);

// Appends the values of a decimal string to `values`; false where a part of it
// is no number. Independent of the locale; an empty string has no values.
bool ParseDecimals(std::string_view text, std::vector<double>& values);

}  // namespace sense

#endif  // SENSE_NATIVE_DECIMAL_TEXT_H_
