#include "native/stl_facets.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace sense {
namespace {

void Write(float value, uint8_t* bytes) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  for (int n = 0; n < 4; ++n) bytes[n] = static_cast<uint8_t>(bits >> 8 * n);
}

}  // namespace

void WriteFacets(const SurfaceTriangles& surface, uint8_t* facets) {
  for (int64_t n = 0; n < surface.count; ++n, facets += kFacetBytes) {
    const double* corner[3];
    for (int c = 0; c < 3; ++c) {
      corner[c] = surface.vertices + 3 * surface.triangles[3 * n + c];
    }
    double normal[3];
    double length = 0.0;
    for (int axis = 0; axis < 3; ++axis) {
      const int u = (axis + 1) % 3;
      const int v = (axis + 2) % 3;
      normal[axis] =
          (corner[1][u] - corner[0][u]) * (corner[2][v] - corner[0][v]) -
          (corner[1][v] - corner[0][v]) * (corner[2][u] - corner[0][u]);
      length += normal[axis] * normal[axis];
    }
    length = length > 0.0 ? std::sqrt(length) : 1.0;
    for (int axis = 0; axis < 3; ++axis) {
      Write(static_cast<float>(normal[axis] / length), facets + 4 * axis);
      for (int c = 0; c < 3; ++c) {
        Write(static_cast<float>(corner[c][axis]),
              facets + 4 * (3 + 3 * c + axis));
      }
    }
    std::memset(facets + 48, 0, 2);
  }
}

}  // namespace sense
