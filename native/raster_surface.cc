#include "native/raster_surface.h"

#include "native/raster_tile.h"

namespace sense {
namespace {

template <typename Values, typename Weights>
auto Blend(const Values& values, const std::array<int32_t, 3>& corners,
           const Weights& weights) {
  auto sum = values[corners[0]];
  for (size_t c = 0; c < sum.size(); ++c) {
    sum[c] = static_cast<float>(weights[0]) * values[corners[0]][c] +
             static_cast<float>(weights[1]) * values[corners[1]][c] +
             static_cast<float>(weights[2]) * values[corners[2]][c];
  }
  return sum;
}

Vec3f Blend(const std::vector<Vec3f>& values,
            const std::array<int32_t, 3>& corners,
            const std::array<double, 3>& weights) {
  return values[corners[0]] * static_cast<float>(weights[0]) +
         values[corners[1]] * static_cast<float>(weights[1]) +
         values[corners[2]] * static_cast<float>(weights[2]);
}

Vec3d ToDouble(const Vec3f& v) { return {v.x, v.y, v.z}; }

}  // namespace

SurfaceLookup::SurfaceLookup(const std::vector<PlacedDraw>& draws,
                             const RasterCamera& camera)
    : draws_(draws), camera_(camera), number_(RasterTile::kNothing) {
  for (const PlacedDraw& placed : draws) {
    const Affine3& map = placed.draw->world_from_mesh;
    Affine3 normals = map.Cofactors();
    if (map.Determinant() < 0) {
      for (Vec3d& row : normals.row) row = -row;
    }
    placements_.push_back({map, normals});
  }
  world_from_camera_ = camera.camera_from_world.Inverse();
  eye_ = world_from_camera_.shift;
  forward_ = Normalised(world_from_camera_.Direction({0, 0, 1}));
}

void SurfaceLookup::Select(uint32_t number) {
  if (number == number_) return;
  number_ = number;
  while (number < draws_[draw_].first_triangle) --draw_;
  while (draw_ + 1 < static_cast<int>(draws_.size()) &&
         number >= draws_[draw_ + 1].first_triangle) {
    ++draw_;
  }
  triangle_ = static_cast<int>(number - draws_[draw_].first_triangle);
  if (is_point()) {
    disc_ = DiscOf(*placed().draw, camera_, triangle_);
    disc_.SetUp(camera_);
  } else {
    placed().SetUp(triangle_, camera_.parallel, &screen_);
  }
}

bool SurfaceLookup::FindBounds(PixelBounds* bounds) const {
  if (is_point()) return disc_.FindBounds(camera_, bounds);
  return sense::FindBounds(placed().Corners(triangle_), camera_, bounds);
}

bool SurfaceLookup::Covers(double x, double y) const {
  float nearness;
  if (is_point()) return disc_.IsAt(camera_, x, y, &nearness);
  const auto& edge = screen_.edge;
  return edge[0].At(x, y) >= 0 && edge[1].At(x, y) >= 0 &&
         edge[2].At(x, y) >= 0;
}

std::array<double, 3> SurfaceLookup::WeightsAt(double x, double y) const {
  if (is_point()) return {1, 0, 0};
  return SurfaceWeights(screen_, x, y).weight;
}

SurfacePoint SurfaceLookup::PointAt(double x, double y) const {
  if (is_point()) return PointOfDisc(x, y);
  return PointOf(SurfaceWeights(screen_, x, y));
}

SurfacePoint SurfaceLookup::ColourAt(double x, double y) const {
  if (is_point()) return PointOfDisc(x, y);
  const SurfaceWeights weights(screen_, x, y);
  SurfacePoint point;
  point.colour = ColourOf(weights);
  FindTexture(weights, &point);
  return point;
}

double SurfaceLookup::Depth(double x, double y) const {
  const double nearness =
      (is_point() ? disc_.nearness : screen_.nearness).At(x, y);
  return camera_.parallel ? -nearness : 1 / nearness;
}

std::array<float, 4> SurfaceLookup::ColourOf(
    const SurfaceWeights& weights) const {
  const RasterMesh& mesh = *placed().draw->mesh;
  if (mesh.colours.empty()) return {1, 1, 1, 1};
  return Blend(mesh.colours, mesh.triangles[triangle_], weights.weight);
}

void SurfaceLookup::FindTexture(const SurfaceWeights& weights,
                                SurfacePoint* point) const {
  const RasterMesh& mesh = *placed().draw->mesh;
  const std::array<int32_t, 3>& corners = mesh.triangles[triangle_];
  for (size_t set = 0; set < mesh.uv.size(); ++set) {
    const auto& uv = mesh.uv[set];
    if (uv.empty()) continue;
    point->texture[set] = {Blend(uv, corners, weights.weight),
                           Blend(uv, corners, weights.right),
                           Blend(uv, corners, weights.down)};
  }
}

Vec3f SurfaceLookup::NormalOf(const SurfaceWeights& weights) const {
  const RasterMesh& mesh = *placed().draw->mesh;
  const std::array<int32_t, 3>& corners = mesh.triangles[triangle_];
  Vec3f normal;
  if (material().flat) {
    const auto& p = placed().draw->pose->positions;
    normal = Cross(p[corners[1]] - p[corners[0]], p[corners[2]] - p[corners[0]]);
  } else {
    normal = Blend(placed().draw->pose->normals, corners, weights.weight);
  }
  const Affine3& turn = placements_[draw_].normal_from_mesh;
  normal = ToFloat(Normalised(turn.Direction(ToDouble(normal))));
  const bool back =
      screen_.clockwise != placed().mirrored && !placed().draw->outline;
  return back ? -normal : normal;
}

SurfacePoint SurfaceLookup::PointOf(const SurfaceWeights& weights) const {
  const RasterMesh& mesh = *placed().draw->mesh;
  const std::array<int32_t, 3>& corners = mesh.triangles[triangle_];
  const VertexPose& pose = *placed().draw->pose;
  const Affine3& place = placements_[draw_].world_from_mesh;
  SurfacePoint point;
  point.outline = placed().draw->outline;
  const Vec3d position =
      place.Point(ToDouble(Blend(pose.positions, corners, weights.weight)));
  Look(position, &point);
  point.normal = NormalOf(weights);
  point.colour = ColourOf(weights);
  FindTexture(weights, &point);
  if (material().normal_texture && !pose.tangents.empty()) {
    const auto t = Blend(pose.tangents, corners, weights.weight);
    const float hand = pose.tangents[corners[0]][3] < 0 ? -1.0f : 1.0f;
    point.tangent =
        ToFloat(Normalised(place.Direction(Vec3d{t[0], t[1], t[2]})));
    point.bitangent = Cross(point.normal, point.tangent) * hand;
  }
  return point;
}

void SurfaceLookup::Look(const Vec3d& position, SurfacePoint* point) const {
  point->position = ToFloat(position);
  point->towards_eye =
      ToFloat(camera_.parallel ? -forward_ : Normalised(eye_ - position));
}

// A point without a normal is lit as if it faced the eye.
SurfacePoint SurfaceLookup::PointOfDisc(double x, double y) const {
  const RasterMesh& mesh = *placed().draw->mesh;
  SurfacePoint point;
  Look(world_from_camera_.Point(disc_.PointAt(camera_, x, y)), &point);
  const Vec3f& normal = placed().draw->pose->normals[triangle_];
  point.normal = ToFloat(Normalised(
      placements_[draw_].normal_from_mesh.Direction(ToDouble(normal))));
  if (Dot(normal, normal) == 0) point.normal = point.towards_eye;
  if (Dot(point.normal, point.towards_eye) < 0) point.normal = -point.normal;
  if (!mesh.colours.empty()) point.colour = mesh.colours[triangle_];
  return point;
}

}  // namespace sense
