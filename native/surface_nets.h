#ifndef SENSE_NATIVE_SURFACE_NETS_H_
#define SENSE_NATIVE_SURFACE_NETS_H_

#include <array>
#include <cstdint>
#include <vector>

namespace sense {

// Triangles between numbered vertices.
struct SurfaceMesh {
  std::vector<double> vertices;    // i, j and k of every vertex.
  std::vector<int64_t> triangles;  // Three vertices each.
};

// The border of a mask (not 0 is inside) by naive surface nets (Gibson 1998):
// a vertex in every cell between eight voxels that the border crosses, at the
// mean of the crossings, and two triangles for each pair of neighbours inside
// and outside, split the shorter way. Closed also at the ends of the grid;
// counterclockwise seen from outside in a right-handed grid. `size` is the
// number of columns, rows and slices.
SurfaceMesh SurfaceNets(const uint8_t* mask,
                        const std::array<int64_t, 3>& size);

}  // namespace sense

#endif  // SENSE_NATIVE_SURFACE_NETS_H_
