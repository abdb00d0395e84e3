#include "native/raster.h"

#include <atomic>
#include <memory>
#include <mutex>

#include "native/raster_painter.h"
#include "native/thread_pool.h"

namespace sense {
namespace {

// Painters that are not at work; a thread takes one for each tile.
class PainterPool {
 public:
  explicit PainterPool(const RasterFrame& frame) : frame_(frame) {}

  std::unique_ptr<RasterPainter> Take() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (idle_.empty()) return std::make_unique<RasterPainter>(frame_);
    auto painter = std::move(idle_.back());
    idle_.pop_back();
    return painter;
  }

  void Return(std::unique_ptr<RasterPainter> painter) {
    std::lock_guard<std::mutex> lock(mutex_);
    idle_.push_back(std::move(painter));
  }

 private:
  const RasterFrame& frame_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<RasterPainter>> idle_;
};

std::vector<PlacedDraw> Place(const std::vector<RasterDraw>& draws,
                              const RasterCamera& camera,
                              const StopFlag* stop) {
  std::vector<PlacedDraw> placed;
  uint32_t first = 0;
  for (const RasterDraw& draw : draws) {
    const bool mirrored =
        (draw.world_from_mesh.Determinant() < 0) != draw.mirrored;
    placed.push_back({&draw, {}, first, mirrored});
    if (!draw.mesh->has_points()) {
      placed.back().vertices =
          PlaceVertices(draw.pose->positions, draw.world_from_mesh, camera,
                        stop);
    }
    first += static_cast<uint32_t>(draw.mesh->count());
  }
  return placed;
}

// Calls paint(painter, tile) for all tiles; false when stopped.
template <typename Paint>
bool PaintTiles(const std::vector<PlacedDraw>& placed,
                const RasterCamera& camera, const RasterLighting& lighting,
                const SamplePlaces& places, const RasterOutputs& outputs,
                const StopFlag* stop, const Paint& paint) {
  const RasterSamples samples(camera, places);
  const TileBins bins = SortIntoTiles(placed, camera, samples, stop);
  const RasterFrame frame{placed, camera, lighting, samples, bins, outputs};
  PainterPool painters(frame);
  std::atomic<bool> complete{true};
  ThreadPool::Shared().ForEach(samples.tiles(), [&](int tile) {
    if (Stopped(stop)) {
      complete = false;
      return;
    }
    auto painter = painters.Take();
    paint(*painter, tile);
    painters.Return(std::move(painter));
  });
  return complete;
}

}  // namespace

bool Rasterise(const std::vector<RasterDraw>& draws,
               const RasterCamera& camera, const RasterLighting& lighting,
               const SamplePlaces& places, const SamplePlaces& centres,
               const RasterOutputs& outputs, const StopFlag* stop) {
  const std::vector<PlacedDraw> placed = Place(draws, camera, stop);
  if (Stopped(stop)) return false;
  const bool coloured =
      !outputs.needs_colour() ||
      PaintTiles(placed, camera, lighting, places, outputs, stop,
                 [](RasterPainter& painter, int tile) {
                   painter.PaintColours(tile);
                 });
  return coloured &&
         (!outputs.needs_centre() ||
          PaintTiles(placed, camera, lighting, centres, outputs, stop,
                     [](RasterPainter& painter, int tile) {
                       painter.StoreSurfaces(tile);
                     }));
}

}  // namespace sense
