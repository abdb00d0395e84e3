#ifndef SENSE_NATIVE_STEREO_KERNELS_H_
#define SENSE_NATIVE_STEREO_KERNELS_H_

#include "native/stereo_scene.h"

namespace sense {

enum class StereoPass {
  kBegin,      // Judges the planes; chance fills in where w is 0.
  kPropagate,  // Tries the planes of other pixels, and changed ones.
  kFinish,     // Moves each to the least cost between samples of depth.
};

// Rows of one pass; of the pixels of a chessboard only those of one colour (0
// or 1), as they look at the others.
struct StereoRows {
  StereoPass pass;
  int number, colour;
  int top, bottom;
};

using SearchRows = void (*)(const StereoTask& task, const StereoRows& rows);

inline namespace baseline {
void SearchPlanes(const StereoTask& task, const StereoRows& rows);
}  // namespace baseline

#ifdef SENSE_AVX2_KERNELS
inline namespace avx2 {
void SearchPlanes(const StereoTask& task, const StereoRows& rows);
}  // namespace avx2
#endif

}  // namespace sense

#endif  // SENSE_NATIVE_STEREO_KERNELS_H_
