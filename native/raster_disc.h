#ifndef SENSE_NATIVE_RASTER_DISC_H_
#define SENSE_NATIVE_RASTER_DISC_H_

#include "native/raster_triangle.h"

namespace sense {

// A flat, round piece of surface, in the camera's axes: a splat, or a point
// that is as large as some pixels.
struct ScreenDisc {
  Vec3d centre, normal;
  double radius = 0;
  Plane2 nearness;  // As ScreenTriangle's.

  // False for a disc that is behind the camera or seen edge-on.
  bool SetUp(const RasterCamera& camera);

  bool FindBounds(const RasterCamera& camera, PixelBounds* bounds) const;

  // Whether the disc is at a sample, and how near it is there.
  bool IsAt(const RasterCamera& camera, double x, double y,
            float* nearness) const;

  // In the camera's axes.
  Vec3d PointAt(const RasterCamera& camera, double x, double y) const;
};

// The disc of vertex `n` of a draw of points.
ScreenDisc DiscOf(const RasterDraw& draw, const RasterCamera& camera, int n);

}  // namespace sense

#endif  // SENSE_NATIVE_RASTER_DISC_H_
