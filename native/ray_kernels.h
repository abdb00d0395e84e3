#ifndef SENSE_NATIVE_RAY_KERNELS_H_
#define SENSE_NATIVE_RAY_KERNELS_H_

#include "native/ray.h"

namespace sense {

// A square of pixels that is cast by one thread.
struct PictureTile {
  int left, top, right, bottom;
};

// Casts the rays of a tile; the same code for different processors. Returns
// false when stopped.
using CastTile = bool (*)(const RayScene& scene, const RayMaker& rays,
                          const RaycastPicture& picture,
                          const PictureTile& tile, const StopFlag* stop);

inline namespace baseline {
bool CastRays(const RayScene& scene, const RayMaker& rays,
              const RaycastPicture& picture, const PictureTile& tile,
              const StopFlag* stop);
}  // namespace baseline

#ifdef SENSE_AVX2_KERNELS
inline namespace avx2 {
bool CastRays(const RayScene& scene, const RayMaker& rays,
              const RaycastPicture& picture, const PictureTile& tile,
              const StopFlag* stop);
}  // namespace avx2
#endif

}  // namespace sense

#endif  // SENSE_NATIVE_RAY_KERNELS_H_
