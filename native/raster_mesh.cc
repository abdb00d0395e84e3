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

std::vector<std::array<float, 4>> TextureTangents(const RasterMesh& mesh) {
  const std::vector<Vec3f>& positions = mesh.rest.positions;
  const std::vector<std::array<float, 2>>& uv = mesh.uv[0];
  std::vector<Vec3f> along(positions.size()), across(positions.size());
  for (const auto& [a, b, c] : mesh.triangles) {
    const Vec3f e = positions[b] - positions[a], f = positions[c] - positions[a];
    const float du = uv[b][0] - uv[a][0];
    const float dv = uv[b][1] - uv[a][1];
    const float eu = uv[c][0] - uv[a][0];
    const float ev = uv[c][1] - uv[a][1];
    const float turn = du * ev - dv * eu < 0 ? -1.0f : 1.0f;
    for (const int32_t corner : {a, b, c}) {
      along[corner] += (e * ev - f * dv) * turn;
      across[corner] += (f * du - e * eu) * turn;
    }
  }
  std::vector<std::array<float, 4>> tangents;
  for (size_t n = 0; n < positions.size(); ++n) {
    const Vec3f& normal = mesh.rest.normals[n];
    const Vec3f t = Normalised(along[n] - normal * Dot(normal, along[n]));
    // The texture's v goes down, the bitangent up.
    const float hand = Dot(Cross(normal, t), across[n]) < 0 ? 1.0f : -1.0f;
    tangents.push_back({t.x, t.y, t.z, hand});
  }
  return tangents;
}

VertexPose OutlinePose(const VertexPose& pose, const Affine3& world_from_mesh,
                       float width, const RasterCamera* screen) {
  Affine3 turn = world_from_mesh.Cofactors();
  const double sign = world_from_mesh.Determinant() < 0 ? -1 : 1;
  VertexPose hull = pose;
  hull.tangents.clear();
  for (size_t n = 0; n < pose.positions.size(); ++n) {
    const Vec3f& p = pose.positions[n];
    const Vec3f& v = pose.normals[n];
    const Vec3d normal =
        Normalised(turn.Direction({v.x, v.y, v.z})) * sign;
    const Vec3d place = world_from_mesh.Point({p.x, p.y, p.z});
    double distance = width;
    if (screen) {
      const double z = screen->camera_from_world.Point(place).z;
      distance *= screen->height / screen->fy *
                  (screen->parallel ? 1.0 : std::max(z, screen->near));
    }
    hull.positions[n] = ToFloat(place + normal * distance);
    hull.normals[n] = ToFloat(normal);
  }
  return hull;
}

}  // namespace sense
