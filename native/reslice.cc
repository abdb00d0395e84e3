#include "native/reslice.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <vector>

#include "native/multiversion.h"
#include "native/sample_row.h"
#include "native/thread_pool.h"

namespace sense {
namespace {

// Rows of one work item: neighbours share cache lines of the volume.
constexpr int kBandRows = 8;

Vector3 Along(const Vector3& start, double count, const Vector3& step) {
  return {start[0] + count * step[0], start[1] + count * step[1],
          start[2] + count * step[2]};
}

// Running projection of the samples of one tile.
struct TileSlab {
  alignas(64) float value[kTile];
  alignas(64) float count[kTile];
};

SENSE_MULTIVERSION void AddSum(const float* values, PixelRange lanes,
                               TileSlab* slab) {
  for (int lane = lanes.begin; lane < lanes.end; ++lane) {
    slab->value[lane] += values[lane];
    slab->count[lane] += 1.0f;
  }
}

SENSE_MULTIVERSION void AddMaximum(const float* values, PixelRange lanes,
                                   TileSlab* slab) {
  for (int lane = lanes.begin; lane < lanes.end; ++lane) {
    const float value = values[lane], best = slab->value[lane];
    slab->value[lane] = value > best ? value : best;
    slab->count[lane] = 1.0f;
  }
}

SENSE_MULTIVERSION void AddMinimum(const float* values, PixelRange lanes,
                                   TileSlab* slab) {
  for (int lane = lanes.begin; lane < lanes.end; ++lane) {
    const float value = values[lane], best = slab->value[lane];
    slab->value[lane] = value < best ? value : best;
    slab->count[lane] = 1.0f;
  }
}

// 0 / 0 makes the NaN of a pixel without samples.
SENSE_MULTIVERSION void Finish(const TileSlab& slab, int lanes, float* out) {
  for (int lane = 0; lane < lanes; ++lane) {
    const float count = slab.count[lane];
    out[lane] = count > 0.0f ? slab.value[lane] / count
                             : std::numeric_limits<float>::quiet_NaN();
  }
}

float StartValue(Projection projection) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  if (projection == Projection::kMaximum) return -kInfinity;
  return projection == Projection::kMinimum ? kInfinity : 0.0f;
}

void Add(Projection projection, const float* values, PixelRange lanes,
         TileSlab* slab) {
  switch (projection) {
    case Projection::kMean:
      return AddSum(values, lanes, slab);
    case Projection::kMaximum:
      return AddMaximum(values, lanes, slab);
    case Projection::kMinimum:
      return AddMinimum(values, lanes, slab);
  }
}

// One sample of every pixel of a row: where it begins and which are inside.
struct SampleLine {
  Vector3 start;
  PixelRange inside;
};

template <typename Voxel>
class BandReslicer {
 public:
  BandReslicer(const Voxel* voxels, const std::array<int64_t, 3>& size,
               const ResliceOptions& options, int width, float* out)
      : voxels_(voxels),
        size_(size),
        options_(options),
        width_(width),
        out_(out) {}

  // Fills rows begin ... end - 1; false when stopped.
  bool Run(int begin, int end, const StopFlag* stop) const {
    std::vector<SampleLine> lines;
    for (int y = begin; y < end; ++y) AppendLines(y, &lines);
    for (int x = 0; x < width_; x += kTile) {
      for (int y = begin; y < end; ++y) {
        if (Stopped(stop)) return false;
        const SampleLine* row = &lines[size_t(y - begin) * options_.samples];
        FillTile(row, x, out_ + int64_t{y} * width_ + x);
      }
    }
    return true;
  }

 private:
  void AppendLines(int y, std::vector<SampleLine>* lines) const {
    const Vector3 row = Along(options_.origin, y, options_.step_y);
    for (int s = 0; s < options_.samples; ++s) {
      const Vector3 start = Along(row, s, options_.step_sample);
      lines->push_back(
          {start, InsideRange(start, options_.step_x, size_, width_)});
    }
  }

  void FillTile(const SampleLine* lines, int x, float* out) const {
    TileSlab slab;
    std::fill_n(slab.value, kTile, StartValue(options_.projection));
    std::fill_n(slab.count, kTile, 0.0f);
    const int lanes = std::min(kTile, width_ - x);
    alignas(64) float values[kTile];
    for (int s = 0; s < options_.samples; ++s) {
      const SampleLine& line = lines[s];
      const PixelRange wanted = {std::max(line.inside.begin - x, 0),
                                 std::min(line.inside.end - x, lanes)};
      if (wanted.begin >= wanted.end) continue;
      Sample(Along(line.start, x, options_.step_x), values);
      Add(options_.projection, values, wanted, &slab);
    }
    Finish(slab, lanes, out);
  }

  void Sample(const Vector3& start, float* values) const {
    const SampleRun run{start, options_.step_x};
    if (options_.interpolation == Interpolation::kLinear) {
      SampleLinear(voxels_, size_, run, values);
    } else {
      SampleNearest(voxels_, size_, run, values);
    }
  }

  const Voxel* voxels_;
  const std::array<int64_t, 3> size_;
  const ResliceOptions& options_;
  const int width_;
  float* out_;
};

// Calls band(first row, end row) for all bands on all cores; false when one of
// them said that it was stopped.
template <typename Band>
bool ForEachBand(int height, const Band& band) {
  std::atomic<bool> complete{true};
  const int bands = (height + kBandRows - 1) / kBandRows;
  ThreadPool::Shared().ForEach(bands, [&](int n) {
    const int begin = n * kBandRows;
    if (!complete.load(std::memory_order_relaxed)) return;
    if (!band(begin, std::min(begin + kBandRows, height))) complete = false;
  });
  return complete;
}

}  // namespace

bool Reslice(const VoxelGrid& grid, const ResliceOptions& options, int width,
             int height, float* out, const StopFlag* stop) {
  return WithVoxels(grid, [&](const auto* voxels) {
    const BandReslicer reslicer(voxels, grid.size, options, width, out);
    return ForEachBand(height, [&](int begin, int end) {
      return reslicer.Run(begin, end, stop);
    });
  });
}

bool ResliceColour(const uint8_t* rgb, const std::array<int64_t, 3>& size,
                   const ResliceOptions& options, int width, int height,
                   uint8_t* out, const StopFlag* stop) {
  const auto fill_row = [&](int y) {
    const Vector3 start = Along(options.origin, y, options.step_y);
    const PixelRange inside = InsideRange(start, options.step_x, size, width);
    uint8_t* row = out + int64_t{y} * width * 4;
    std::fill_n(row, int64_t{width} * 4, uint8_t{0});
    for (int x = inside.begin; x < inside.end; ++x) {
      const Vector3 position = Along(start, x, options.step_x);
      const uint8_t* voxel = rgb + 3 * NearestVoxel(size, position);
      std::copy_n(voxel, 3, row + 4 * x);
      row[4 * x + 3] = 255;
    }
  };
  return ForEachBand(height, [&](int begin, int end) {
    for (int y = begin; y < end; ++y) {
      if (Stopped(stop)) return false;
      fill_row(y);
    }
    return true;
  });
}

}  // namespace sense
