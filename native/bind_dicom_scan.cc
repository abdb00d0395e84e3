#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "native/bindings.h"
#include "native/dicom_scan.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

nb::object ToPython(const DicomHeader& header) {
  if (!header.plain) return nb::none();
  nb::dict values;
  for (const DicomElement& element : header.elements) {
    values[nb::int_(element.tag)] =
        nb::bytes(element.value.data(), element.value.size());
  }
  return nb::make_tuple(header.file_size, values, header.pixel_offset,
                        header.pixel_length);
}

nb::list ScanDicomHeaders(const nb::list& paths, std::vector<DicomTag> wanted) {
  std::vector<std::string> names;
  for (const nb::handle path : paths) {
    const auto name = nb::cast<nb::bytes>(path);
    names.emplace_back(name.c_str(), name.size());
  }
  std::sort(wanted.begin(), wanted.end());
  std::vector<DicomHeader> headers;
  headers.reserve(names.size());
  {
    nb::gil_scoped_release release;
    for (const std::string& name : names) {
      headers.push_back(ScanDicomHeader(name, wanted));
    }
  }
  nb::list found;
  for (const DicomHeader& header : headers) found.append(ToPython(header));
  return found;
}

}  // namespace

void BindDicomScan(nb::module_& module) {
  module.def("scan_dicom_headers", &ScanDicomHeaders, "paths"_a, "wanted"_a);
}

}  // namespace sense
