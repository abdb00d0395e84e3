#ifndef SENSE_NATIVE_RASTER_PAINTER_H_
#define SENSE_NATIVE_RASTER_PAINTER_H_

#include <vector>

#include "native/raster_shading.h"
#include "native/raster_tile.h"

namespace sense {

// All that the tiles of a frame have in common.
struct RasterFrame {
  const std::vector<PlacedDraw>& draws;
  const RasterCamera& camera;
  const RasterLighting& lighting;
  const RasterSamples& samples;
  const TileBins& bins;
  const RasterOutputs& outputs;
};

// Finds what the samples of a tile show and stores it; one for each thread.
class RasterPainter {
 public:
  explicit RasterPainter(const RasterFrame& frame);

  // Stores colours.
  void PaintColours(int tile);

  // Stores depth, draw, triangle and weights at the first plane's samples.
  void StoreSurfaces(int tile);

 private:
  // A triangle through which one sees others, at one pixel.
  struct Fragment {
    int pixel;
    uint32_t planes;  // One bit each.
    float nearness;
    uint32_t number;
  };

  void FindVisible(int tile);
  template <typename Found>
  void ForEachSample(const PixelBounds& bounds, const Found& found);
  void DrawTested(const PixelBounds& bounds, uint32_t number);
  void AddFragments(const PixelBounds& bounds, uint32_t number);
  bool IsAll(uint32_t number, int pixel) const;
  void PaintPixel(int pixel, size_t* fragment);
  void ColourOpaque(int pixel, int x, int y);
  Rgba ColourOf(uint32_t number, uint32_t planes, int x, int y);
  void Stretch(int x, int y, SurfacePoint* point) const;
  void Store(const Rgba& premultiplied, int x, int y) const;
  void StoreSurface(int x, int y, uint32_t number);
  int X(int pixel) const {
    return samples_.left(tile_) + pixel % RasterSamples::kEdge;
  }
  int Y(int pixel) const {
    return samples_.top(tile_) + pixel / RasterSamples::kEdge;
  }

  const RasterFrame& frame_;
  const RasterSamples& samples_;
  RasterTile visible_;
  SurfaceLookup surface_;
  int tile_ = 0;
  std::vector<uint32_t> planes_;  // Of the triangle at hand, by pixel.
  std::vector<int> touched_;
  std::vector<Fragment> fragments_;
  std::vector<Rgba> colours_;  // Of the pixel's samples, premultiplied.
};

}  // namespace sense

#endif  // SENSE_NATIVE_RASTER_PAINTER_H_
