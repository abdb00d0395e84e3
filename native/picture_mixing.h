#ifndef SENSE_NATIVE_PICTURE_MIXING_H_
#define SENSE_NATIVE_PICTURE_MIXING_H_

#include <cstdint>

namespace sense {

// Mixes what a pixel shows where a surface is (`before` it, then the surface)
// with what it shows `behind` where there is none, by the surface's alpha. All
// are RGBA, colours not multiplied by alpha.
void MixSurface(const uint8_t* before, const uint8_t* behind,
                const uint8_t* surface, int64_t pixels, uint8_t* out);

}  // namespace sense

#endif  // SENSE_NATIVE_PICTURE_MIXING_H_
