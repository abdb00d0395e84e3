#include "native/sample_row.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "native/multiversion.h"

namespace sense {
namespace {

// A plane through the outermost border must not be lost to rounding.
constexpr double kBorderTolerance = 1e-6;

// The kTile positions of a tile, split into the lower corner voxel and the
// fractions towards its upper neighbours. Every index is inside the grid
// whatever the position, so that lanes outside the range may be computed and
// thrown away.
struct TilePlaces {
  alignas(64) int32_t column[kTile];
  alignas(64) int32_t row[kTile];  // j + k * rows of a slice.
  alignas(64) float fraction[3][kTile];
};

// One axis of a tile: positions are kept relative to a whole voxel so that
// single precision loses nothing in large grids.
struct AxisLine {
  AxisLine(double start, double step, int64_t n)
      : base(static_cast<int32_t>(
            std::clamp(start, 0.0, static_cast<double>(n - 1)))),
        offset(static_cast<float>(start - base)),
        step(static_cast<float>(step)),
        low(static_cast<float>(-base)),
        high(static_cast<float>(n - 1 - base)),
        last(static_cast<float>(std::max<int64_t>(n - 2, 0) - base)) {}

  // Clamps to the outermost centres; a NaN becomes the lower one.
  SENSE_INLINE float Position(int lane) const {
    const float position = offset + static_cast<float>(lane) * step;
    const float raised = position > low ? position : low;
    return raised < high ? raised : high;
  }

