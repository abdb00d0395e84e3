#ifndef SENSE_NATIVE_STL_FACETS_H_
#define SENSE_NATIVE_STL_FACETS_H_

#include <cstdint>

#include "native/surface_filling.h"

namespace sense {

inline constexpr int64_t kFacetBytes = 50;

// Writes the facets of a binary STL file: normal and three corners as 32-bit
// floats, little endian, and two bytes of attributes.
void WriteFacets(const SurfaceTriangles& surface, uint8_t* facets);

}  // namespace sense

#endif  // SENSE_NATIVE_STL_FACETS_H_
