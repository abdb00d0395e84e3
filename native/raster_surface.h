#ifndef SENSE_NATIVE_RASTER_SURFACE_H_
#define SENSE_NATIVE_RASTER_SURFACE_H_

#include "native/raster_bins.h"

namespace sense {

// Texture coordinates and their changes over a pixel.
struct TextureCoordinates {
  std::array<float, 2> uv = {0, 0}, right = {0, 0}, down = {0, 0};
};

// A point of a surface, in world axes.
struct SurfacePoint {
  Vec3f position;
  Vec3f normal;        // Unit vector, towards the eye's side of the surface.
  Vec3f tangent, bitangent;  // Of the texture; null without tangents.
  Vec3f towards_eye;   // Unit vector.
  std::array<TextureCoordinates, 2> texture;  // Both sets of the mesh.
  std::array<float, 4> colour = {1, 1, 1, 1};
  bool outline = false;
};

// Looks up the triangles and points of a frame by their numbers.
class SurfaceLookup {
 public:
  SurfaceLookup(const std::vector<PlacedDraw>& draws,
                const RasterCamera& camera);

  // Makes triangle or point `number` the current one.
  void Select(uint32_t number);

  int draw() const { return draw_; }
  int triangle() const { return triangle_; }
  const PlacedDraw& placed() const { return draws_[draw_]; }
  const RasterMaterial& material() const { return *placed().draw->material; }
  bool is_point() const { return placed().draw->mesh->has_points(); }
  const ScreenTriangle& screen() const { return screen_; }
  const ScreenDisc& disc() const { return disc_; }
  const RasterCamera& camera() const { return camera_; }

  bool FindBounds(PixelBounds* bounds) const;
  bool Covers(double x, double y) const;
  double Depth(double x, double y) const;
  std::array<double, 3> WeightsAt(double x, double y) const;

  // What is seen at a sample.
  SurfacePoint PointAt(double x, double y) const;

  // The same, but only colour and texture.
  SurfacePoint ColourAt(double x, double y) const;

 private:
  struct Placement {
    Affine3 world_from_mesh, normal_from_mesh;
  };

  std::array<float, 4> ColourOf(const SurfaceWeights& weights) const;
  Vec3f NormalOf(const SurfaceWeights& weights) const;
  SurfacePoint PointOf(const SurfaceWeights& weights) const;
  SurfacePoint PointOfDisc(double x, double y) const;
  void FindTexture(const SurfaceWeights& weights, SurfacePoint* point) const;
  void Look(const Vec3d& position, SurfacePoint* point) const;

  const std::vector<PlacedDraw>& draws_;
  const RasterCamera& camera_;
  std::vector<Placement> placements_;
  Affine3 world_from_camera_;
  Vec3d eye_, forward_;
  uint32_t number_;
  int draw_ = 0, triangle_ = 0;
  ScreenTriangle screen_;
  ScreenDisc disc_;
};

}  // namespace sense

#endif  // SENSE_NATIVE_RASTER_SURFACE_H_
