#ifndef SENSE_NATIVE_SURFACE_FILLING_H_
#define SENSE_NATIVE_SURFACE_FILLING_H_

#include <array>
#include <cstdint>

namespace sense {

// Vertices are i, j and k in voxels, centres at integers; every number of a
// triangle's vertex is smaller than the count of vertices.
struct SurfaceTriangles {
  const double* vertices = nullptr;
  const int64_t* triangles = nullptr;
  int64_t count = 0;
};

// Sets `mask` to 1 where a voxel's centre lies inside a closed surface, else
// to 0: along every column of voxels, each crossing of the surface turns
// inside to outside. `size` is the number of columns, rows and slices.
// Triangles with corners that are not finite are left out.
void FillSurface(const SurfaceTriangles& surface,
                 const std::array<int64_t, 3>& size, uint8_t* mask);

}  // namespace sense

#endif  // SENSE_NATIVE_SURFACE_FILLING_H_
