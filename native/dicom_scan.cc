#include "native/dicom_scan.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>

#include "native/file_window.h"

namespace sense {
namespace {

constexpr uint32_t kUndefined = 0xFFFFFFFF;
constexpr DicomTag kItem = 0xFFFEE000;
constexpr DicomTag kItemEnd = 0xFFFEE00D;
constexpr DicomTag kSequenceEnd = 0xFFFEE0DD;
constexpr DicomTag kTransferSyntax = 0x00020010;
constexpr DicomTag kDirectoryRecords = 0x00041220;
constexpr DicomTag kSharedGroups = 0x52009229;
constexpr DicomTag kPerFrameGroups = 0x52009230;
constexpr DicomTag kFloatPixels = 0x7FE00008;
constexpr DicomTag kDoublePixels = 0x7FE00009;
constexpr DicomTag kPixels = 0x7FE00010;
constexpr int64_t kLongestValue = 1 << 16;
constexpr int kDeepest = 16;

uint32_t Read16(const uint8_t* bytes) {
  return static_cast<uint32_t>(bytes[0]) | static_cast<uint32_t>(bytes[1]) << 8;
}

uint32_t Read32(const uint8_t* bytes) {
  return Read16(bytes) | Read16(bytes + 2) << 16;
}

DicomTag ReadTag(const uint8_t* bytes) {
  return Read16(bytes) << 16 | Read16(bytes + 2);
}

bool IsOneOf(std::string_view vr, std::string_view list) {
  for (size_t at = 0; at + 2 <= list.size(); at += 2) {
    if (vr == list.substr(at, 2)) return true;
  }
  return false;
}

// Value representations with two and with four bytes of length (PS3.5 7.1.2).
constexpr std::string_view kShort =
    "AEASATCSDADSDTFDFLISLOLTPNSHSLSSSTTMUIULUS";
constexpr std::string_view kLong = "OBODOFOLOVOWSQSVUCUNURUTUV";

struct ElementHead {
  DicomTag tag = 0;
  uint32_t length = 0;
  int64_t value_offset = 0;
  bool may_be_sequence = false;
  bool is_uid = false;
};

class Scanner {
 public:
  Scanner(FileWindow& file, const std::vector<DicomTag>& wanted)
      : file_(file), wanted_(wanted) {}

  // Whether the file is a plain image; `header` is then filled.
  bool Scan(DicomHeader& header) {
    const uint8_t* magic = file_.Bytes(128, 4);
    if (magic == nullptr || std::memcmp(magic, "DICM", 4) != 0) return false;
    position_ = 132;
    return ScanMeta(header) && ScanDataSet(header);
  }

 private:
  // File meta information: group 2, always explicit (PS3.10 7.1).
  bool ScanMeta(DicomHeader& header) {
    std::string syntax;
    explicit_ = true;
    for (;;) {
      const uint8_t* bytes = file_.Bytes(position_, 8);
      if (bytes == nullptr) return false;
      if (Read16(bytes) != 0x0002) break;
      const std::optional<ElementHead> head = ReadHead();
      if (!head || head->length == kUndefined || !Keep(*head, header)) {
        return false;
      }
      if (head->tag == kTransferSyntax) {
        if (!head->is_uid || header.elements.empty() ||
            header.elements.back().tag != kTransferSyntax) {
          return false;
        }
        syntax = header.elements.back().value;
      }
    }
    return ChooseSyntax(syntax);
  }

  bool ChooseSyntax(std::string syntax) {
    while (!syntax.empty() && (syntax.back() == '\0' || syntax.back() == ' ')) {
      syntax.pop_back();
    }
    if (syntax == "1.2.840.10008.1.2") {
      explicit_ = false;
      return true;
    }
    encapsulated_ = syntax.starts_with("1.2.840.10008.1.2.4.") ||
                    syntax == "1.2.840.10008.1.2.5";
    return encapsulated_ || syntax == "1.2.840.10008.1.2.1";
  }

  bool ScanDataSet(DicomHeader& header) {
    DicomTag previous = 0x0002FFFF;
    for (;;) {
      const std::optional<ElementHead> head = ReadHead();
      if (!head || head->tag <= previous || !IsPlain(head->tag)) return false;
      previous = head->tag;
      if (head->tag == kPixels) return TakePixels(*head, header);
      if (head->length == kUndefined) {
        if (!head->may_be_sequence || IsWanted(head->tag)) return false;
        position_ = head->value_offset;
        if (!SkipItems(explicit_, 0)) return false;
      } else if (!Keep(*head, header)) {
        return false;
      }
    }
  }

  static bool IsPlain(DicomTag tag) {
    return tag >= 0x00080000 && tag < 0xFFFE0000 && tag != kDirectoryRecords &&
           tag != kSharedGroups && tag != kPerFrameGroups &&
           tag != kFloatPixels && tag != kDoublePixels && tag <= kPixels;
  }

