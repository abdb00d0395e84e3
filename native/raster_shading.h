#ifndef SENSE_NATIVE_RASTER_SHADING_H_
#define SENSE_NATIVE_RASTER_SHADING_H_

#include "native/raster_surface.h"

namespace sense {

using Rgba = std::array<float, 4>;

// Opacity of a surface whose alpha decides whether it is there.
float Opacity(const SurfacePoint& point, const RasterMaterial& material);

// Linear radiance towards the eye (before exposure) and opacity of a surface.
Rgba Shade(const SurfacePoint& point, const RasterMaterial& material,
           const RasterLighting& lighting);

}  // namespace sense

#endif  // SENSE_NATIVE_RASTER_SHADING_H_
