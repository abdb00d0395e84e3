#ifndef SENSE_NATIVE_RASTER_BINS_H_
#define SENSE_NATIVE_RASTER_BINS_H_

#include <cstdint>
#include <vector>

#include "native/raster_disc.h"
#include "native/raster_samples.h"
#include "native/stop_flag.h"

namespace sense {

// A draw with its vertices on the screen.
struct PlacedDraw {
  const RasterDraw* draw;
  std::vector<ScreenVertex> vertices;  // Of triangles.
  uint32_t first_triangle = 0;  // Number of the draw's first, or first point.
  bool mirrored = false;        // Fronts are seen clockwise.

  std::array<const ScreenVertex*, 3> Corners(int triangle) const {
    const std::array<int32_t, 3>& t = draw->mesh->triangles[triangle];
    return {&vertices[t[0]], &vertices[t[1]], &vertices[t[2]]};
  }

  // Whether triangles seen (counter)clockwise are drawn.
  bool Shows(bool clockwise) const {
    if (draw->outline) return clockwise != mirrored;
    return draw->material->double_sided || clockwise == mirrored;
  }

  // False where the triangle is not drawn: edge-on, or seen from behind.
  bool SetUp(int triangle, bool parallel, ScreenTriangle* out) const {
    const auto [a, b, c] = Corners(triangle);
    return out->SetUp(*a, *b, *c, parallel) && Shows(out->clockwise);
  }
};

// The numbers of the triangles that may touch each tile, in drawing order.
struct TileBins {
  std::vector<uint32_t> triangles;
  std::vector<size_t> start;  // One more than there are tiles.
};

TileBins SortIntoTiles(const std::vector<PlacedDraw>& draws,
                       const RasterCamera& camera,
                       const RasterSamples& samples, const StopFlag* stop);

}  // namespace sense

#endif  // SENSE_NATIVE_RASTER_BINS_H_
