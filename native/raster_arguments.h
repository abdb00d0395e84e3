#ifndef SENSE_NATIVE_RASTER_ARGUMENTS_H_
#define SENSE_NATIVE_RASTER_ARGUMENTS_H_

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cmath>
#include <cstring>
#include <type_traits>
#include <vector>

#include "native/raster_math.h"

namespace sense {

template <typename Number, int kColumns>
using Columns =
    nanobind::ndarray<const Number, nanobind::shape<-1, kColumns>,
                      nanobind::c_contig, nanobind::device::cpu>;
using Matrix = nanobind::ndarray<const double, nanobind::shape<4, 4>,
                                 nanobind::c_contig, nanobind::device::cpu>;

template <typename Row, typename Array>
std::vector<Row> Rows(const Array& array) {
  static_assert(std::is_trivially_copyable_v<Row>);
  constexpr size_t kMostRows = 1 << 29;
  if (array.shape(0) > kMostRows) throw nanobind::value_error("too many rows");
  std::vector<Row> rows(array.shape(0));
  if (!rows.empty()) {
    std::memcpy(static_cast<void*>(rows.data()), array.data(),
                rows.size() * sizeof(Row));
  }
  return rows;
}

template <typename Array>
void RequireFinite(const Array& array, const char* what) {
  for (size_t n = 0; n < array.size(); ++n) {
    if (!std::isfinite(array.data()[n])) throw nanobind::value_error(what);
  }
}

// The upper rows of the 4 x 4 matrix at `values`.
inline Affine3 AffineAt(const double* values) {
  for (size_t n = 0; n < 12; ++n) {
    if (!std::isfinite(values[n])) {
      throw nanobind::value_error("matrix: not finite");
    }
  }
  Affine3 affine;
  for (int r = 0; r < 3; ++r) {
    affine.row[r] = {values[4 * r], values[4 * r + 1], values[4 * r + 2]};
  }
  affine.shift = {values[3], values[7], values[11]};
  return affine;
}

}  // namespace sense

#endif  // SENSE_NATIVE_RASTER_ARGUMENTS_H_
