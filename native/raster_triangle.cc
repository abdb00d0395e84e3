#include "native/raster_triangle.h"

#include "native/multiversion.h"
#include "native/thread_pool.h"

namespace sense {
namespace {

constexpr int kVerticesAtOnce = 1 << 14;

// Homogeneous pixel coordinates and depth as rows over mesh coordinates.
struct Projection {
  Vec3d x, y, w, z;
  Vec3d shift_xyw;
  double shift_z;

  Projection(const Affine3& camera_from_mesh, const RasterCamera& camera) {
    const auto& [right, down, forward] = camera_from_mesh.row;
    const Vec3d& shift = camera_from_mesh.shift;
    z = forward;
    shift_z = shift.z;
    w = camera.parallel ? Vec3d{} : forward;
    shift_xyw.z = camera.parallel ? 1.0 : shift.z;
    x = right * camera.fx + w * camera.cx;
    y = down * camera.fy + w * camera.cy;
    shift_xyw.x = shift.x * camera.fx + shift_xyw.z * camera.cx;
    shift_xyw.y = shift.y * camera.fy + shift_xyw.z * camera.cy;
  }
};

SENSE_MULTIVERSION
void Project(const Projection& p, const Vec3f* positions, int count,
             ScreenVertex* out) {
  for (int n = 0; n < count; ++n) {
    const Vec3d position{positions[n].x, positions[n].y, positions[n].z};
    out[n].xyw = {Dot(p.x, position) + p.shift_xyw.x,
                  Dot(p.y, position) + p.shift_xyw.y,
                  Dot(p.w, position) + p.shift_xyw.z};
    out[n].z = Dot(p.z, position) + p.shift_z;
  }
}

void Include(PixelBounds& bounds, double x, double y) {
  bounds.left = std::min(bounds.left, x);
  bounds.right = std::max(bounds.right, x);
  bounds.top = std::min(bounds.top, y);
  bounds.bottom = std::max(bounds.bottom, y);
}

}  // namespace

std::vector<ScreenVertex> PlaceVertices(const std::vector<Vec3f>& positions,
                                        const Affine3& world_from_mesh,
                                        const RasterCamera& camera,
                                        const StopFlag* stop) {
  const Projection projection(camera.camera_from_world.After(world_from_mesh),
                              camera);
  std::vector<ScreenVertex> placed(positions.size());
  const int count = static_cast<int>(positions.size());
  const int parts = (count + kVerticesAtOnce - 1) / kVerticesAtOnce;
  ThreadPool::Shared().ForEach(parts, [&](int part) {
    if (Stopped(stop)) return;
    const int first = part * kVerticesAtOnce;
    Project(projection, positions.data() + first,
            std::min(kVerticesAtOnce, count - first), placed.data() + first);
  });
  return placed;
}

bool ScreenTriangle::SetUp(const ScreenVertex& v0, const ScreenVertex& v1,
                           const ScreenVertex& v2, bool parallel) {
  const std::array<Vec3d, 3> rows = {Cross(v1.xyw, v2.xyw),
                                     Cross(v2.xyw, v0.xyw),
                                     Cross(v0.xyw, v1.xyw)};
  const double determinant = Dot(v0.xyw, rows[0]);
  if (!(determinant != 0) || !std::isfinite(determinant)) return false;
  clockwise = determinant > 0;
  const double sign = clockwise ? 1.0 : -1.0;
  for (int n = 0; n < 3; ++n) {
    edge[n] = Plane2{rows[n].x, rows[n].y, rows[n].z} * sign;
  }
  const double scale = 1 / (determinant * sign);
  nearness = parallel ? (edge[0] * v0.z + edge[1] * v1.z + edge[2] * v2.z) *
                            -scale
                      : (edge[0] + edge[1] + edge[2]) * scale;
  return true;
}

bool FindBounds(const std::array<const ScreenVertex*, 3>& corners,
                const RasterCamera& camera, PixelBounds* bounds) {
  constexpr double kFar = std::numeric_limits<double>::infinity();
  *bounds = {kFar, kFar, -kFar, -kFar};
  for (int n = 0; n < 3; ++n) {
    const ScreenVertex& a = *corners[n];
    const ScreenVertex& b = *corners[(n + 1) % 3];
    if (a.z >= camera.near) {
      Include(*bounds, a.xyw.x / a.xyw.z, a.xyw.y / a.xyw.z);
    }
    if ((a.z >= camera.near) != (b.z >= camera.near)) {
      const double t = (camera.near - a.z) / (b.z - a.z);
      const Vec3d cut = a.xyw + (b.xyw - a.xyw) * t;
      Include(*bounds, cut.x / cut.z, cut.y / cut.z);
    }
  }
  if (bounds->left > bounds->right) return false;
  // Wider than the rounding of edges that are evaluated in single precision.
  constexpr double kMargin = 1e-3;
  *bounds = {bounds->left - kMargin, bounds->top - kMargin,
             bounds->right + kMargin, bounds->bottom + kMargin};
  return true;
}

}  // namespace sense
