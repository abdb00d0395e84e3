#include "native/raster_shadow.h"

#include <limits>

#include "native/raster.h"

namespace sense {
namespace {

constexpr double kPi = 3.14159265358979;

struct Ball {
  Vec3d centre;
  double radius = 0;
};

// A ball around the box of all vertices.
Ball BallAround(const std::vector<RasterDraw>& draws) {
  constexpr double kFar = std::numeric_limits<double>::infinity();
  Vec3d low{kFar, kFar, kFar}, high{-kFar, -kFar, -kFar};
  for (const RasterDraw& draw : draws) {
    for (const Vec3f& p : draw.pose->positions) {
      const Vec3d w = draw.world_from_mesh.Point({p.x, p.y, p.z});
      low = {std::min(low.x, w.x), std::min(low.y, w.y), std::min(low.z, w.z)};
      high = {std::max(high.x, w.x), std::max(high.y, w.y),
              std::max(high.z, w.z)};
    }
  }
  if (!(low.x <= high.x)) return {};
  const Vec3d half = (high - low) * 0.5;
  return {low + half, std::sqrt(Dot(half, half))};
}

// Axes of a camera that looks along `forward`, as rows.
Affine3 Looking(const Vec3d& forward, const Vec3d& eye) {
  const Vec3d other =
      std::abs(forward.y) < 0.9 ? Vec3d{0, 1, 0} : Vec3d{1, 0, 0};
  const Vec3d right = Normalised(Cross(other, forward));
  Affine3 camera{{right, Cross(forward, right), forward}, {}};
  camera.shift = -camera.Direction(eye);
  return camera;
}

RasterCamera CameraOf(const RasterLight& light, const Ball& ball, int edge) {
  const Vec3d forward = Normalised(
      Vec3d{light.direction.x, light.direction.y, light.direction.z});
  RasterCamera camera;
  camera.width = camera.height = edge;
  camera.cx = camera.cy = (edge - 1) / 2.0;
  if (light.kind == LightKind::kDirectional) {
    const double radius = std::max(ball.radius, 1e-9) * 1.01;
    camera.parallel = true;
    camera.near = radius * 1e-6;
    camera.camera_from_world =
        Looking(forward, ball.centre - forward * (2 * radius));
    camera.fx = camera.fy = edge / (2 * radius);
    return camera;
  }
  const Vec3d eye{light.position.x, light.position.y, light.position.z};
  const Vec3d away = ball.centre - eye;
  const double distance = std::sqrt(Dot(away, away));
  camera.camera_from_world = Looking(forward, eye);
  camera.near = std::max((distance + ball.radius) * 1e-4, 1e-9);
  // A cone of 90 degrees to each side does not fit on a plane.
  const double cosine = std::max<double>(light.cos_outer, std::cos(kPi / 2.2));
  const double tangent = std::sqrt(1 - cosine * cosine) / cosine;
  camera.fx = camera.fy = edge / (2 * std::max(tangent, 1e-6));
  return camera;
}

}  // namespace

float ShadowMap::DepthAt(int x, int y) const {
  if (x < 0 || y < 0 || x >= camera_.width || y >= camera_.height) {
    return std::numeric_limits<float>::infinity();
  }
  const float depth = depth_[size_t{1} * y * camera_.width + x];
  return depth == depth ? depth : std::numeric_limits<float>::infinity();
}

float ShadowMap::Lit(const Vec3f& position, const Vec3f& normal,
                     const Vec3f& towards_light) const {
  const Vec3d there{position.x, position.y, position.z};
  const double depth = camera_.camera_from_world.Point(there).z;
  const double texel = (camera_.parallel ? 1.0 : depth) / camera_.fx;
  // The more the light grazes, the further apart are texels on the surface.
  const float cosine = Clamp01(Dot(normal, towards_light));
  const float sine = std::sqrt(1 - cosine * cosine);
  const Vec3d lifted =
      there + Vec3d{normal.x, normal.y, normal.z} *
                  (texel * (0.5 + 2.5 * static_cast<double>(sine)));
  const Vec3d seen = camera_.camera_from_world.Point(lifted);
  if (!(seen.z > camera_.near)) return 1;
  const double scale = camera_.parallel ? 1.0 : 1 / seen.z;
  const double x = seen.x * scale * camera_.fx + camera_.cx - 1;
  const double y = seen.y * scale * camera_.fy + camera_.cy - 1;
  const double edge = camera_.width;
  if (!(x >= -3 && y >= -3 && x <= edge + 1 && y <= edge + 1)) return 1;
  const int i = static_cast<int>(std::floor(x));
  const int j = static_cast<int>(std::floor(y));
  const auto fx = static_cast<float>(x - i), fy = static_cast<float>(y - j);
  const std::array<float, 4> across = {1 - fx, 1, 1, fx};
  const std::array<float, 4> down = {1 - fy, 1, 1, fy};
  const auto limit = static_cast<float>(seen.z - texel * 0.5);
  float lit = 0;
  for (int b = 0; b < 4; ++b) {
    for (int a = 0; a < 4; ++a) {
      if (DepthAt(i + a, j + b) >= limit) lit += across[a] * down[b];
    }
  }
  return lit * (1.0f / 9);
}

bool MakeShadow(const std::vector<RasterDraw>& draws, int edge,
                RasterLight* light, const StopFlag* stop) {
  if (light->kind == LightKind::kPoint) return true;
  std::vector<RasterDraw> casters;
  for (const RasterDraw& draw : draws) {
    if (draw.material->alpha_mode != AlphaMode::kBlend) casters.push_back(draw);
  }
  auto map = std::make_shared<ShadowMap>();
  map->camera_ = CameraOf(*light, BallAround(draws), edge);
  map->depth_.resize(size_t{1} * edge * edge);
  RasterOutputs outputs;
  outputs.depth = map->depth_.data();
  if (!Rasterise(casters, map->camera_, {}, {}, {}, outputs, stop)) return false;
  light->shadow = std::move(map);
  return true;
}

}  // namespace sense
