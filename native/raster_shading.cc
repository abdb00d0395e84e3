#include "native/raster_shading.h"

namespace sense {
namespace {

constexpr float kPi = 3.14159265f;
constexpr float kReflectance = 0.04f;  // Of a dielectric, straight on.
constexpr float kLeastRoughness = 0.0525f;  // As three.js: no pin lights.

Rgba Texel(const std::shared_ptr<const RasterTexture>& texture,
           const SurfacePoint& point) {
  if (!texture) return {1, 1, 1, 1};
  return texture->Sample(point.uv[0], point.uv[1], point.uv_right,
                         point.uv_down);
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

// What reflects: glTF 2.0, appendix B.
struct Reflector {
  Vec3f diffuse, specular;
  float roughness;
};

struct Incident {
  Vec3f towards;   // Unit vector to the light.
  Vec3f radiance;  // Arriving across a surface that faces the light.
};

float Attenuation(const RasterLight& light, const Vec3f& from_light,
                  float distance) {
  float factor = 1 / std::max(distance * distance, 1e-8f);
  if (light.range > 0) {
    const float ratio = distance / light.range;
    const float window = Clamp01(1 - ratio * ratio * ratio * ratio);
    factor *= window * window;
  }
  if (light.kind == LightKind::kSpot) {
    const float cosine = Dot(from_light, light.direction);
    const float width = std::max(light.cos_inner - light.cos_outer, 1e-3f);
    const float inside = Clamp01((cosine - light.cos_outer) / width);
    factor *= inside * inside;
  }
  return factor;
}

Incident Arriving(const RasterLight& light, const Vec3f& position) {
  if (light.kind == LightKind::kDirectional) {
    return {-light.direction, light.colour};
  }
  const Vec3f away = position - light.position;
  const float distance = std::sqrt(Dot(away, away));
  const Vec3f direction = away * (1 / std::max(distance, 1e-8f));
  return {-direction,
          light.colour * Attenuation(light, direction, distance)};
}

// Lambert, and GGX with the correlated Smith term and Schlick's Fresnel term.
Vec3f Reflected(const Reflector& surface, const Vec3f& normal,
                const Vec3f& towards_eye, const Incident& light) {
  const float n_l = Dot(normal, light.towards);
  if (!(n_l > 0)) return {};
  const Vec3f half = Normalised(light.towards + towards_eye);
  const float n_v = std::max(Dot(normal, towards_eye), 1e-4f);
  const float n_h = Clamp01(Dot(normal, half));
  const float v_h = Clamp01(Dot(towards_eye, half));
  const float alpha = surface.roughness * surface.roughness;
  const float a2 = alpha * alpha;
  const float spread = n_h * n_h * (a2 - 1) + 1;
  const float distribution = a2 / (kPi * spread * spread);
  const float visibility =
      0.5f / (n_l * std::sqrt(a2 + (1 - a2) * n_v * n_v) +
              n_v * std::sqrt(a2 + (1 - a2) * n_l * n_l));
  const float c = 1 - v_h, c2 = c * c;
  const float fresnel = c2 * c2 * c;
  const Vec3f mirror = surface.specular * (1 - fresnel) +
                       Vec3f{fresnel, fresnel, fresnel};
  const Vec3f brdf = surface.diffuse * (1 / kPi) +
                     mirror * (distribution * visibility);
  return brdf * light.radiance * n_l;
}

Vec3f Rgb(const Rgba& colour) { return {colour[0], colour[1], colour[2]}; }

Vec3f Emitted(const SurfacePoint& point, const RasterMaterial& material) {
  const Vec3f factor{material.emissive[0], material.emissive[1],
                     material.emissive[2]};
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
  const Vec3f grey{kReflectance, kReflectance, kReflectance};
  const Reflector surface{base * (1 - metallic), Mix(grey, base, metallic),
                          std::max(roughness, kLeastRoughness)};
  const Vec3f normal = ShadingNormal(point, material);
  Vec3f sum = Emitted(point, material);
  float open = 1;
  if (material.occlusion_texture) {
    const float texel = Texel(material.occlusion_texture, point)[0];
    open += material.occlusion_strength * (texel - 1);
  }
  sum += (surface.diffuse + surface.specular) * lighting.ambient * open;
  for (const RasterLight& light : lighting.lights) {
    sum += Reflected(surface, normal, point.towards_eye,
                     Arriving(light, point.position));
  }
  return sum;
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
  }
  const float alpha =
      material.alpha_mode == AlphaMode::kBlend ? Clamp01(base[3]) : 1.0f;
  return {colour.x, colour.y, colour.z, alpha};
}

}  // namespace sense
