#ifndef SENSE_NATIVE_CONTOUR_ITEMS_H_
#define SENSE_NATIVE_CONTOUR_ITEMS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sense {

// One item of a ROI contour sequence: a region of interest.
struct ContourRegion {
  std::string number;  // ReferencedROINumber, as stored.
  std::string colour;  // ROIDisplayColor, as stored.
  int64_t first_contour = 0;
};

// What a ROI contour sequence (PS3.3 C.8.8.6) holds, in the order of the file.
struct ContourItems {
  std::vector<ContourRegion> regions;
  std::vector<std::string> kinds;     // ContourGeometricType of every contour.
  std::vector<double> values;         // Coordinates of all points.
  std::vector<int64_t> starts = {0};  // First value of each, then the count.
  int64_t size = 0;                   // Bytes of the sequence.
};

inline constexpr uint32_t kUndefinedLength = 0xFFFFFFFF;

// Reads the items of the sequence that `bytes` (the rest of a little endian
// file) begin with. `length` is as stored: where it is undefined, the sequence
// ends with its delimiter. Nothing where the bytes are no such sequence; no
// byte beyond them is touched.
std::optional<ContourItems> ReadContourItems(std::string_view bytes,
                                             uint32_t length,
                                             bool explicit_vr);

}  // namespace sense

#endif  // SENSE_NATIVE_CONTOUR_ITEMS_H_
