#include <cmath>
#include <random>
#include <vector>

#include "native/raster.h"
#include "native/raster_environment.h"
#include "native/raster_shadow.h"
#include "native/testing.h"

namespace sense {
namespace {

constexpr int kWidth = 70, kHeight = 66, kScenes = 300;

// Draws scenes that nobody would make: everything must stay finite.
class RandomScenes {
 public:
  explicit RandomScenes(uint32_t seed) : random_(seed) {}

  int64_t seen() const { return seen_; }

  void Draw() {
    const RasterCamera camera = Camera();
    std::vector<RasterDraw> draws;
    for (int n = Whole(0, 4); n > 0; --n) draws.push_back(Surface());
    if (Whole(0, 2) == 0) draws.push_back(Points());
    const RasterLighting lighting = Light(draws);
    std::vector<float> radiance(4 * kWidth * kHeight), depth(kWidth * kHeight);
    std::vector<double> weights(3 * kWidth * kHeight);
    std::vector<float> normal(3 * kWidth * kHeight);
    std::vector<uint8_t> rgba(4 * kWidth * kHeight);
    std::vector<int32_t> draw(kWidth * kHeight), triangle(kWidth * kHeight);
    const RasterOutputs outputs{rgba.data(),  radiance.data(), depth.data(),
                                draw.data(),  triangle.data(), weights.data(),
                                normal.data()};
    SamplePlaces places;
    if (Whole(0, 1)) places.offsets = {{-0.25, -0.25}, {0.25, 0.25}};
    SENSE_EXPECT(
        Rasterise(draws, camera, lighting, places, {}, outputs, nullptr));
    for (const float value : radiance) SENSE_EXPECT(std::isfinite(value));
    for (const float value : normal) SENSE_EXPECT(std::abs(value) < 1.001f);
    for (int n = 0; n < kWidth * kHeight; ++n) {
      seen_ += draw[n] >= 0;
      SENSE_EXPECT(std::isnan(depth[n]) == (draw[n] < 0));
      SENSE_EXPECT(draw[n] < 0 || depth[n] >= camera.near * (1 - 1e-5));
      const double* w = &weights[3 * n];
      const double sum = draw[n] < 0 ? 0 : 1;
      SENSE_EXPECT_NEAR(w[0] + w[1] + w[2], sum, 1e-6);
    }
  }

 private:
  double Number(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random_);
  }
  float Single(double low, double high) {
    return static_cast<float>(Number(low, high));
  }
  int Whole(int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random_);
  }
  Vec3f Vector(double size) {
    return {Single(-size, size), Single(-size, size), Single(-size, size)};
  }

  RasterCamera Camera() {
    RasterCamera camera;
    camera.width = kWidth;
    camera.height = kHeight;
    camera.fx = camera.fy = std::exp(Number(-1, 8));
    camera.cx = Number(-100, 200);
    camera.cy = Number(-100, 200);
    camera.near = std::exp(Number(-9, 1));
    camera.parallel = Whole(0, 3) == 0;
    return camera;
  }

  // Mostly ahead, but also degenerate, huge, tiny and behind the camera.
  RasterDraw Surface() {
    auto mesh = std::make_shared<RasterMesh>();
    const double size = std::exp(Number(-12, 12));
    for (int n = 0; n < 12; ++n) {
      Vec3f p = Vector(size);
      if (Whole(0, 3)) p.z += static_cast<float>(size);
      if (n && Whole(0, 5) == 0) p = mesh->rest.positions.back();
      mesh->rest.positions.push_back(p);
      mesh->rest.normals.push_back(
          Whole(0, 9) ? Normalised(Vector(1)) : Vec3f{});
      const double far = Whole(0, 5) ? 2 : 1e9;
      mesh->uv[0].push_back({Single(-far, far), Single(-far, far)});
      mesh->colours.push_back({1, Single(0, 1), 1, Single(0, 1)});
    }
    for (int n = 0; n < 20; ++n) {
      mesh->triangles.push_back({Whole(0, 11), Whole(0, 11), Whole(0, 11)});
    }
    mesh->rest.tangents = TextureTangents(*mesh);
    return Placed(mesh);
  }

