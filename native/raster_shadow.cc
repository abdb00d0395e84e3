#include "native/raster_shadow.h"

#include <limits>
#include <utility>

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

constexpr int kSides = 6;
constexpr int kBorder = 4;  // Texels around a side that its neighbours show, too.

Vec3d SideOf(int number) {
  const double sign = number % 2 ? -1 : 1;
  return {number / 2 == 0 ? sign : 0, number / 2 == 1 ? sign : 0,
          number / 2 == 2 ? sign : 0};
}

Vec3d Position(const RasterLight& light) {
  return {light.position.x, light.position.y, light.position.z};
}

// At a lamp; sees all but what is within a ten-thousandth of the scene.
RasterCamera LampCamera(const RasterLight& light, const Vec3d& forward,
                        const Ball& ball, int edge) {
  RasterCamera camera;
  camera.width = camera.height = edge;
  camera.cx = camera.cy = (edge - 1) / 2.0;
  const Vec3d away = ball.centre - Position(light);
  const double distance = std::sqrt(Dot(away, away));
  camera.camera_from_world = Looking(forward, Position(light));
  camera.near = std::max((distance + ball.radius) * 1e-4, 1e-9);
  return camera;
}

RasterCamera CameraOf(const RasterLight& light, const Ball& ball, int edge) {
  const Vec3d forward = Normalised(
      Vec3d{light.direction.x, light.direction.y, light.direction.z});
  RasterCamera camera = LampCamera(light, forward, ball, edge);
  if (light.kind == LightKind::kDirectional) {
    const double radius = std::max(ball.radius, 1e-9) * 1.01;
    camera.parallel = true;
    camera.near = radius * 1e-6;
    camera.camera_from_world =
        Looking(forward, ball.centre - forward * (2 * radius));
    camera.fx = camera.fy = edge / (2 * radius);
    return camera;
  }
  // A cone of 90 degrees to each side does not fit on a plane.
  const double cosine = std::max<double>(light.cos_outer, std::cos(kPi / 2.2));
  const double tangent = std::sqrt(1 - cosine * cosine) / cosine;
  camera.fx = camera.fy = edge / (2 * std::max(tangent, 1e-6));
  return camera;
}

std::vector<RasterCamera> CamerasOf(const RasterLight& light, const Ball& ball,
                                    int edge) {
  if (light.kind != LightKind::kPoint) return {CameraOf(light, ball, edge)};
  std::vector<RasterCamera> cameras;
  for (int n = 0; n < kSides; ++n) {
    cameras.push_back(LampCamera(light, SideOf(n), ball, edge));
    cameras.back().fx = cameras.back().fy = edge / 2.0 - kBorder;
  }
  return cameras;
}

}  // namespace

float ShadowMap::View::DepthAt(int x, int y) const {
  if (x < 0 || y < 0 || x >= camera.width || y >= camera.height) {
    return std::numeric_limits<float>::infinity();
  }
  const float found = depth[size_t{1} * y * camera.width + x];
  return found == found ? found : std::numeric_limits<float>::infinity();
}

// The one on whose side the place is: where its camera sees it the farthest.
const ShadowMap::View& ShadowMap::ViewTo(const Vec3d& position) const {
  const View* best = &views_.front();
  if (views_.size() == 1) return *best;
  double farthest = -std::numeric_limits<double>::infinity();
  for (const View& view : views_) {
    const double depth = view.camera.camera_from_world.Point(position).z;
    if (depth > farthest) {
      farthest = depth;
      best = &view;
    }
  }
  return *best;
}

float ShadowMap::Lit(const Vec3f& position, const Vec3f& normal,
                     const Vec3f& towards_light) const {
  const Vec3d there{position.x, position.y, position.z};
  const View& view = ViewTo(there);
  const RasterCamera& camera = view.camera;
  const double depth = camera.camera_from_world.Point(there).z;
  const double texel = (camera.parallel ? 1.0 : depth) / camera.fx;
  // The more the light grazes, the further apart are texels on the surface.
  const float cosine = Clamp01(Dot(normal, towards_light));
  const float sine = std::sqrt(1 - cosine * cosine);
  const Vec3d lifted =
      there + Vec3d{normal.x, normal.y, normal.z} *
                  (texel * (0.5 + 2.5 * static_cast<double>(sine)));
  const Vec3d seen = camera.camera_from_world.Point(lifted);
  if (!(seen.z > camera.near)) return 1;
  const double scale = camera.parallel ? 1.0 : 1 / seen.z;
  const double x = seen.x * scale * camera.fx + camera.cx - 1;
  const double y = seen.y * scale * camera.fy + camera.cy - 1;
  const double edge = camera.width;
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
      if (view.DepthAt(i + a, j + b) >= limit) lit += across[a] * down[b];
    }
  }
  return lit * (1.0f / 9);
}

bool MakeShadow(const std::vector<RasterDraw>& draws, int edge,
                RasterLight* light, const StopFlag* stop) {
  std::vector<RasterDraw> casters;
  for (const RasterDraw& draw : draws) {
    if (draw.material->alpha_mode != AlphaMode::kBlend) casters.push_back(draw);
  }
  auto map = std::make_shared<ShadowMap>();
  for (const RasterCamera& camera : CamerasOf(*light, BallAround(draws), edge)) {
    ShadowMap::View view{camera, {}};
    view.depth.resize(size_t{1} * edge * edge);
    RasterOutputs outputs;
    outputs.depth = view.depth.data();
    if (!Rasterise(casters, camera, {}, {}, {}, outputs, stop)) return false;
    map->views_.push_back(std::move(view));
  }
  light->shadow = std::move(map);
  return true;
}

}  // namespace sense
