#include "native/raster_light.h"

#include "native/raster_environment.h"
#include "native/raster_shadow.h"

namespace sense {
namespace {

constexpr float kPi = 3.14159265f;

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

// Directional albedo of a GGX mirror: scale of its reflectance, and what is
// added (Karis, "Physically based shading on mobile", 2014).
std::array<float, 2> MirrorAlbedo(float roughness, float n_v) {
  const float x = 1 - roughness, y = 0.0425f - 0.0275f * roughness;
  const float z = 1.04f - 0.572f * roughness;
  const float w = 0.022f * roughness - 0.04f;
  const float a = std::min(x * x, std::exp2(-9.28f * n_v)) * x + y;
  return {-1.04f * a + z, 1.04f * a + w};
}

Vec3f Over(const Vec3f& a, const Vec3f& b) {
  return {a.x / b.x, a.y / b.y, a.z / b.z};
}

}  // namespace

Incident Arriving(const RasterLight& light, const SurfacePoint& point) {
  Incident incident;
  if (light.kind == LightKind::kDirectional) {
    incident.towards = -light.direction;
    incident.radiance = light.colour;
  } else {
    const Vec3f away = point.position - light.position;
    const float distance = std::sqrt(Dot(away, away));
    const Vec3f direction = away * (1 / std::max(distance, 1e-8f));
    incident.towards = -direction;
    incident.radiance = light.colour * Attenuation(light, direction, distance);
  }
  if (light.shadow && Dot(point.normal, incident.towards) > 0) {
    incident.lit =
        light.shadow->Lit(point.position, point.normal, incident.towards);
  }
  return incident;
}

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
  return brdf * light.radiance * (n_l * light.lit);
}

Vec3f SurroundingLight(const Vec3f& normal, const RasterLighting& lighting) {
  if (!lighting.environment) return lighting.ambient;
  return lighting.ambient + lighting.environment->Diffuse(normal);
}

Vec3f ReflectedSurroundings(const Reflector& surface, const Vec3f& normal,
                            const Vec3f& towards_eye,
                            const RasterLighting& lighting) {
  const Vec3f white{1, 1, 1};
  const float n_v = Clamp01(Dot(normal, towards_eye));
  const auto [scale, bias] = MirrorAlbedo(surface.roughness, n_v);
  const Vec3f single = surface.specular * scale + white * bias;
  const float lost = 1 - (scale + bias);
  const Vec3f mean = surface.specular + (white - surface.specular) * 0.047619f;
  const Vec3f multiple =
      Over(single * mean, white - mean * lost) * lost;
  const Vec3f total = single + multiple;
  const Vec3f matt =
      surface.diffuse * (1 - std::max({total.x, total.y, total.z}));
  const Vec3f around = SurroundingLight(normal, lighting);
  Vec3f mirrored = lighting.ambient;
  if (lighting.environment) {
    const Vec3f direction =
        normal * (2 * Dot(normal, towards_eye)) - towards_eye;
    // Rough mirrors reflect from nearer the normal.
    const Vec3f bent = Normalised(
        Mix(direction, normal, surface.roughness * surface.roughness));
    mirrored += lighting.environment->Specular(bent, surface.roughness);
  }
  return single * mirrored + (multiple + matt) * around;
}

}  // namespace sense
