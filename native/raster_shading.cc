#include "native/raster_shading.h"

#include "native/raster_light.h"

namespace sense {
namespace {

constexpr float kPi = 3.14159265f;
constexpr float kLeastRoughness = 0.045f;  // As three.js: no pin lights.

Rgba Texel(const std::shared_ptr<const RasterTexture>& texture,
           const SurfacePoint& point) {
  if (!texture) return {1, 1, 1, 1};
  const TextureOptions& options = texture->options();
  const TextureCoordinates& at = point.texture[options.uv_set];
  const std::array<float, 6>& map = options.uv_map;
  const auto turned = [&map](const std::array<float, 2>& d) {
    return std::array<float, 2>{map[0] * d[0] + map[1] * d[1],
                                map[3] * d[0] + map[4] * d[1]};
  };
  const std::array<float, 2> uv = turned(at.uv);
  return texture->Sample(uv[0] + map[2], uv[1] + map[5], turned(at.right),
                         turned(at.down));
}

Rgba BaseColour(const SurfacePoint& point, const RasterMaterial& material) {
  const Rgba texel = Texel(material.base_colour_texture, point);
  Rgba base;
  for (int c = 0; c < 4; ++c) {
    base[c] = texel[c] * material.base_colour[c] * point.colour[c];
  }
  return base;
}

Vec3f ShadingNormal(const SurfacePoint& point,
                    const RasterMaterial& material) {
  if (!material.normal_texture || Dot(point.tangent, point.tangent) == 0) {
    return point.normal;
  }
  const Rgba texel = Texel(material.normal_texture, point);
  const float x = (2 * texel[0] - 1) * material.normal_scale;
  const float y = (2 * texel[1] - 1) * material.normal_scale;
  return Normalised(point.tangent * x + point.bitangent * y +
                    point.normal * (2 * texel[2] - 1));
}

Vec3f Rgb(const Rgba& colour) { return {colour[0], colour[1], colour[2]}; }

Vec3f Rgb(const std::array<float, 3>& colour) {
  return {colour[0], colour[1], colour[2]};
}

Vec3f Emitted(const SurfacePoint& point, const RasterMaterial& material) {
  const Vec3f factor = Rgb(material.emissive);
  if (!material.emissive_texture) return factor;
  return factor * Rgb(Texel(material.emissive_texture, point));
}

Vec3f ShadePhysical(const SurfacePoint& point, const RasterMaterial& material,
                    const RasterLighting& lighting, const Vec3f& base) {
  float metallic = material.metallic, roughness = material.roughness;
  if (material.metallic_roughness_texture) {
    const Rgba texel = Texel(material.metallic_roughness_texture, point);
    roughness *= texel[1];
    metallic *= texel[2];
  }
  roughness = std::max(roughness, kLeastRoughness);
  const Vec3f normal = ShadingNormal(point, material);
  const MirrorAlbedo albedo =
      MirrorAlbedoOf(roughness, Dot(normal, point.towards_eye));
  const Reflector surface{base, Clamp01(metallic), roughness, albedo};
  float open = 1;
  if (material.occlusion_texture) {
    const float texel = Texel(material.occlusion_texture, point)[0];
    open += material.occlusion_strength * (texel - 1);
  }
  Vec3f sum = Emitted(point, material);
  if (lighting.has_surroundings()) {
    sum += ReflectedSurroundings(surface, normal, point.towards_eye, lighting) *
           open;
  }
  for (const RasterLight& light : lighting.lights) {
    sum += Reflected(surface, normal, point.towards_eye,
                     Arriving(light, point));
  }
  return sum;
}

// 0 below `low`, 1 above `high`.
float LinearStep(float low, float high, float value) {
  return Clamp01((value - low) / std::max(high - low, 1e-5f));
}

// What a ball of the material would show where its normal is this one; up is
// +y.
Vec3f Matcap(const ToonLook& toon, const Vec3f& towards_eye,
             const Vec3f& normal) {
  const Vec3f& v = towards_eye;
  const Vec3f right = Normalised(Vec3f{v.z, 0, -v.x});
  const Vec3f up = Cross(v, right);
  const float x = 0.5f + 0.495f * Dot(right, normal);
  const float y = 0.5f - 0.495f * Dot(up, normal);
  return Rgb(toon.matcap_colour) *
         Rgb(toon.matcap_texture->Sample(x, y, {0, 0}, {0, 0}));
}

Vec3f RimOf(const SurfacePoint& point, const ToonLook& toon,
            const Vec3f& normal) {
  const float facing = Dot(normal, point.towards_eye);
  const float edge = Clamp01(1 - facing + toon.rim_lift);
  Vec3f rim = Rgb(toon.rim_colour) * std::pow(edge, toon.rim_power);
  if (toon.matcap_texture) rim += Matcap(toon, point.towards_eye, normal);
  if (toon.rim_texture) rim = rim * Rgb(Texel(toon.rim_texture, point));
  return rim;
}

// VRMC_materials_mtoon 1.0: a hard step between the lit and the shaded colour.
Vec3f ShadeToon(const SurfacePoint& point, const RasterMaterial& material,
                const RasterLighting& lighting, const Vec3f& base) {
  const ToonLook& toon = material.toon;
  const Vec3f normal = ShadingNormal(point, material);
  Vec3f shade = Rgb(toon.shade_colour) * Rgb(point.colour);
  if (toon.shade_texture) shade = shade * Rgb(Texel(toon.shade_texture, point));
  float shift = toon.shift;
  if (toon.shift_texture) {
    shift += toon.shift_scale * Texel(toon.shift_texture, point)[0];
  }
  Vec3f direct, lit;
  for (const RasterLight& light : lighting.lights) {
    const Incident incident = Arriving(light, point);
    const float step =
        LinearStep(toon.toony - 1, 1 - toon.toony,
                   Dot(normal, incident.towards) + shift) *
        incident.lit;
    // As Lambert's law, in which a light of pi makes white.
    const Vec3f radiance = incident.radiance * (1 / kPi);
    direct += Mix(shade, base, step) * radiance;
    lit += radiance * step;
  }
  const Vec3f own = SurroundingLight(normal, lighting);
  const Vec3f even = (SurroundingLight({0, 1, 0}, lighting) +
                      SurroundingLight({0, -1, 0}, lighting)) *
                     0.5f;
  const Vec3f around = Mix(own, even, toon.equalised);
  const Vec3f rim_light = Mix({1, 1, 1}, lit + around, toon.rim_lighting);
  return direct + base * around + Emitted(point, material) +
         RimOf(point, toon, normal) * rim_light;
}

}  // namespace

float Opacity(const SurfacePoint& point, const RasterMaterial& material) {
  return Texel(material.base_colour_texture, point)[3] *
         material.base_colour[3] * point.colour[3];
}

Rgba Shade(const SurfacePoint& point, const RasterMaterial& material,
           const RasterLighting& lighting) {
  const Rgba base = BaseColour(point, material);
  Vec3f colour = Rgb(base);
  if (material.shading == ShadingModel::kPhysical) {
    colour = ShadePhysical(point, material, lighting, colour);
  } else if (material.shading == ShadingModel::kToon) {
    colour = ShadeToon(point, material, lighting, colour);
    if (point.outline) {
      const ToonLook& toon = material.toon;
      colour = Rgb(toon.outline_colour) *
               Mix({1, 1, 1}, colour, toon.outline_lighting);
    }
  }
  const float alpha =
      material.alpha_mode == AlphaMode::kBlend ? Clamp01(base[3]) : 1.0f;
  return {colour.x, colour.y, colour.z, alpha};
}

}  // namespace sense