  int32_t base;
  float offset, step, low, high, last;
};

SENSE_MULTIVERSION void Locate(const AxisLine* axes, int32_t rows, int lanes,
                               TilePlaces* places) {
  const AxisLine i = axes[0], j = axes[1], k = axes[2];
  for (int lane = 0; lane < lanes; ++lane) {
    const float pi = i.Position(lane);
    const float pj = j.Position(lane);
    const float pk = k.Position(lane);
    const float ci = std::min(std::floor(pi), i.last);
    const float cj = std::min(std::floor(pj), j.last);
    const float ck = std::min(std::floor(pk), k.last);
    places->fraction[0][lane] = pi - ci;
    places->fraction[1][lane] = pj - cj;
    places->fraction[2][lane] = pk - ck;
    places->column[lane] = static_cast<int32_t>(ci) + i.base;
    places->row[lane] = static_cast<int32_t>(cj) + j.base +
                        (static_cast<int32_t>(ck) + k.base) * rows;
  }
}

SENSE_MULTIVERSION void LocateNearest(const AxisLine* axes, int32_t rows,
                                      int lanes, TilePlaces* places) {
  const AxisLine i = axes[0], j = axes[1], k = axes[2];
  for (int lane = 0; lane < lanes; ++lane) {
    const float ci = std::min(std::floor(i.Position(lane) + 0.5f), i.high);
    const float cj = std::min(std::floor(j.Position(lane) + 0.5f), j.high);
    const float ck = std::min(std::floor(k.Position(lane) + 0.5f), k.high);
    places->column[lane] = static_cast<int32_t>(ci) + i.base;
    places->row[lane] = static_cast<int32_t>(cj) + j.base +
                        (static_cast<int32_t>(ck) + k.base) * rows;
  }
}

// The eight voxels around each sample: pairs along i at (j, k), (j + 1, k),
// (j, k + 1), (j + 1, k + 1).
template <typename Voxel>
struct Corners {
  alignas(64) Voxel pair[4][kTile][2];
};

// Asking early for what an oblique line needs hides most of the memory's
// latency; neighbouring samples share cache lines.
constexpr int kPrefetchStride = 4;

SENSE_INLINE void Prefetch([[maybe_unused]] const void* address) {
#if defined(__GNUC__)
  __builtin_prefetch(address);
#endif
}

// kStepI is 0 in a grid of one column; as a constant it lets the compiler load
// a pair at once.
template <int kStepI, typename Voxel>
void Gather(const Voxel* voxels, const std::array<int64_t, 3>& size,
            const TilePlaces& places, int lanes, Corners<Voxel>* corners) {
  const int64_t next_j = size[1] > 1 ? size[0] : 0;
  const int64_t next_k = size[2] > 1 ? size[0] * size[1] : 0;
  for (int lane = 0; lane < lanes; lane += kPrefetchStride) {
    const Voxel* corner =
        voxels + places.row[lane] * size[0] + places.column[lane];
    Prefetch(corner);
    Prefetch(corner + next_j);
    Prefetch(corner + next_k);
    Prefetch(corner + next_j + next_k);
  }
  for (int lane = 0; lane < lanes; ++lane) {
    const Voxel* corner =
        voxels + places.row[lane] * size[0] + places.column[lane];
    const Voxel* rows[4] = {corner, corner + next_j, corner + next_k,
                            corner + next_j + next_k};
    for (int n = 0; n < 4; ++n) {
      const Voxel pair[2] = {rows[n][0], rows[n][kStepI]};
      std::memcpy(corners->pair[n][lane], pair, sizeof(pair));
    }
  }
}

template <typename Voxel>
SENSE_INLINE void BlendLanes(const TilePlaces& places, int lanes,
                             const Corners<Voxel>& corners, float* values) {
  for (int lane = 0; lane < lanes; ++lane) {
    const float fi = places.fraction[0][lane];
    const float fj = places.fraction[1][lane];
    const float fk = places.fraction[2][lane];
    float along_i[4];
    for (int n = 0; n < 4; ++n) {
      const float a = static_cast<float>(corners.pair[n][lane][0]);
      const float b = static_cast<float>(corners.pair[n][lane][1]);
      along_i[n] = a + fi * (b - a);
    }
    const float lower = along_i[0] + fj * (along_i[1] - along_i[0]);
    const float upper = along_i[2] + fj * (along_i[3] - along_i[2]);
    values[lane] = lower + fk * (upper - lower);
  }
}

SENSE_MULTIVERSION void Blend(const TilePlaces& places, int lanes,
                              const Corners<uint8_t>& corners, float* values) {
  BlendLanes(places, lanes, corners, values);
}

SENSE_MULTIVERSION void Blend(const TilePlaces& places, int lanes,
                              const Corners<int16_t>& corners, float* values) {
  BlendLanes(places, lanes, corners, values);
}

SENSE_MULTIVERSION void Blend(const TilePlaces& places, int lanes,
                              const Corners<uint16_t>& corners,
                              float* values) {
  BlendLanes(places, lanes, corners, values);
}

SENSE_MULTIVERSION void Blend(const TilePlaces& places, int lanes,
                              const Corners<float>& corners, float* values) {
  BlendLanes(places, lanes, corners, values);
}

SENSE_MULTIVERSION void Blend(const TilePlaces& places, int lanes,
                              const Corners<int8_t>& corners, float* values) {
  BlendLanes(places, lanes, corners, values);
}

SENSE_MULTIVERSION void Blend(const TilePlaces& places, int lanes,
                              const Corners<int32_t>& corners, float* values) {
  BlendLanes(places, lanes, corners, values);
}

std::array<AxisLine, 3> Lines(const std::array<int64_t, 3>& size,
                              const SampleRun& run) {
  return {AxisLine(run.start[0], run.step[0], size[0]),
          AxisLine(run.start[1], run.step[1], size[1]),
          AxisLine(run.start[2], run.step[2], size[2])};
}

// Whole vectors spare the compiler's loop over the rest.
int RoundedUp(int count) { return std::min((count + 7) & ~7, kTile); }

}  // namespace

PixelRange InsideRange(const Vector3& start, const Vector3& step,
                       const std::array<int64_t, 3>& size, int width) {
  double first = 0, last = width - 1;
  for (int axis = 0; axis < 3; ++axis) {
    const double low = -0.5 - kBorderTolerance - start[axis];
    const double high = static_cast<double>(size[axis]) - 0.5 +
                        kBorderTolerance - start[axis];
    if (step[axis] == 0) {
      if (low > 0 || high < 0) return {};
      continue;
    }
    const double a = low / step[axis], b = high / step[axis];
    first = std::max(first, std::ceil(std::min(a, b)));
    last = std::min(last, std::floor(std::max(a, b)));
  }
  if (!(first <= last)) return {};
  return {static_cast<int>(first), static_cast<int>(last) + 1};
}

template <typename Voxel>
void SampleLinear(const Voxel* voxels, const std::array<int64_t, 3>& size,
                  const SampleRun& run, float* values) {
  TilePlaces places;
  Corners<Voxel> corners;
  const auto axes = Lines(size, run);
  const int lanes = RoundedUp(run.count);
  Locate(axes.data(), static_cast<int32_t>(size[1]), lanes, &places);
  if (size[0] > 1) {
    Gather<1>(voxels, size, places, lanes, &corners);
  } else {
    Gather<0>(voxels, size, places, lanes, &corners);
  }
  Blend(places, lanes, corners, values);
}

template <typename Voxel>
void SampleNearest(const Voxel* voxels, const std::array<int64_t, 3>& size,
                   const SampleRun& run, float* values) {
  TilePlaces places;
  const auto axes = Lines(size, run);
  const int lanes = RoundedUp(run.count);
  LocateNearest(axes.data(), static_cast<int32_t>(size[1]), lanes, &places);
  for (int lane = 0; lane < lanes; ++lane) {
    values[lane] = static_cast<float>(
        voxels[places.row[lane] * size[0] + places.column[lane]]);
  }
}

int64_t NearestVoxel(const std::array<int64_t, 3>& size,
                     const Vector3& position) {
  int64_t index[3];
  for (int axis = 0; axis < 3; ++axis) {
    const double high = static_cast<double>(size[axis] - 1);
    index[axis] = static_cast<int64_t>(
        std::clamp(std::floor(position[axis] + 0.5), 0.0, high));
  }
  return index[0] + size[0] * (index[1] + size[1] * index[2]);
}

template void SampleLinear(const uint8_t*, const std::array<int64_t, 3>&,
                           const SampleRun&, float*);
template void SampleLinear(const int16_t*, const std::array<int64_t, 3>&,
                           const SampleRun&, float*);
template void SampleLinear(const uint16_t*, const std::array<int64_t, 3>&,
                           const SampleRun&, float*);
template void SampleLinear(const float*, const std::array<int64_t, 3>&,
                           const SampleRun&, float*);
template void SampleNearest(const uint8_t*, const std::array<int64_t, 3>&,
                            const SampleRun&, float*);
template void SampleNearest(const int16_t*, const std::array<int64_t, 3>&,
                            const SampleRun&, float*);
template void SampleNearest(const uint16_t*, const std::array<int64_t, 3>&,
                            const SampleRun&, float*);
template void SampleNearest(const float*, const std::array<int64_t, 3>&,
                            const SampleRun&, float*);
template void SampleLinear(const int8_t*, const std::array<int64_t, 3>&,
                           const SampleRun&, float*);
template void SampleNearest(const int8_t*, const std::array<int64_t, 3>&,
                           const SampleRun&, float*);
template void SampleLinear(const int32_t*, const std::array<int64_t, 3>&,
                           const SampleRun&, float*);
template void SampleNearest(const int32_t*, const std::array<int64_t, 3>&,
                           const SampleRun&, float*);

}  // namespace sense
