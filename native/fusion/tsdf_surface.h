#ifndef SENSE_NATIVE_FUSION_TSDF_SURFACE_H_
#define SENSE_NATIVE_FUSION_TSDF_SURFACE_H_

#include <cstdint>
#include <vector>

#include "native/field_surface.h"
#include "native/fusion/tsdf_volume.h"

namespace sense {

struct ColouredMesh {
  TriangleMesh mesh;
  std::vector<uint8_t> colours;  // sRGB, three a vertex.
};

struct TsdfSurfaceOptions {
  // Voxels that weigh less are taken as unknown; 1 is one sight from 1 m.
  float least_weight = 0.02f;
  // Connected pieces smaller than this share of the largest are left out.
  double smallest_piece = 0.0;
};

// Where the distance is 0, with the colours there: every edge one of at most
// two triangles, the triangles around every vertex one fan, counterclockwise
// seen from where the cameras were. Open where nothing was seen.
ColouredMesh TsdfSurface(const TsdfVolume& volume,
                         const TsdfSurfaceOptions& options,
                         const StopFlag* stop);

// A cube of kEdge blocks a side, whose first block is kEdge * place.
struct SurfacePatch {
  static constexpr int32_t kEdge = 4;
  BlockPlace place;
  ColouredMesh surface;  // Empty where there is none any more.
};

// The surface in the cubes that changed after so many changes of the volume,
// by place. Patches meet without gaps, each with vertices of its own along the
// seam.
std::vector<SurfacePatch> ChangedSurface(const TsdfVolume& volume, int64_t since,
                                         const TsdfSurfaceOptions& options,
                                         const StopFlag* stop);

}  // namespace sense

#endif  // SENSE_NATIVE_FUSION_TSDF_SURFACE_H_
