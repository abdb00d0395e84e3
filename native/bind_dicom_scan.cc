#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <string>
#include <vector>

#include "native/bindings.h"
#include "native/dicom_scan.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

void Append32(std::string& bytes, uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) {
    bytes += static_cast<char>(value >> shift & 0xFF);
  }
}

// What most files of a series have in common is one string, so that Python
// sees at once that it knows all of it: tag and length, 32 bits each in little
// endian, and the value of one element after the other.
nb::object ToPython(const DicomHeader& header,
                    const std::vector<DicomTag>& varying) {
  if (!header.plain) return nb::none();
  nb::dict values;
  std::string shared;
  for (const DicomElement& element : header.elements) {
    if (std::binary_search(varying.begin(), varying.end(), element.tag)) {
      values[nb::int_(element.tag)] =
          nb::bytes(element.value.data(), element.value.size());
    } else {
      Append32(shared, element.tag);
      Append32(shared, static_cast<uint32_t>(element.value.size()));
      shared += element.value;
    }
  }
  return nb::make_tuple(header.file_size, header.modified_ns,
                        nb::bytes(shared.data(), shared.size()), values,
                        header.pixel_offset, header.pixel_length);
}

nb::list ScanDicomHeaders(const nb::list& paths, std::vector<DicomTag> wanted,
                          std::vector<DicomTag> varying) {
  std::vector<std::string> names;
  for (const nb::handle path : paths) {
    const auto name = nb::cast<nb::bytes>(path);
    names.emplace_back(name.c_str(), name.size());
  }
  std::sort(wanted.begin(), wanted.end());
  std::sort(varying.begin(), varying.end());
  std::vector<DicomHeader> headers;
  headers.reserve(names.size());
  {
    nb::gil_scoped_release release;
    for (const std::string& name : names) {
      headers.push_back(ScanDicomHeader(name, wanted));
    }
  }
  nb::list found;
  for (const DicomHeader& header : headers) {
    found.append(ToPython(header, varying));
  }
  return found;
}

}  // namespace

void BindDicomScan(nb::module_& module) {
  module.def("scan_dicom_headers", &ScanDicomHeaders, "paths"_a, "wanted"_a,
             "varying"_a);
}

}  // namespace sense
