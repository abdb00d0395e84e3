#include "native/contour_items.h"

#include <algorithm>
#include <array>

#include "native/decimal_text.h"

namespace sense {
namespace {

constexpr uint32_t kItem = 0xFFFEE000;
constexpr uint32_t kItemEnd = 0xFFFEE00D;
constexpr uint32_t kSequenceEnd = 0xFFFEE0DD;
constexpr uint32_t kDisplayColour = 0x3006002A;
constexpr uint32_t kContourSequence = 0x30060040;
constexpr uint32_t kGeometricType = 0x30060042;
constexpr uint32_t kContourData = 0x30060050;
constexpr uint32_t kRegionNumber = 0x30060084;
constexpr int kDeepest = 16;

// Value representations with a length of two bytes (PS3.5 7.1.2).
constexpr std::array<std::string_view, 21> kShort = {
    "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO",
    "LT", "PN", "SH", "SL", "SS", "ST", "TM", "UI", "UL", "US"};

struct Element {
  uint32_t tag = 0;
  uint32_t length = 0;
  int64_t value = 0;  // Where its value begins.
  bool is_unknown = false;
};

// Walks elements and items; every read is checked against the end.
class Reader {
 public:
  Reader(std::string_view bytes, bool explicit_vr)
      : bytes_(bytes), explicit_(explicit_vr) {}

  std::optional<ContourItems> Run(uint32_t length) {
    int64_t position = 0;
    const bool good = Items(position, length, [this](int64_t& at, uint32_t n) {
      found_.regions.push_back({{}, {}, Contours()});
      return Elements(at, n, [this](const Element& element) {
        return TakeOfRegion(element);
      });
    });
    if (!good) return std::nullopt;
    found_.size = position;
    return std::move(found_);
  }

 private:
  int64_t Contours() const {
    return static_cast<int64_t>(found_.kinds.size());
  }

  bool Has(int64_t position, int64_t count) const {
    return count <= static_cast<int64_t>(bytes_.size()) - position;
  }

  uint32_t Number(int64_t position, int bytes) const {
    uint32_t number = 0;
    for (int n = bytes - 1; n >= 0; --n) {
      number = number << 8 | static_cast<uint8_t>(bytes_[position + n]);
    }
    return number;
  }

  uint32_t TagAt(int64_t position) const {
    return Number(position, 2) << 16 | Number(position + 2, 2);
  }

  std::string_view ValueOf(const Element& element) const {
    return bytes_.substr(element.value, element.length);
  }

  bool Head(int64_t position, Element& element) const {
    if (!Has(position, 8)) return false;
    element = {TagAt(position), Number(position + 4, 4), position + 8};
    // Items and delimiters have no value representation.
    if (!explicit_ || element.tag >> 16 == 0xFFFE) return true;
    const std::string_view vr = bytes_.substr(position + 4, 2);
    if (std::find(kShort.begin(), kShort.end(), vr) != kShort.end()) {
      element.length = Number(position + 6, 2);
      return true;
    }
    if (!Has(position, 12)) return false;
    element.length = Number(position + 8, 4);
    element.value = position + 12;
    element.is_unknown = vr == "UN";
    return true;
  }

  // Calls take(position, length) for every item; it moves behind the item.
  template <typename Take>
  bool Items(int64_t& position, uint32_t length, const Take& take) {
    const bool open = length == kUndefinedLength;
    if (!open && !Has(position, length)) return false;
    const int64_t end = open ? -1 : position + length;
    while (open || position < end) {
      if (!Has(position, 8)) return false;
      const uint32_t tag = TagAt(position);
      const uint32_t size = Number(position + 4, 4);
      position += 8;
      if (open && tag == kSequenceEnd) return true;
      if (tag != kItem || !take(position, size)) return false;
    }
    return position == end;
  }

  // Calls take(element) for every element of an item; it skips nothing.
  template <typename Take>
  bool Elements(int64_t& position, uint32_t length, const Take& take) {
    const bool open = length == kUndefinedLength;
    if (!open && !Has(position, length)) return false;
    const int64_t end = open ? -1 : position + length;
    while (open || position < end) {
      Element element;
      if (!Head(position, element)) return false;
      if (open && element.tag == kItemEnd) {
        position = element.value;
        return true;
      }
      if (!Skip(element, position) || !take(element)) return false;
    }
    return position == end;
  }

  // Moves `position` behind an element of any length.
  bool Skip(const Element& element, int64_t& position) {
    position = element.value;
    if (element.length != kUndefinedLength) {
      if (element.tag >> 16 == 0xFFFE || !Has(position, element.length)) {
        return false;
      }
      position += element.length;
      return true;
    }
    if (element.is_unknown || ++depth_ > kDeepest) return false;
    const bool good =
        Items(position, element.length, [this](int64_t& at, uint32_t n) {
          return Elements(at, n, [](const Element&) { return true; });
        });
    --depth_;
    return good;
  }

  bool TakeOfRegion(const Element& element) {
    ContourRegion& region = found_.regions.back();
    if (element.tag == kContourSequence) {
      int64_t position = element.value;
      return !element.is_unknown &&
             Items(position, element.length, [this](int64_t& at, uint32_t n) {
               return TakeContour(at, n);
             });
    }
    if (element.length == kUndefinedLength) return true;
    if (element.tag == kDisplayColour) region.colour = ValueOf(element);
    if (element.tag == kRegionNumber) region.number = ValueOf(element);
    return true;
  }

  bool TakeContour(int64_t& position, uint32_t length) {
    found_.kinds.emplace_back();
    const bool good = Elements(position, length, [this](const Element& item) {
      if (item.length == kUndefinedLength) return true;
      if (item.tag == kGeometricType) found_.kinds.back() = ValueOf(item);
      return item.tag != kContourData ||
             ParseDecimals(ValueOf(item), found_.values);
    });
    found_.starts.push_back(static_cast<int64_t>(found_.values.size()));
    return good;
  }

  std::string_view bytes_;
  bool explicit_;
  int depth_ = 0;
  ContourItems found_;
};

}  // namespace

std::optional<ContourItems> ReadContourItems(std::string_view bytes,
                                             uint32_t length,
                                             bool explicit_vr) {
  return Reader(bytes, explicit_vr).Run(length);
}

}  // namespace sense
