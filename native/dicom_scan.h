#ifndef SENSE_NATIVE_DICOM_SCAN_H_
#define SENSE_NATIVE_DICOM_SCAN_H_

#include <cstdint>
#include <string>
#include <vector>

namespace sense {

// A tag as (group << 16) + element.
using DicomTag = uint32_t;

struct DicomElement {
  DicomTag tag;
  std::string value;  // As stored, padding included.
};

// What was found in one file.
struct DicomHeader {
  // False where the file is anything but a plain image: then nothing else
  // holds and a full parser has to look at it.
  bool plain = false;
  int64_t file_size = 0;
  int64_t modified_ns = 0;  // Since 1970, as Python's st_mtime_ns.
  std::vector<DicomElement> elements;
  int64_t pixel_offset = 0;
  int64_t pixel_length = -1;  // -1 for encapsulated pixel data.
};

// Reads the wanted top-level elements of a DICOM file up to its pixel data
// (PS3.5 7, PS3.10 7). A plain image has the preamble, a little-endian transfer
// syntax that is not deflated, sorted elements with the value representations
// of the standard, ends with its pixel data or what follows them, and holds
// every byte that it announces. No functional groups, no float pixel data.
//
// The file is not trusted: lengths are checked against its size before they
// are used, and nesting is limited.
DicomHeader ScanDicomHeader(const std::string& path,
                            const std::vector<DicomTag>& wanted);

}  // namespace sense

#endif  // SENSE_NATIVE_DICOM_SCAN_H_