  bool IsWanted(DicomTag tag) const {
    return std::binary_search(wanted_.begin(), wanted_.end(), tag);
  }

  // Reads the head of the element at the position; it stays there.
  std::optional<ElementHead> ReadHead() {
    const uint8_t* bytes = file_.Bytes(position_, 8);
    if (bytes == nullptr) return std::nullopt;
    ElementHead head;
    head.tag = ReadTag(bytes);
    head.value_offset = position_ + 8;
    if (!explicit_) {
      head.length = Read32(bytes + 4);
      head.may_be_sequence = true;
      return head;
    }
    const std::string_view vr(reinterpret_cast<const char*>(bytes) + 4, 2);
    if (IsOneOf(vr, kShort)) {
      head.length = Read16(bytes + 6);
      head.is_uid = vr == "UI";
      return head;
    }
    if (!IsOneOf(vr, kLong)) return std::nullopt;
    head.may_be_sequence = vr == "SQ";
    bytes = file_.Bytes(position_ + 8, 4);
    if (bytes == nullptr) return std::nullopt;
    head.length = Read32(bytes);
    head.value_offset = position_ + 12;
    return head;
  }

  // Moves behind an element of defined length, and keeps it when wanted.
  bool Keep(const ElementHead& head, DicomHeader& header) {
    const int64_t length = head.length;
    if (length > file_.size() - head.value_offset) return false;
    if (IsWanted(head.tag)) {
      if (length > kLongestValue) return false;
      const uint8_t* value = file_.Bytes(head.value_offset, length);
      if (value == nullptr) return false;
      header.elements.push_back(
          {head.tag, std::string(reinterpret_cast<const char*>(value),
                                 static_cast<size_t>(length))});
    }
    position_ = head.value_offset + length;
    return true;
  }

  // Moves behind the items of a sequence of undefined length (PS3.5 7.5).
  bool SkipItems(bool explicit_vr, int depth) {
    if (depth > kDeepest) return false;
    for (;;) {
      const uint8_t* bytes = file_.Bytes(position_, 8);
      if (bytes == nullptr) return false;
      const DicomTag tag = ReadTag(bytes);
      const uint32_t length = Read32(bytes + 4);
      position_ += 8;
      if (tag == kSequenceEnd) return length == 0;
      if (tag != kItem) return false;
      if (length != kUndefined) {
        if (length > file_.size() - position_) return false;
        position_ += length;
      } else if (!SkipItem(explicit_vr, depth)) {
        return false;
      }
    }
  }

  // Moves behind the delimiter of an item of undefined length.
  bool SkipItem(bool explicit_vr, int depth) {
    const bool outer = explicit_;
    explicit_ = explicit_vr;
    bool good = false;
    for (;;) {
      const uint8_t* bytes = file_.Bytes(position_, 8);
      if (bytes == nullptr) break;
      if (ReadTag(bytes) == kItemEnd) {
        good = Read32(bytes + 4) == 0;
        position_ += 8;
        break;
      }
      const std::optional<ElementHead> head = ReadHead();
      if (!head || (head->tag >> 16) == 0xFFFE) break;
      position_ = head->value_offset;
      if (head->length == kUndefined) {
        if (!head->may_be_sequence || !SkipItems(explicit_vr, depth + 1)) break;
      } else {
        if (head->length > file_.size() - position_) break;
        position_ += head->length;
      }
    }
    explicit_ = outer;
    return good;
  }

  bool TakePixels(const ElementHead& head, DicomHeader& header) {
    header.pixel_offset = head.value_offset;
    if (encapsulated_ != (head.length == kUndefined)) return false;
    if (encapsulated_) {
      header.pixel_length = -1;
      return AllFragments(head.value_offset);
    }
    header.pixel_length = head.length;
    return head.length <= file_.size() - head.value_offset;
  }

  // Whether encapsulated pixel data end as they should (PS3.5 A.4).
  bool AllFragments(int64_t position) {
    for (;;) {
      const uint8_t* bytes = file_.Bytes(position, 8);
      if (bytes == nullptr) return false;
      const DicomTag tag = ReadTag(bytes);
      if (tag == kSequenceEnd) return true;
      const uint32_t length = Read32(bytes + 4);
      if (tag != kItem || length > file_.size() - position - 8) return false;
      position += 8 + static_cast<int64_t>(length);
    }
  }

  FileWindow& file_;
  const std::vector<DicomTag>& wanted_;
  int64_t position_ = 0;
  bool explicit_ = true;
  bool encapsulated_ = false;
};

}  // namespace

DicomHeader ScanDicomHeader(const std::string& path,
                            const std::vector<DicomTag>& wanted) {
  FileWindow file(path);
  DicomHeader header;
  if (!file.is_open()) return header;
  header.file_size = file.size();
  header.modified_ns = file.modified_ns();
  header.plain = Scanner(file, wanted).Scan(header);
  return header;
}

}  // namespace sense