  RasterDraw Points() {
    auto mesh = std::make_shared<RasterMesh>();
    const double size = std::exp(Number(-3, 3));
    for (int n = 0; n < 30; ++n) {
      mesh->rest.positions.push_back(Vector(size));
      mesh->rest.normals.push_back(Whole(0, 2) ? Vector(1) : Vec3f{});
    }
    mesh->point_radii = {Single(0.01, 9)};
    mesh->point_unit = Whole(0, 1) ? PointUnit::kPixel : PointUnit::kLength;
    return Placed(mesh);
  }

  RasterDraw Placed(const std::shared_ptr<RasterMesh>& mesh) {
    Affine3 place;
    for (Vec3d& row : place.row) {
      row = {Number(-1, 1), Number(-1, 1), Number(-1, 1)};
    }
    if (Whole(0, 9) == 0) place.row[2] = place.row[1];
    return {mesh, {mesh, &mesh->rest}, Material(), place};
  }

  std::shared_ptr<RasterTexture> Texture(bool srgb) {
    if (Whole(0, 1)) return nullptr;
    const int width = Whole(1, 9), height = Whole(1, 9);
    std::vector<uint8_t> rgba(size_t{4} * width * height);
    for (uint8_t& level : rgba) level = static_cast<uint8_t>(Whole(0, 255));
    return std::make_shared<RasterTexture>(
        rgba.data(), width, height,
        TextureOptions{static_cast<TextureWrap>(Whole(0, 2)),
                       static_cast<TextureWrap>(Whole(0, 2)),
                       static_cast<TextureFilter>(Whole(0, 2)), srgb});
  }

  std::shared_ptr<RasterMaterial> Material() {
    auto material = std::make_shared<RasterMaterial>();
    material->shading = static_cast<ShadingModel>(Whole(0, 2));
    material->alpha_mode = static_cast<AlphaMode>(Whole(0, 2));
    material->double_sided = Whole(0, 1);
    material->flat = Whole(0, 3) == 0;
    material->base_colour = {1, 0, Single(0, 1), Single(0, 1)};
    material->metallic = Single(0, 1);
    material->roughness = Whole(0, 2) ? Single(0, 1) : 0.0f;
    material->base_colour_texture = Texture(true);
    material->metallic_roughness_texture = Texture(false);
    material->normal_texture = Texture(false);
    material->occlusion_texture = Texture(false);
    material->emissive_texture = Texture(true);
    material->toon.toony = Whole(0, 2) ? Single(0, 1) : 1.0f;
    material->toon.rim_colour = {1, 1, 1};
    material->toon.rim_power = Single(0, 100);
    material->toon.shift_texture = Texture(false);
    material->toon.rim_texture = Texture(true);
    material->toon.matcap_texture = Texture(true);
    return material;
  }

  RasterLighting Light(const std::vector<RasterDraw>& draws) {
    RasterLighting lighting;
    for (int n = Whole(0, 3); n > 0; --n) {
      RasterLight light;
      light.kind = static_cast<LightKind>(Whole(0, 2));
      light.position = Vector(3);
      light.direction = Normalised(Vector(1));
      light.range = Whole(0, 1) ? Single(0, 5) : 0.0f;
      light.cos_outer = Single(0, 0.9);
      light.cos_inner = Single(light.cos_outer, 1);
      if (Whole(0, 1)) SENSE_EXPECT(MakeShadow(draws, 32, &light, nullptr));
      lighting.lights.push_back(light);
    }
    if (Whole(0, 3) == 0) lighting.ambient = {0.2f, 0.2f, 0.2f};
    if (Whole(0, 1)) lighting.environment = Surroundings();
    lighting.tone_mapping = static_cast<ToneMapping>(Whole(0, 1));
    return lighting;
  }

  std::shared_ptr<const RasterEnvironment> Surroundings() {
    if (!surroundings_) {
      std::vector<float> rgb(3 * 4 * 2);
      for (float& value : rgb) value = Single(0, 5);
      surroundings_ =
          std::make_shared<RasterEnvironment>(rgb.data(), 4, 2, Affine3{});
    }
    return surroundings_;
  }

  std::mt19937 random_;
  int64_t seen_ = 0;
  std::shared_ptr<const RasterEnvironment> surroundings_;
};

}  // namespace
}  // namespace sense

int main() {
  sense::RandomScenes scenes(1);
  for (int n = 0; n < sense::kScenes; ++n) scenes.Draw();
  SENSE_EXPECT(scenes.seen() > 100000);
}
