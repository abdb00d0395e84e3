#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "native/bindings.h"
#include "native/contour_filling.h"
#include "native/contour_items.h"
#include "native/contour_tracing.h"
#include "native/decimal_text.h"
#include "native/owned_array.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

using MaskSlice =
    nb::ndarray<const uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using FilledSlice =
    nb::ndarray<uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Numbers =
    nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Points = nb::ndarray<const double, nb::shape<-1, 2>, nb::c_contig,
                           nb::device::cpu>;
using Starts =
    nb::ndarray<const int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Bytes =
    nb::ndarray<const uint8_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

void CheckStarts(const Starts& starts, size_t count) {
  bool good = starts.size() > 0 && starts(0) == 0;
  for (size_t n = 1; good && n < starts.size(); ++n) {
    good = starts(n - 1) <= starts(n);
  }
  if (!good || static_cast<size_t>(starts(starts.size() - 1)) != count) {
    throw nb::value_error("starts: ascending, from 0 to the count");
  }
}

nb::tuple TraceMask(const MaskSlice& mask) {
  Contours found;
  {
    nb::gil_scoped_release release;
    found = TraceContours(mask.data(), static_cast<int64_t>(mask.shape(0)),
                          static_cast<int64_t>(mask.shape(1)));
  }
  return nb::make_tuple(OwnedArray<2>(std::move(found.points)),
                        OwnedArray(std::move(found.starts)));
}

void FillMask(const Points& points, const Starts& starts, FilledSlice out) {
  CheckStarts(starts, points.shape(0));
  const Polygons polygons{points.data(), starts.data(),
                          static_cast<int64_t>(starts.size()) - 1};
  nb::gil_scoped_release release;
  FillContours(polygons, static_cast<int64_t>(out.shape(0)),
               static_cast<int64_t>(out.shape(1)), out.data());
}

nb::list DecimalTexts(const Numbers& values, const Starts& starts) {
  CheckStarts(starts, values.size());
  for (size_t n = 0; n < values.size(); ++n) {
    if (!(std::abs(values(n)) < kLargestDecimal)) {
      throw nb::value_error("values: finite, and no decimal string too long");
    }
  }
  nb::list texts;
  for (size_t n = 0; n + 1 < starts.size(); ++n) {
    const std::string text =
        DecimalText(values.data() + starts(n), starts(n + 1) - starts(n));
    texts.append(nb::bytes(text.data(), text.size()));
  }
  return texts;
}

nb::list ListOf(const std::vector<std::string>& texts) {
  nb::list list;
  for (const std::string& text : texts) {
    list.append(nb::bytes(text.data(), text.size()));
  }
  return list;
}

nb::object ScanContourItems(const Bytes& bytes, uint32_t length,
                            bool explicit_vr) {
  std::optional<ContourItems> found;
  {
    nb::gil_scoped_release release;
    found = ReadContourItems(
        {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, length,
        explicit_vr);
  }
  if (!found) return nb::none();
  nb::list regions;
  for (const ContourRegion& region : found->regions) {
    regions.append(nb::make_tuple(
        nb::bytes(region.number.data(), region.number.size()),
        nb::bytes(region.colour.data(), region.colour.size()),
        region.first_contour));
  }
  return nb::make_tuple(regions, ListOf(found->kinds),
                        OwnedArray(std::move(found->values)),
                        OwnedArray(std::move(found->starts)), found->size);
}

}  // namespace

void BindContours(nb::module_& module) {
  module.def("trace_contours", &TraceMask, "mask"_a.noconvert());
  module.def("fill_contours", &FillMask, "points"_a.noconvert(),
             "starts"_a.noconvert(), "out"_a.noconvert());
  module.def("decimal_texts", &DecimalTexts, "values"_a.noconvert(),
             "starts"_a.noconvert());
  module.def("scan_contour_items", &ScanContourItems, "bytes"_a.noconvert(),
             "length"_a, "explicit_vr"_a);
}

}  // namespace sense
