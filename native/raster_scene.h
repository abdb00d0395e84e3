#ifndef SENSE_NATIVE_RASTER_SCENE_H_
#define SENSE_NATIVE_RASTER_SCENE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "native/figure_pose.h"
#include "native/raster_math.h"
#include "native/raster_texture.h"

namespace sense {

// What the radius of a point is measured in.
enum class PointUnit { kPixel, kLength };

// Triangles, or points where there are radii, with what is known at their
// vertices; an empty vector is unknown.
struct RasterMesh {
  VertexPose rest;
  // Two sets of texture coordinates; (0, 0) is the upper left texel's corner.
  std::array<std::vector<std::array<float, 2>>, 2> uv;
  std::vector<std::array<float, 4>> colours;   // Linear RGBA.
  std::vector<std::array<int32_t, 3>> triangles;  // Counterclockwise.
  std::vector<MorphTarget> targets;
  FigureSkin skin;
  std::vector<float> point_radii;  // One, or one for each vertex.
  PointUnit point_unit = PointUnit::kPixel;

  bool has_points() const { return !point_radii.empty(); }
  int count() const {
    return static_cast<int>(has_points() ? rest.positions.size()
                                         : triangles.size());
  }
};

// Sums the normals of the triangles around each vertex, weighted by area.
std::vector<Vec3f> SmoothNormals(
    const std::vector<Vec3f>& positions,
    const std::vector<std::array<int32_t, 3>>& triangles);

// As in glTF, orthogonal to the normals; the mesh has a first set of texture
// coordinates.
std::vector<std::array<float, 4>> TextureTangents(const RasterMesh& mesh);

enum class ShadingModel { kUnlit, kPhysical, kToon };
enum class AlphaMode { kOpaque, kMask, kBlend };

// Of the glTF extension VRMC_materials_mtoon 1.0; colours are linear.
struct ToonLook {
  std::array<float, 3> shade_colour = {0, 0, 0};
  std::shared_ptr<const RasterTexture> shade_texture;
  float shift = 0, toony = 0.9f;   // Where light ends, and how hard.
  std::shared_ptr<const RasterTexture> shift_texture;  // Red, times its scale.
  float shift_scale = 1;
  float equalised = 0.9f;          // Light from around, from no direction.
  std::array<float, 3> rim_colour = {0, 0, 0};
  float rim_power = 5, rim_lift = 0, rim_lighting = 1;
  std::shared_ptr<const RasterTexture> rim_texture;     // Of rim and matcap.
  std::array<float, 3> matcap_colour = {1, 1, 1};
  std::shared_ptr<const RasterTexture> matcap_texture;  // By the normal.
  std::array<float, 3> outline_colour = {0, 0, 0};
  float outline_lighting = 1;
};

// As in glTF 2.0; colours are linear.
struct RasterMaterial {
  ShadingModel shading = ShadingModel::kPhysical;
  AlphaMode alpha_mode = AlphaMode::kOpaque;
  float alpha_cutoff = 0.5f;
  bool double_sided = false;
  bool flat = false;  // The triangle's normal instead of the vertices'.
  std::array<float, 4> base_colour = {1, 1, 1, 1};
  float metallic = 0, roughness = 0.5f;
  std::array<float, 3> emissive = {0, 0, 0};
  float normal_scale = 1, occlusion_strength = 1;
  std::shared_ptr<const RasterTexture> base_colour_texture;
  std::shared_ptr<const RasterTexture> metallic_roughness_texture;
  std::shared_ptr<const RasterTexture> normal_texture;
  std::shared_ptr<const RasterTexture> occlusion_texture;
  std::shared_ptr<const RasterTexture> emissive_texture;
  ToonLook toon;
};

// One mesh in one place, or the inverted hull around it.
struct RasterDraw {
  std::shared_ptr<const RasterMesh> mesh;
  std::shared_ptr<const VertexPose> pose;  // The mesh's vertices.
  std::shared_ptr<const RasterMaterial> material;
  Affine3 world_from_mesh;
  bool outline = false;                    // Only backs are seen.
  bool mirrored = false;                   // Besides what the map mirrors.
};

// x right, y down, z forward; pixel (0, 0) has its centre at (0, 0). A
// parallel camera has focal lengths in pixels per unit of length.
struct RasterCamera {
  Affine3 camera_from_world;
  double fx = 1, fy = 1, cx = 0, cy = 0;
  bool parallel = false;
  double near = 1e-3;
  int width = 0, height = 0;
};

// Where a picture is sampled: for every plane of samples and every pixel the
// place (x, y) in the undistorted picture, planes * height * width * 2 numbers,
// or null for a regular grid shifted by `offsets`.
struct SamplePlaces {
  std::vector<std::array<double, 2>> offsets = {{0.0, 0.0}};
  const double* table = nullptr;

  int planes() const { return static_cast<int>(offsets.size()); }
};

class RasterEnvironment;
class ShadowMap;

enum class LightKind { kDirectional, kPoint, kSpot };

// As in glTF's KHR_lights_punctual: lux, or candela.
struct RasterLight {
  LightKind kind = LightKind::kDirectional;
  Vec3f colour = {1, 1, 1};       // Linear, times the intensity.
  Vec3f position;
  Vec3f direction = {0, 0, 1};    // Of the light; unit vector.
  float range = 0;                // 0: no limit.
  float cos_inner = 1, cos_outer = 0;
  std::shared_ptr<const ShadowMap> shadow;
};

enum class ToneMapping { kNone, kNeutral };

struct RasterLighting {
  std::vector<RasterLight> lights;
  Vec3f ambient = {0, 0, 0};      // Radiance from everywhere.
  std::shared_ptr<const RasterEnvironment> environment;
  float exposure = 1;
  ToneMapping tone_mapping = ToneMapping::kNone;

  bool has_surroundings() const {
    return environment || ambient.x > 0 || ambient.y > 0 || ambient.z > 0;
  }
};

// The vertices of the hull around a mesh, in the world: `width` away along the
// normals, in units of length or, for a `screen`, in heights of the picture.
VertexPose OutlinePose(const VertexPose& pose, const Affine3& world_from_mesh,
                       float width, const RasterCamera* screen);

// What is asked for; a null pointer is not.
struct RasterOutputs {
  uint8_t* rgba = nullptr;         // height * width * 4, sRGB, straight alpha.
  float* radiance = nullptr;       // height * width * 4, linear, premultiplied.
  float* depth = nullptr;          // height * width, z; NaN where nothing is.
  int32_t* draw = nullptr;         // height * width, -1 where nothing is.
  int32_t* triangle = nullptr;     // height * width, within the draw.
  double* weights = nullptr;       // height * width * 3, of the corners.
  float* normal = nullptr;         // height * width * 3, in the world.

  bool needs_colour() const { return rgba || radiance; }
  bool needs_centre() const { return depth || draw || triangle || weights || normal; }
};

}  // namespace sense

#endif  // SENSE_NATIVE_RASTER_SCENE_H_
