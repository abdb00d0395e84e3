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

constexpr float kReflectance = 0.04f;  // Of a dielectric, straight on.
const Vec3f kWhite{1, 1, 1};
const Vec3f kGrey{kReflectance, kReflectance, kReflectance};

Vec3f Over(const Vec3f& a, const Vec3f& b) {
  return {a.x / b.x, a.y / b.y, a.z / b.z};
}

// What a mirror of the reflectance sends on at once, and after it went to and
// fro between microfacets.
struct Scattering {
  Vec3f single, multiple;
};

Scattering ScatteringOf(const Vec3f& reflectance, const MirrorAlbedo& albedo) {
  const Vec3f single = reflectance * albedo.scale + kWhite * albedo.bias;
  const float lost = 1 - (albedo.scale + albedo.bias);
  const Vec3f mean = reflectance + (kWhite - reflectance) * 0.047619f;
  return {single, Over(single * mean, kWhite - mean * lost) * lost};
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
  const Vec3f specular = Mix(kGrey, surface.base, surface.metallic);
  const MirrorAlbedo& albedo = surface.albedo;
  const float lost = 1 / (albedo.scale + albedo.bias) - 1;
  const Vec3f mirror = Mix(specular, kWhite, fresnel) *
                       (distribution * visibility) *
                       (kWhite + specular * lost);
  const float entering = 1 - (kReflectance + (1 - kReflectance) * fresnel);
  const Vec3f matt =
      surface.base * ((1 - surface.metallic) * entering / kPi);
  return (matt + mirror) * light.radiance * (n_l * light.lit);
}

Vec3f SurroundingLight(const Vec3f& normal, const RasterLighting& lighting) {
  if (!lighting.environment) return lighting.ambient;
  return lighting.ambient + lighting.environment->Diffuse(normal);
}

Vec3f ReflectedSurroundings(const Reflector& surface, const Vec3f& normal,
                            const Vec3f& towards_eye,
                            const RasterLighting& lighting) {
  const Scattering plastic = ScatteringOf(kGrey, surface.albedo);
  const Scattering metal = ScatteringOf(surface.base, surface.albedo);
  const Vec3f single = Mix(plastic.single, metal.single, surface.metallic);
  const Vec3f multiple =
      Mix(plastic.multiple, metal.multiple, surface.metallic);
  const Vec3f matt = surface.base * (1 - surface.metallic) *
                     (kWhite - plastic.single - plastic.multiple);
  const Vec3f around = SurroundingLight(normal, lighting);
  Vec3f mirrored = lighting.ambient;
  if (lighting.environment) {
    const Vec3f direction =
        normal * (2 * Dot(normal, towards_eye)) - towards_eye;
    // Rough mirrors reflect from nearer the normal.
    const float square = surface.roughness * surface.roughness;
    const Vec3f bent = Normalised(Mix(direction, normal, square * square));
    mirrored += lighting.environment->Specular(bent, surface.roughness);
  }
  return single * mirrored + (multiple + matt) * around;
}

}  // namespace sense
