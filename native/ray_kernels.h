#ifndef SENSE_NATIVE_RAY_KERNELS_H_
#define SENSE_NATIVE_RAY_KERNELS_H_

#include "native/ray.h"

namespace sense {

// Which pixels of a picture are cast: all, every second one as the fields of a
// chessboard, or then those between, unless the ones around are alike.
enum class RayPass { kAll, kFirst, kBetween };

// A square of pixels that is cast by one thread.
struct PictureTile {
  int left, top, right, bottom;
  RayPass pass;
};

// What all tiles of a picture have in common.
struct RayTask {
  const RayScene& scene;
  const RayMaker& rays;
  std::vector<BlockDistances> distances;  // By grid.
  const RaycastPicture& picture;
  const StopFlag* stop;
};

// Casts the rays of a tile; the same code for different processors. Returns
// false when stopped.
using CastTile = bool (*)(const RayTask& task, const PictureTile& tile);

inline namespace baseline {
bool CastRays(const RayTask& task, const PictureTile& tile);
}  // namespace baseline

#ifdef SENSE_AVX2_KERNELS
inline namespace avx2 {
bool CastRays(const RayTask& task, const PictureTile& tile);
}  // namespace avx2
#endif

#ifdef SENSE_AVX512_KERNELS
inline namespace avx512 {
bool CastRays(const RayTask& task, const PictureTile& tile);
}  // namespace avx512
#endif

// Those that run here, the fastest first. They give the same pictures.
std::vector<CastTile> KernelsOfProcessor();

// Does what Raycast does, by one of them.
bool RaycastBy(CastTile cast, const RayScene& scene, const RayCamera& camera,
               const RaycastPicture& picture, const StopFlag* stop);

}  // namespace sense

#endif  // SENSE_NATIVE_RAY_KERNELS_H_
