#ifndef SENSE_NATIVE_RAY_PICTURE_H_
#define SENSE_NATIVE_RAY_PICTURE_H_

#include <cstdint>

namespace sense {

// Makes out[height][width][4] RGBA, colours not multiplied by alpha, from a
// picture whose pixels are `reduction` times as large in each direction and
// whose colours are multiplied by alpha; blends linearly between its pixels.
void EnlargePicture(const float* reduced, int reduction, int width, int height,
                    uint8_t* out);

}  // namespace sense

#endif  // SENSE_NATIVE_RAY_PICTURE_H_
