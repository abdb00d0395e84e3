#ifndef SENSE_NATIVE_MIRROR_ALBEDO_H_
#define SENSE_NATIVE_MIRROR_ALBEDO_H_

namespace sense {

// How much of even light a rough mirror (GGX, correlated Smith, Schlick) sends
// to the eye: reflectance * scale + bias; the rest is lost between microfacets.
struct MirrorAlbedo {
  float scale, bias;
};

// Tabulated by integration (Karis, "Real shading in Unreal Engine 4", 2013);
// `n_v` is the cosine of the eye's angle to the normal.
MirrorAlbedo MirrorAlbedoOf(float roughness, float n_v);

}  // namespace sense

#endif  // SENSE_NATIVE_MIRROR_ALBEDO_H_
