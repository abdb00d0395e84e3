#include "native/contour_items.h"

#include <random>
#include <string>

#include "native/testing.h"

namespace sense {
namespace {

std::string Little(uint32_t value, int bytes) {
  std::string text;
  for (int n = 0; n < bytes; ++n) {
    text.push_back(static_cast<char>(value >> 8 * n));
  }
  return text;
}

std::string Tag(uint32_t tag) {
  return Little(tag >> 16, 2) + Little(tag & 0xFFFF, 2);
}

// Writes elements as `explicit_vr` and `undefined` (lengths) say.
struct Writer {
  bool explicit_vr;
  bool undefined;

  std::string Text(uint32_t tag, const std::string& vr,
                   const std::string& value) const {
    const auto size = static_cast<uint32_t>(value.size());
    if (!explicit_vr) return Tag(tag) + Little(size, 4) + value;
    return Tag(tag) + vr + Little(size, 2) + value;
  }

  std::string Item(const std::string& content) const {
    const auto size = static_cast<uint32_t>(content.size());
    if (!undefined) return Tag(0xFFFEE000) + Little(size, 4) + content;
    return Tag(0xFFFEE000) + Little(kUndefinedLength, 4) + content +
           Tag(0xFFFEE00D) + Little(0, 4);
  }

  std::string Items(const std::string& items) const {
    return undefined ? items + Tag(0xFFFEE0DD) + Little(0, 4) : items;
  }

  std::string Sequence(uint32_t tag, const std::string& items) const {
    const std::string value = Items(items);
    const uint32_t size =
        undefined ? kUndefinedLength : static_cast<uint32_t>(value.size());
    const std::string vr = explicit_vr ? std::string("SQ\0\0", 4) : "";
    return Tag(tag) + vr + Little(size, 4) + value;
  }

  std::string Contour(const std::string& kind, const std::string& data) const {
    return Item(Sequence(0x30060016, Item(Text(0x00081155, "UI", "1.2 "))) +
                Text(0x30060042, "CS", kind) + Text(0x30060050, "DS", data));
  }

  std::string Whole() const {
    return Items(
        Item(Text(0x3006002A, "IS", "255\\0\\0 ") +
             Sequence(0x30060040, Contour("POINT ", "1\\2\\3 ") +
                                      Contour("CLOSED_PLANAR ",
                                              "0\\0\\5\\1\\0\\5\\1\\1\\5 ")) +
             Text(0x30060084, "IS", "7 ")) +
        Item(Text(0x30060084, "IS", "8 ")));
  }

  uint32_t Length() const {
    return undefined ? kUndefinedLength
                     : static_cast<uint32_t>(Whole().size());
  }
};

void AllEncodingsAreRead() {
  for (const Writer& writer :
       {Writer{false, false}, Writer{false, true}, Writer{true, false},
        Writer{true, true}}) {
    const std::string bytes = writer.Whole() + "what follows";
    const auto found =
        ReadContourItems(bytes, writer.Length(), writer.explicit_vr);
    SENSE_EXPECT(found.has_value());
    SENSE_EXPECT(found->size == static_cast<int64_t>(writer.Whole().size()));
    SENSE_EXPECT(found->regions.size() == 2);
    SENSE_EXPECT(found->regions[0].number == "7 ");
    SENSE_EXPECT(found->regions[0].colour == "255\\0\\0 ");
    SENSE_EXPECT(found->regions[1].first_contour == 2);
    SENSE_EXPECT(found->kinds[1] == "CLOSED_PLANAR ");
    SENSE_EXPECT((found->starts == std::vector<int64_t>{0, 3, 12}));
    SENSE_EXPECT(found->values[11] == 5.0);
  }
}

void WhatIsCutOffIsRefused() {
  for (const Writer& writer : {Writer{false, false}, Writer{true, true}}) {
    const std::string bytes = writer.Whole();
    for (size_t size = 0; size < bytes.size(); ++size) {
      SENSE_EXPECT(!ReadContourItems(bytes.substr(0, size), writer.Length(),
                                     writer.explicit_vr));
    }
  }
}

void DamageDoesNoHarm() {
  std::mt19937 random(3);
  for (int run = 0; run < 20000; ++run) {
    const Writer writer{run % 2 == 0, run % 4 < 2};
    std::string bytes = writer.Whole();
    for (int flip = 0; flip < 3; ++flip) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    const auto found =
        ReadContourItems(bytes, writer.Length(), writer.explicit_vr);
    SENSE_EXPECT(!found || found->starts.size() == found->kinds.size() + 1);
  }
}

void DeepNestingIsRefused() {
  std::string bytes;
  for (int depth = 0; depth < 100000; ++depth) {
    bytes += Tag(0xFFFEE000) + Little(kUndefinedLength, 4) + Tag(0x00081140) +
             Little(kUndefinedLength, 4);
  }
  SENSE_EXPECT(!ReadContourItems(bytes, kUndefinedLength, false));
}

}  // namespace
}  // namespace sense

int main() {
  sense::AllEncodingsAreRead();
  sense::WhatIsCutOffIsRefused();
  sense::DamageDoesNoHarm();
  sense::DeepNestingIsRefused();
}
