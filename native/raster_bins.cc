#include "native/raster_bins.h"

#include <algorithm>

#include "native/thread_pool.h"

namespace sense {
namespace {

constexpr int kTrianglesAtOnce = 1 << 13;

// A part of one draw's triangles, and the tiles that each may touch.
struct Run {
  const PlacedDraw* placed;
  int first, count;
  std::vector<std::array<uint32_t, 2>> found = {};  // Tile, triangle.
  std::vector<size_t> place = {};                   // In the bins, by tile.
};

std::vector<Run> MakeRuns(const std::vector<PlacedDraw>& draws) {
  std::vector<Run> runs;
  for (const PlacedDraw& placed : draws) {
    const int count = placed.draw->mesh->count();
    for (int first = 0; first < count; first += kTrianglesAtOnce) {
      runs.push_back({&placed, first, std::min(kTrianglesAtOnce, count - first)});
    }
  }
  return runs;
}

// As ScreenTriangle::SetUp and PlacedDraw::SetUp decide.
bool IsDrawn(const std::array<const ScreenVertex*, 3>& corners,
             const PlacedDraw& placed) {
  const double determinant =
      Dot(corners[0]->xyw, Cross(corners[1]->xyw, corners[2]->xyw));
  if (!(determinant != 0)) return false;
  return placed.Shows(determinant > 0);
}

bool BoundsOf(const PlacedDraw& placed, int n, const RasterCamera& camera,
              PixelBounds* bounds) {
  if (placed.draw->mesh->has_points()) {
    ScreenDisc disc = DiscOf(*placed.draw, camera, n);
    return disc.SetUp(camera) && disc.FindBounds(camera, bounds);
  }
  const auto corners = placed.Corners(n);
  return IsDrawn(corners, placed) && FindBounds(corners, camera, bounds);
}

void FindTiles(Run& run, const RasterCamera& camera,
               const RasterSamples& samples) {
  run.place.assign(samples.tiles(), 0);
  for (int n = run.first; n < run.first + run.count; ++n) {
    PixelBounds bounds;
    if (!BoundsOf(*run.placed, n, camera, &bounds)) continue;
    samples.ForEachTile(bounds, [&](int tile) {
      run.found.push_back({static_cast<uint32_t>(tile),
                           run.placed->first_triangle + n});
      ++run.place[tile];
    });
  }
}

// Turns the counts of every run into places, tile by tile and run by run.
TileBins Arrange(std::vector<Run>& runs, int tiles) {
  TileBins bins;
  size_t place = 0;
  for (int tile = 0; tile < tiles; ++tile) {
    bins.start.push_back(place);
    for (Run& run : runs) {
      const size_t count = run.place[tile];
      run.place[tile] = place;
      place += count;
    }
  }
  bins.start.push_back(place);
  bins.triangles.resize(place);
  return bins;
}

}  // namespace

TileBins SortIntoTiles(const std::vector<PlacedDraw>& draws,
                       const RasterCamera& camera,
                       const RasterSamples& samples, const StopFlag* stop) {
  std::vector<Run> runs = MakeRuns(draws);
  const int count = static_cast<int>(runs.size());
  ThreadPool::Shared().ForEach(count, [&](int n) {
    if (!Stopped(stop)) FindTiles(runs[n], camera, samples);
  });
  if (Stopped(stop)) return {{}, std::vector<size_t>(samples.tiles() + 1, 0)};
  TileBins bins = Arrange(runs, samples.tiles());
  ThreadPool::Shared().ForEach(count, [&](int n) {
    for (const auto& [tile, triangle] : runs[n].found) {
      bins.triangles[runs[n].place[tile]++] = triangle;
    }
  });
  return bins;
}

}  // namespace sense
