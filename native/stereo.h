#ifndef SENSE_NATIVE_STEREO_H_
#define SENSE_NATIVE_STEREO_H_

#include "native/stereo_kernels.h"

namespace sense {

// One pass over all pixels of the reference, on all cores; `number` counts the
// passes over one size of the pictures. Returns false when stopped.
bool SearchPass(const StereoTask& task, StereoPass pass, int number,
                const StopFlag* stop);

}  // namespace sense

#endif  // SENSE_NATIVE_STEREO_H_
