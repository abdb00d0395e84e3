#include "native/ray.h"

#include <algorithm>
#include <cmath>

namespace sense {
namespace {

Vector3 AtPixel(const Vector3& base, const Vector3& per_x,
                const Vector3& per_y, int x, int y) {
  return {base[0] + x * per_x[0] + y * per_y[0],
          base[1] + x * per_x[1] + y * per_y[1],
          base[2] + x * per_x[2] + y * per_y[2]};
}

Vector3 Normalized(const Vector3& v) {
  const double length = std::hypot(v[0], v[1], v[2]);
  return {v[0] / length, v[1] / length, v[2] / length};
}

Point ToPoint(const Vector3& v) {
  return {static_cast<float>(v[0]), static_cast<float>(v[1]),
          static_cast<float>(v[2])};
}

}  // namespace

RayMaker::RayMaker(const VoxelGrid& grid, const GridPlacement& placement,
                   const RaycastLook& look, const RayCamera& camera)
    : placement_(placement),
      camera_(camera),
      steps_per_voxel_(look.steps_per_voxel) {
  for (int axis = 0; axis < 3; ++axis) {
    low_[axis] = std::max(-0.5, look.crop_low[axis]);
    high_[axis] = std::min(static_cast<double>(grid.size[axis]) - 0.5,
                           look.crop_high[axis]);
  }
}

Vector3 RayMaker::ToIndexStep(const Vector3& world) const {
  Vector3 index;
  for (int axis = 0; axis < 3; ++axis) {
    const Vector3& row = placement_.ijk_from_world[axis];
    index[axis] = row[0] * world[0] + row[1] * world[1] + row[2] * world[2];
  }
  return index;
}

Ray RayMaker::Make(int x, int y) const {
  const Vector3 direction = Normalized(
      AtPixel(camera_.direction, camera_.direction_x, camera_.direction_y, x,
              y));
  Vector3 origin = ToIndexStep(
      AtPixel(camera_.origin, camera_.origin_x, camera_.origin_y, x, y));
  const Vector3 per_mm = ToIndexStep(direction);
  double enter = camera_.parallel ? -1e30 : 0, leave = 1e30, fastest = 0;
  for (int axis = 0; axis < 3; ++axis) {
    origin[axis] += placement_.ijk_of_world_origin[axis];
    fastest = std::max(fastest, std::abs(per_mm[axis]));
    const double to_low = low_[axis] - origin[axis];
    const double to_high = high_[axis] - origin[axis];
    if (per_mm[axis] == 0) {
      if (to_low > 0 || to_high < 0) leave = enter;
      continue;
    }
    const double a = to_low / per_mm[axis], b = to_high / per_mm[axis];
    enter = std::max(enter, std::min(a, b));
    leave = std::min(leave, std::max(a, b));
  }
  Ray ray;
  ray.entry = ToPoint({origin[0] + enter * per_mm[0],
                       origin[1] + enter * per_mm[1],
                       origin[2] + enter * per_mm[2]});
  ray.per_mm = ToPoint(per_mm);
  ray.length = fastest > 0 ? static_cast<float>(leave - enter) : 0.0f;
  ray.step = static_cast<float>(1 / (fastest * steps_per_voxel_));
  ray.per_step = static_cast<float>(fastest * steps_per_voxel_);
  ray.entry_depth = static_cast<float>(enter);
  for (int axis = 0; axis < 3; ++axis) {
    ray.direction[axis] = static_cast<float>(direction[axis]);
  }
  return ray;
}

float Jitter(int x, int y) {
  const double inner = 0.06711056 * x + 0.00583715 * y;
  const double outer = 52.9829189 * (inner - std::floor(inner));
  return std::min(static_cast<float>(outer - std::floor(outer)), 0.999999f);
}

}  // namespace sense
