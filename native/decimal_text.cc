#include "native/decimal_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace sense {
namespace {

constexpr int64_t kScale = 10000;
constexpr int kDecimals = 4;
constexpr int kMostDigits = 18;  // Fit into 64 bits.
constexpr int kLargestPower = 22;  // Powers of ten that a double holds exactly.
constexpr int64_t kLargestExponent = 10000;

void AppendDecimal(double value, std::string& text) {
  int64_t scaled = std::llround(value * kScale);
  if (scaled < 0) {
    text.push_back('-');
    scaled = -scaled;
  }
  char digits[24];
  const auto whole = std::to_chars(digits, digits + 24, scaled / kScale);
  text.append(digits, whole.ptr);
  int64_t rest = scaled % kScale;
  if (rest == 0) return;
  int places = kDecimals;
  for (; rest % 10 == 0; rest /= 10) --places;
  const auto end = std::to_chars(digits, digits + 24, rest);
  text.push_back('.');
  text.append(places - (end.ptr - digits), '0');
  text.append(digits, end.ptr);
}

double PowerOfTen(int64_t exponent) {
  double power = 1.0;
  if (exponent > kLargestPower) return std::pow(10.0, exponent);
  for (int64_t n = 0; n < exponent; ++n) power *= 10.0;
  return power;
}

class NumberParser {
 public:
  explicit NumberParser(std::string_view text)
      : here_(text.data()), end_(text.data() + text.size()) {}

  bool Parse(double& value) {
    const bool negative = Takes('-');
    if (!negative) Takes('+');
    TakeDigits(0);
    if (Takes('.')) TakeDigits(1);
    if (!any_ || !TakeExponent() || here_ != end_) return false;
    const double digits = static_cast<double>(mantissa_);
    value = exponent_ < 0 ? digits / PowerOfTen(-exponent_)
                          : digits * PowerOfTen(exponent_);
    if (negative) value = -value;
    return std::isfinite(value);
  }

 private:
  bool Takes(char wanted) {
    if (here_ == end_ || *here_ != wanted) return false;
    ++here_;
    return true;
  }

  void TakeDigits(int decimals) {
    for (; here_ != end_ && *here_ >= '0' && *here_ <= '9'; ++here_) {
      any_ = true;
      if (kept_ == kMostDigits) {
        exponent_ += 1 - decimals;
        continue;
      }
      mantissa_ = 10 * mantissa_ + (*here_ - '0');
      if (mantissa_ > 0) ++kept_;
      exponent_ -= decimals;
    }
  }

  bool TakeExponent() {
    if (!Takes('e') && !Takes('E')) return true;
    const bool negative = Takes('-');
    if (!negative) Takes('+');
    if (here_ == end_) return false;
    int64_t exponent = 0;
    for (; here_ != end_ && *here_ >= '0' && *here_ <= '9'; ++here_) {
      exponent = std::min(10 * exponent + (*here_ - '0'), kLargestExponent);
    }
    exponent_ += negative ? -exponent : exponent;
    return true;
  }

  const char* here_;
  const char* end_;
  int64_t mantissa_ = 0;
  int64_t exponent_ = 0;
  int kept_ = 0;
  bool any_ = false;
};

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kPadding(" \0", 2);
  const size_t first = text.find_first_not_of(kPadding);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kPadding) - first + 1);
}

}  // namespace

std::string DecimalText(const double* values, int64_t count) {
  std::string text;
  text.reserve(static_cast<size_t>(count) * 9);
  for (int64_t n = 0; n < count; ++n) {
    if (n > 0) text.push_back('\\');
    AppendDecimal(values[n], text);
  }
  if (text.size() % 2 != 0) text.push_back(' ');
  return text;
}

bool ParseDecimals(std::string_view text, std::vector<double>& values) {
  if (Trimmed(text).empty()) return true;
  for (;;) {
    const size_t end = text.find('\\');
    double value = 0.0;
    if (!NumberParser(Trimmed(text.substr(0, end))).Parse(value)) return false;
    values.push_back(value);
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

}  // namespace sense
