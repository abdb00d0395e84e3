#ifndef SENSE_NATIVE_RASTER_H_
#define SENSE_NATIVE_RASTER_H_

#include <vector>

#include "native/raster_scene.h"
#include "native/stop_flag.h"

namespace sense {

// Draws triangles on all cores: which triangle every sample shows is found
// first, tile by tile, and only what is seen is shaded, once a pixel and
// triangle. `places` has the samples of the colours; all other outputs are
// those of `centres`, the pixels' centres. False when stopped. The same
// arguments give the same picture on any number of cores.
bool Rasterise(const std::vector<RasterDraw>& draws,
               const RasterCamera& camera, const RasterLighting& lighting,
               const SamplePlaces& places, const SamplePlaces& centres,
               const RasterOutputs& outputs, const StopFlag* stop);

}  // namespace sense

#endif  // SENSE_NATIVE_RASTER_H_
