#include "native/ray.h"

#include <algorithm>
#include <cmath>

namespace sense {
namespace {

Point ToPoint(const Vector3& v) {
  return {static_cast<float>(v[0]), static_cast<float>(v[1]),
          static_cast<float>(v[2])};
}

double Dot(const Vector3& a, const Vector3& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

Vector3 ToIndexStep(const GridPlacement& placement, const Vector3& world) {
  const auto& rows = placement.ijk_from_world;
  return {Dot(rows[0], world), Dot(rows[1], world), Dot(rows[2], world)};
}

Vector3 Along(const Vector3& origin, const Vector3& direction, double t) {
  return {origin[0] + t * direction[0], origin[1] + t * direction[1],
          origin[2] + t * direction[2]};
}

}  // namespace

RayMaker::RayMaker(const std::vector<GridBox>& grids, const RayCamera& camera,
                   const RayBounds& bounds, double steps_per_voxel)
    : origin_{camera.origin, camera.origin_x, camera.origin_y},
      direction_{camera.direction, camera.direction_x, camera.direction_y},
      parallel_(camera.parallel),
      confined_(bounds.to_first_grid || grids.size() == 1),
      clip_planes_(bounds.clip_planes),
      steps_per_voxel_(steps_per_voxel) {
  for (const GridBox& box : grids) AddGrid(box, camera);
}

void RayMaker::AddGrid(const GridBox& box, const RayCamera& camera) {
  const GridPlacement& placement = box.placement;
  const auto index = [&](const Vector3& world) {
    return ToIndexStep(placement, world);
  };
  Grid grid;
  grid.low = box.low;
  grid.high = box.high;
  grid.origin = {index(camera.origin), index(camera.origin_x),
                 index(camera.origin_y)};
  for (int axis = 0; axis < 3; ++axis) {
    grid.origin.base[axis] += placement.ijk_of_world_origin[axis];
  }
  grid.direction = {index(camera.direction), index(camera.direction_x),
                    index(camera.direction_y)};
  grids_.push_back(grid);
}

Vector3 RayMaker::At(const PerPixel& value, int x, int y) {
  return {value.base[0] + x * value.x[0] + y * value.y[0],
          value.base[1] + x * value.x[1] + y * value.y[1],
          value.base[2] + x * value.x[2] + y * value.y[2]};
}

RayMaker::Interval RayMaker::Inside(const Grid& grid, const Vector3& origin,
                                    const Vector3& direction) const {
  Interval inside = {parallel_ ? -1e30 : 0, 1e30};
  for (int axis = 0; axis < 3; ++axis) {
    const double to_low = grid.low[axis] - origin[axis];
    const double to_high = grid.high[axis] - origin[axis];
    if (direction[axis] == 0) {
      if (to_low > 0 || to_high < 0) return {0, -1};
      continue;
    }
    const double scale = 1 / direction[axis];
    const double a = to_low * scale, b = to_high * scale;
    inside.enter = std::max(inside.enter, std::min(a, b));
    inside.leave = std::min(inside.leave, std::max(a, b));
  }
  return inside;
}

// Leaves what is on the side of every clip plane that its normal points to.
void RayMaker::Cut(const Vector3& origin, const Vector3& direction,
                   Interval* seen) const {
  for (const ClipPlane& plane : clip_planes_) {
    const double height = Dot(plane.normal, origin) - plane.offset;
    const double rise = Dot(plane.normal, direction);
    if (rise > 0) {
      seen->enter = std::max(seen->enter, -height / rise);
    } else if (rise < 0) {
      seen->leave = std::min(seen->leave, -height / rise);
    } else if (height < 0) {
      seen->leave = seen->enter;
    }
  }
}

Ray RayMaker::Make(int x, int y, float limit, GridRay* grid_rays) const {
  const Vector3 world_direction = At(direction_, x, y);
  const double length = std::sqrt(Dot(world_direction, world_direction));
  const double per_length = 1 / length;
  Interval seen = {1e30, -1e30};
  double fastest = 0;
  for (size_t n = 0; n < grids_.size(); ++n) {
    const Vector3 direction = At(grids_[n].direction, x, y);
    const Vector3 origin = At(grids_[n].origin, x, y);
    const Interval inside = Inside(grids_[n], origin, direction);
    for (const double speed : direction) {
      fastest = std::max(fastest, std::abs(speed));
    }
    grid_rays[n].begin = static_cast<float>(inside.enter);
    grid_rays[n].end = static_cast<float>(inside.leave);
    grid_rays[n].per_mm = ToPoint(Along({0, 0, 0}, direction, per_length));
    if (inside.leave <= inside.enter || (n > 0 && confined_)) continue;
    seen.enter = std::min(seen.enter, inside.enter);
    seen.leave = std::max(seen.leave, inside.leave);
  }
  Ray ray = {};
  if (!(seen.leave > seen.enter) || !(fastest > 0)) return ray;
  if (!clip_planes_.empty()) {
    Cut(At(origin_, x, y), world_direction, &seen);
  }
  seen.leave = std::min(seen.leave, limit * per_length);
  const double per_step = fastest * steps_per_voxel_ * per_length;
  ray.entry_depth = static_cast<float>(seen.enter * length);
  ray.length = static_cast<float>((seen.leave - seen.enter) * length);
  ray.step = static_cast<float>(1 / per_step);
  ray.per_step = static_cast<float>(per_step);
  for (int axis = 0; axis < 3; ++axis) {
    ray.direction[axis] = static_cast<float>(world_direction[axis] * per_length);
  }
  for (size_t n = 0; n < grids_.size(); ++n) {
    GridRay& grid_ray = grid_rays[n];
    grid_ray.entry = ToPoint(Along(At(grids_[n].origin, x, y),
                                   At(grids_[n].direction, x, y), seen.enter));
    const auto distance = [&](float place) {
      return static_cast<float>((place - seen.enter) * length);
    };
    grid_ray.begin = distance(grid_ray.begin);
    grid_ray.end = distance(grid_ray.end);
    // Rounding must not make a gap at the ends.
    if (std::abs(grid_ray.begin) < 0.01f * ray.step) grid_ray.begin = 0;
    if (grid_ray.end > ray.length - 0.01f * ray.step) grid_ray.end = 1e30f;
  }
  return ray;
}

RayWays RayMaker::Ways(size_t grid, int width, int height) const {
  RayWays ways;
  for (int axis = 0; axis < 3; ++axis) {
    // Linear in the pixel: least and most are at corners.
    bool forward = false, backward = false;
    for (const int x : {0, width - 1}) {
      for (const int y : {0, height - 1}) {
        const double speed = At(grids_[grid].direction, x, y)[axis];
        forward = forward || !(speed < 0);
        backward = backward || !(speed > 0);
      }
    }
    ways[axis] = static_cast<int>(forward) - static_cast<int>(backward);
  }
  return ways;
}

double RayMaker::VoxelsAPixel(int x, int y) const {
  const Grid& grid = grids_.front();
  const Vector3 origin = At(grid.origin, x, y);
  const Vector3 direction = At(grid.direction, x, y);
  Vector3 to_middle;
  for (int axis = 0; axis < 3; ++axis) {
    to_middle[axis] = (grid.low[axis] + grid.high[axis]) / 2 - origin[axis];
  }
  const double length = Dot(direction, direction);
  const double reach =
      length > 0 ? std::max(Dot(to_middle, direction) / length, 0.0) : 0.0;
  double most = 0;
  for (int axis = 0; axis < 3; ++axis) {
    most = std::max({most,
                     std::abs(grid.origin.x[axis] + reach * grid.direction.x[axis]),
                     std::abs(grid.origin.y[axis] + reach * grid.direction.y[axis])});
  }
  return most;
}

float Jitter(int x, int y) {
  const double inner = 0.06711056 * x + 0.00583715 * y;
  const double outer = 52.9829189 * (inner - std::floor(inner));
  return std::min(static_cast<float>(outer - std::floor(outer)), 0.999999f);
}

}  // namespace sense
