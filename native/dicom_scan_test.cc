#include "native/dicom_scan.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "native/testing.h"

namespace sense {
namespace {

const std::vector<DicomTag> kWanted = {0x00020010, 0x00080060, 0x00280010};

std::string Little(uint32_t value, int bytes) {
  std::string out;
  for (int n = 0; n < bytes; ++n) {
    out += static_cast<char>(value >> (8 * n) & 0xFF);
  }
  return out;
}

std::string Tag(DicomTag tag) {
  return Little(tag >> 16, 2) + Little(tag & 0xFFFF, 2);
}

std::string Explicit(DicomTag tag, const std::string& vr,
                     const std::string& value) {
  const bool is_long = vr == "OB" || vr == "OW" || vr == "SQ" || vr == "UN";
  const auto length = static_cast<uint32_t>(value.size());
  return Tag(tag) + vr +
         (is_long ? std::string(2, '\0') + Little(length, 4)
                  : Little(length, 2)) +
         value;
}

std::string Meta(const std::string& syntax) {
  return std::string(128, '\0') + "DICM" + Explicit(0x00020010, "UI", syntax);
}

std::string PlainImage() {
  return Meta("1.2.840.10008.1.2.1") + Explicit(0x00080060, "CS", "CT") +
         Explicit(0x00280010, "US", Little(2, 2)) +
         Explicit(0x7FE00010, "OW", "12345678");
}

DicomHeader ScanBytes(const std::string& content) {
  const auto path = std::filesystem::temp_directory_path() /
                    "sense_dicom_scan_test.dcm";
  std::ofstream(path, std::ios::binary) << content;
  const DicomHeader header = ScanDicomHeader(path.string(), kWanted);
  std::filesystem::remove(path);
  return header;
}

void FindsElementsAndPixels() {
  const std::string content = PlainImage();
  const DicomHeader header = ScanBytes(content);
  SENSE_EXPECT(header.plain);
  SENSE_EXPECT(header.elements.size() == 3);
  SENSE_EXPECT(header.elements[1].value == "CT");
  SENSE_EXPECT(header.pixel_length == 8);
  SENSE_EXPECT(content.substr(header.pixel_offset) == "12345678");
}

void EveryTruncationIsLeftToTheFullParser() {
  const std::string content = PlainImage();
  for (size_t size = 0; size < content.size(); ++size) {
    SENSE_EXPECT(!ScanBytes(content.substr(0, size)).plain);
  }
}

void SkipsNestedSequencesOfUndefinedLength() {
  const std::string item = Tag(0xFFFEE000) + Little(0xFFFFFFFF, 4);
  const std::string item_end = Tag(0xFFFEE00D) + Little(0, 4);
  const std::string end = Tag(0xFFFEE0DD) + Little(0, 4);
  const std::string open = std::string("SQ") + std::string(2, '\0') +
                           Little(0xFFFFFFFF, 4);
  const std::string inner = Tag(0x00081155) + open + item +
                            Explicit(0x00080060, "CS", "XX") + item_end + end;
  const std::string content =
      Meta("1.2.840.10008.1.2.1") + Tag(0x00081140) + open + item + inner +
      item_end + end + Explicit(0x00280010, "US", Little(7, 2)) +
      Explicit(0x7FE00010, "OW", "1234");
  const DicomHeader header = ScanBytes(content);
  SENSE_EXPECT(header.plain);
  SENSE_EXPECT(header.elements.size() == 2);
  SENSE_EXPECT(header.elements[1].value == Little(7, 2));
}

void DeepNestingIsLeftToTheFullParser() {
  std::string content = Meta("1.2.840.10008.1.2.1");
  for (int depth = 0; depth < 10000; ++depth) {
    content += Tag(0x00081140) + "SQ" + std::string(2, '\0') +
               Little(0xFFFFFFFF, 4) + Tag(0xFFFEE000) + Little(0xFFFFFFFF, 4);
  }
  SENSE_EXPECT(!ScanBytes(content).plain);
}

void UnsortedAndForeignFilesAreLeftToTheFullParser() {
  SENSE_EXPECT(!ScanBytes("").plain);
  SENSE_EXPECT(!ScanBytes("a text").plain);
  SENSE_EXPECT(!ScanBytes(Meta("1.2.840.10008.1.2.2")).plain);
  SENSE_EXPECT(!ScanBytes(Meta("1.2.840.10008.1.2.1") +
                          Explicit(0x00280010, "US", Little(2, 2)) +
                          Explicit(0x00080060, "CS", "CT") +
                          Explicit(0x7FE00010, "OW", "12"))
                    .plain);
  SENSE_EXPECT(!ScanDicomHeader("/dev/zero", kWanted).plain);
  SENSE_EXPECT(!ScanDicomHeader("there is no such file", kWanted).plain);
}

}  // namespace
}  // namespace sense

int main() {
  sense::FindsElementsAndPixels();
  sense::EveryTruncationIsLeftToTheFullParser();
  sense::SkipsNestedSequencesOfUndefinedLength();
  sense::DeepNestingIsLeftToTheFullParser();
  sense::UnsortedAndForeignFilesAreLeftToTheFullParser();
  return 0;
}
