#ifndef SENSE_NATIVE_RASTER_LIGHT_H_
#define SENSE_NATIVE_RASTER_LIGHT_H_

#include "native/mirror_albedo.h"
#include "native/raster_surface.h"

namespace sense {

// Light that arrives at a point.
struct Incident {
  Vec3f towards;   // Unit vector to the light.
  Vec3f radiance;  // Across a surface that faces the light.
  float lit = 1;   // 0 in the shadow.
};

Incident Arriving(const RasterLight& light, const SurfacePoint& point);

// What reflects: glTF 2.0, appendix B; `albedo` for the eye's direction.
struct Reflector {
  Vec3f base;
  float metallic, roughness;
  MirrorAlbedo albedo;
};

// Of one light: GGX with the correlated Smith term and Schlick's Fresnel term,
// with what it loses (Turquin, "Practical multiple scattering compensation for
// microfacet models", 2019), and Lambert for what enters.
Vec3f Reflected(const Reflector& surface, const Vec3f& normal,
                const Vec3f& towards_eye, const Incident& light);

// Of the light from everywhere around, with multiple scattering (Fdez-Aguera,
// "A multiple-scattering microfacet model for real-time image-based lighting",
// 2019), each of metal and plastic.
Vec3f ReflectedSurroundings(const Reflector& surface, const Vec3f& normal,
                            const Vec3f& towards_eye,
                            const RasterLighting& lighting);

// Radiance of a white matt surface without lights.
Vec3f SurroundingLight(const Vec3f& normal, const RasterLighting& lighting);

}  // namespace sense

#endif  // SENSE_NATIVE_RASTER_LIGHT_H_
