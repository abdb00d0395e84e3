#include "native/raster_scene.h"

namespace sense {

std::vector<Vec3f> SmoothNormals(
    const std::vector<Vec3f>& positions,
    const std::vector<std::array<int32_t, 3>>& triangles) {
  std::vector<Vec3f> normals(positions.size());
  for (const auto& [a, b, c] : triangles) {
    const Vec3f area = Cross(positions[b] - positions[a],
                             positions[c] - positions[a]);
    normals[a] += area;
    normals[b] += area;
    normals[c] += area;
  }
  for (Vec3f& normal : normals) normal = Normalised(normal);
  return normals;
}

}  // namespace sense
