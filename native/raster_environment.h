#ifndef SENSE_NATIVE_RASTER_ENVIRONMENT_H_
#define SENSE_NATIVE_RASTER_ENVIRONMENT_H_

#include <vector>

#include "native/raster_math.h"

namespace sense {

// Radiance from all directions on the unfolded octahedron, the square
// -1 ... 1 x -1 ... 1 (Cigolle et al., "A survey of efficient representations
// for independent unit vectors", 2014).
class OctahedralMap {
 public:
  explicit OctahedralMap(int edge);

  int edge() const { return edge_; }
  Vec3f& At(int x, int y) { return texels_[y * edge_ + x]; }
  const Vec3f& At(int x, int y) const { return texels_[y * edge_ + x]; }

  // Direction of a texel's middle.
  Vec3f DirectionOf(int x, int y) const;

  // Part of the sphere that a texel covers, in steradians.
  float SolidAngle(int x, int y) const;

  // Blends linearly between texels, over the edges of the square too.
  Vec3f Sample(const Vec3f& direction) const;

  // Means of 2 x 2 texels, weighted by their solid angles.
  OctahedralMap Halved() const;

 private:
  const Vec3f& Wrapped(int x, int y) const;

  int edge_;
  std::vector<Vec3f> texels_;
};

// Light from everywhere around, filtered beforehand for matt surfaces and for
// mirrors of several roughnesses (Karis, "Real shading in Unreal Engine 4",
// 2013).
class RasterEnvironment {
 public:
  // `rgb` is an equirectangular panorama: its middle shows direction +x of the
  // panorama, its upper edge +y, and what is right of the middle is at +z.
  RasterEnvironment(const float* rgb, int width, int height,
                    const Affine3& panorama_from_world);

  // Mean radiance over the hemisphere, weighted by the cosine.
  Vec3f Diffuse(const Vec3f& normal) const;

  // Radiance that a mirror of this roughness shows in a direction.
  Vec3f Specular(const Vec3f& direction, float roughness) const;

 private:
  Vec3f ToPanorama(const Vec3f& direction) const;
  void FilterSpecular(const std::vector<OctahedralMap>& sources);

  Affine3 panorama_from_world_;
  OctahedralMap diffuse_;
  std::vector<OctahedralMap> specular_;  // From a mirror to the roughest.
};

}  // namespace sense

#endif  // SENSE_NATIVE_RASTER_ENVIRONMENT_H_
