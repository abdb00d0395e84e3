#include "native/raster_disc.h"

namespace sense {
namespace {

Vec3d ToDouble(const Vec3f& v) { return {v.x, v.y, v.z}; }

}  // namespace

ScreenDisc DiscOf(const RasterDraw& draw, const RasterCamera& camera, int n) {
  const RasterMesh& mesh = *draw.mesh;
  const Affine3& view = camera.camera_from_world;
  ScreenDisc disc;
  disc.centre = view.Point(
      draw.world_from_mesh.Point(ToDouble(draw.pose->positions[n])));
  disc.normal = {0, 0, 1};
  disc.radius = mesh.point_radii[mesh.point_radii.size() == 1 ? 0 : n];
  if (mesh.point_unit == PointUnit::kPixel) {
    disc.radius *= (camera.parallel ? 1.0 : disc.centre.z) / camera.fx;
    return disc;
  }
  const double volume = std::abs(draw.world_from_mesh.Determinant());
  disc.radius *= std::cbrt(volume);
  const Vec3d normal = ToDouble(draw.pose->normals[n]);
  if (Dot(normal, normal) > 0) {
    disc.normal = Normalised(
        view.Direction(draw.world_from_mesh.Cofactors().Direction(normal)));
  }
  return disc;
}

bool ScreenDisc::SetUp(const RasterCamera& camera) {
  if (centre.z < camera.near) return false;
  const double distance = Dot(normal, centre);
  const double a = normal.x / camera.fx, b = normal.y / camera.fy;
  const double c = a * camera.cx + b * camera.cy;
  if (camera.parallel) {
    if (std::abs(normal.z) < 1e-6) return false;
    const double scale = 1 / normal.z;
    nearness = Plane2{a, b, -c - distance} * scale;
    return true;
  }
  if (std::abs(distance) < 1e-6 * centre.z) return false;
  nearness = Plane2{a, b, normal.z - c} * (1 / distance);
  return true;
}

// From the corners of the cube around the disc.
bool ScreenDisc::FindBounds(const RasterCamera& camera,
                            PixelBounds* bounds) const {
  const double nearest = std::max(centre.z - radius, camera.near);
  const double furthest = centre.z + radius;
  const auto range = [&](double middle, double focal, double shift, double* low,
                         double* high) {
    const double from = middle - radius, to = middle + radius;
    const double near = camera.parallel ? 1.0 : nearest;
    const double far = camera.parallel ? 1.0 : furthest;
    *low = focal * from / (from < 0 ? near : far) + shift - 1e-3;
    *high = focal * to / (to > 0 ? near : far) + shift + 1e-3;
  };
  range(centre.x, camera.fx, camera.cx, &bounds->left, &bounds->right);
  range(centre.y, camera.fy, camera.cy, &bounds->top, &bounds->bottom);
  return true;
}

Vec3d ScreenDisc::PointAt(const RasterCamera& camera, double x,
                          double y) const {
  const double near = nearness.At(x, y);
  const double z = camera.parallel ? -near : 1 / near;
  const double scale = camera.parallel ? 1.0 : z;
  return {(x - camera.cx) / camera.fx * scale,
          (y - camera.cy) / camera.fy * scale, z};
}

bool ScreenDisc::IsAt(const RasterCamera& camera, double x, double y,
                      float* near) const {
  const Vec3d offset = PointAt(camera, x, y) - centre;
  *near = static_cast<float>(nearness.At(x, y));
  return Dot(offset, offset) <= radius * radius &&
         (camera.parallel || *near > 0);
}

}  // namespace sense
