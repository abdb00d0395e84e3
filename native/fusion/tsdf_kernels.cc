// Compiled once for every instruction set, see CMakeLists.txt.
#include "native/fusion/tsdf_kernels.h"

#include <algorithm>

#include "native/fusion/view_facing.h"
#include "native/lanes.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {
namespace {

constexpr int kEdge = TsdfBlock::kEdge;
static_assert(kEdge == kLanes);

// Eight voxels of a row, from a camera.
struct Row {
  Floats x, y, z;
};

SENSE_INLINE Row RowFrom(const RigidMove& camera_from_world, float voxel,
                         const float* first) {
  const float* m = camera_from_world.turn.data();
  const float* t = camera_from_world.shift.data();
  const Floats step = LaneNumbers() * voxel;
  return {step * m[0] + (m[0] * first[0] + m[1] * first[1] + m[2] * first[2] + t[0]),
          step * m[3] + (m[3] * first[0] + m[4] * first[1] + m[5] * first[2] + t[1]),
          step * m[6] + (m[6] * first[0] + m[7] * first[1] + m[8] * first[2] + t[2])};
}

// The pixels that show the voxels, or -1.
SENSE_INLINE Ints PixelsOf(const Row& row, const PinholeLens& lens,
                           float nearest) {
  const Ints ahead = Less(AllLanes(nearest), row.z);
  const Floats inverse = 1.0f / Greatest(row.z, AllLanes(nearest));
  const Floats u = row.x * inverse * lens.fx + (lens.cx + 0.5f);
  const Floats v = row.y * inverse * lens.fy + (lens.cy + 0.5f);
  const Floats zero = AllLanes(0.0f);
  const Floats wide = AllLanes(static_cast<float>(lens.width));
  const Floats high = AllLanes(static_cast<float>(lens.height));
  const Ints within = ahead & ~Less(u, zero) & Less(u, wide) & ~Less(v, zero) &
                      Less(v, high);
  // Beyond the picture numbers could be too large for integers.
  const Ints column = Truncated(Select(within, u, zero));
  const Ints line = Truncated(Select(within, v, zero));
  return Select(within, line * lens.width + column, AllLanes(-1));
}

struct Sight {
  alignas(32) float distance[kLanes];  // Shares of the truncation, up to 1.
  alignas(32) float weight[kLanes];    // 0 where nothing is seen.
};

// How far the voxels of a row are before the surface; false where the view
// tells nothing of them.
SENSE_INLINE bool SightOf(const TsdfUpdate& update, const Row& row,
                          Sight& sight) {
  const Ints pixels = PixelsOf(row, update.view->depth_lens, update.nearest);
  if (LaneBits(Less(Converted(pixels), AllLanes(0.0f))) == 0xffu) return false;
  alignas(32) int32_t pixel[kLanes];
  StoreLanes(pixels, pixel);
  alignas(32) float depth[kLanes];
  alignas(32) int32_t facing[kLanes];
  for (int n = 0; n < kLanes; ++n) {
    depth[n] = pixel[n] < 0 ? 0.0f : update.view->depth[pixel[n]];
    facing[n] = pixel[n] < 0 ? 0 : update.facing[pixel[n]];
  }
  const Floats seen = LoadLanes<Floats>(depth);
  // Not along the ray but from the plane that the pixel shows (Bylow et al.
  // 2013): surfaces seen flat would end in jumps otherwise.
  const Floats slant =
      Converted(LoadLanes<Ints>(facing)) * (1.0f / ViewFacing::kUnits);
  const Floats share = (seen - row.z) * slant * (1.0f / update.truncation);
  const Ints known = ~Less(seen, AllLanes(update.nearest)) &
                     ~Less(AllLanes(update.furthest), seen) &
                     Less(AllLanes(-1.0f), share);
  if (!LaneBits(known)) return false;
  // The noise of depth cameras grows with the square of the depth. What is
  // behind the surface was not seen: it counts less and less.
  const Floats faded = Least(AllLanes(1.0f), (share + 1.0f) * 1.5f);
  const Floats weight =
      Least(AllLanes(4.0f * TsdfBlock::kWeightUnits),
            TsdfBlock::kWeightUnits / Greatest(seen * seen, AllLanes(1e-3f)));
  const Floats counted =
      Converted(Truncated(Greatest(weight * faded * slant, AllLanes(0.5f)) + 0.5f));
  StoreLanes(Least(AllLanes(1.0f), share), sight.distance);
  StoreLanes(Select(known, counted, AllLanes(0.0f)), sight.weight);
  return true;
}

// The mean of what was counted `before` times and a value of some weight, or
// without it again.
SENSE_INLINE float Mean(float mean, float before, float value, float weight,
                        float after) {
  return (mean * before + value * weight) / std::max(after, 1.0f);
}

template <typename T>
SENSE_INLINE Floats Widened(const T* values) {
  alignas(32) int32_t wide[kLanes];
  for (int n = 0; n < kLanes; ++n) wide[n] = values[n];
  return Converted(LoadLanes<Ints>(wide));
}

template <typename T>
SENSE_INLINE void StoreNarrowed(Floats values, T* narrow) {
  alignas(32) int32_t wide[kLanes];
  StoreLanes(Truncated(values), wide);
  for (int n = 0; n < kLanes; ++n) narrow[n] = static_cast<T>(wide[n]);
}

SENSE_INLINE void UpdateDistances(const Sight& sight, int sign, int first,
                                  TsdfBlock& block) {
  int16_t* distances = block.distance + first;
  uint16_t* weights = block.weight + first;
  constexpr float kUnits = TsdfBlock::kDistanceUnits;
  const Floats zero = AllLanes(0.0f);
  const Floats mean = Widened(distances), before = Widened(weights);
  const Floats seen = LoadLanes<Floats>(sight.weight);
  const Floats weight = seen * static_cast<float>(sign);
  const Floats after = before + weight;
  const Floats moved = (mean * before +
                        LoadLanes<Floats>(sight.distance) * kUnits * weight) /
                       Greatest(after, AllLanes(1.0f));
  const Floats bounded = Least(Greatest(moved, AllLanes(-kUnits)), AllLanes(kUnits));
  const Floats rounded =
      bounded + Select(Less(bounded, zero), AllLanes(-0.5f), AllLanes(0.5f));
  const Floats kept = Least(Greatest(after, zero),
                            AllLanes(static_cast<float>(TsdfBlock::kMostWeight)));
  const Ints changes = Less(zero, seen);
  StoreNarrowed(Select(changes, rounded, mean), distances);
  StoreNarrowed(Select(changes, kept, before), weights);
}

SENSE_INLINE void UpdateColour(const uint8_t* pixel, float weight, int voxel,
                               TsdfBlock& block) {
  const float before = block.colour_weight[voxel];
  const float after = before + weight;
  constexpr float kUnits = TsdfBlock::kColourUnits;
  for (int n = 0; n < 3; ++n) {
    const float mean = Mean(block.colour[n][voxel], before,
                            kUnits * static_cast<float>(pixel[n]), weight, after);
    block.colour[n][voxel] = static_cast<uint16_t>(
        std::min(std::max(mean, 0.0f), 255.0f * kUnits) + 0.5f);
  }
  block.colour_weight[voxel] = static_cast<uint16_t>(std::min(
      std::max(after, 0.0f), static_cast<float>(TsdfBlock::kMostWeight)));
}

// Voxels close to the surface take the colour that the colour camera sees at
// them.
SENSE_INLINE void UpdateColours(const TsdfUpdate& update, const float* corner,
                                const Sight& sight, int first,
                                TsdfBlock& block) {
  // Two voxels and a half: what the surface's vertices are mixed from.
  const float near = 2.5f * update.voxel / update.truncation;
  const Floats distance = LoadLanes<Floats>(sight.distance);
  const Ints close = Less(Magnitudes(distance), AllLanes(near)) &
                     Less(AllLanes(0.0f), LoadLanes<Floats>(sight.weight));
  const uint32_t wanted = LaneBits(close);
  if (!wanted) return;
  const Row row = RowFrom(update.colour_from_world, update.voxel, corner);
  alignas(32) int32_t pixel[kLanes];
  StoreLanes(PixelsOf(row, update.view->colour_lens, update.nearest), pixel);
  for (int n = 0; n < kLanes; ++n) {
    if (!(wanted >> n & 1) || pixel[n] < 0) continue;
    UpdateColour(update.view->colours + 3 * static_cast<int64_t>(pixel[n]),
                 static_cast<float>(update.sign) * sight.weight[n], first + n,
                 block);
  }
}

}  // namespace

bool UpdateBlock(const TsdfUpdate& update, const std::array<int32_t, 3>& place,
                 TsdfBlock& block) {
  bool changed = false;
  for (int row = 0; row < kEdge * kEdge; ++row) {
    const float corner[3] = {
        static_cast<float>(place[0] * kEdge) * update.voxel,
        static_cast<float>(place[1] * kEdge + row % kEdge) * update.voxel,
        static_cast<float>(place[2] * kEdge + row / kEdge) * update.voxel};
    Sight sight;
    const Row seen = RowFrom(update.depth_from_world, update.voxel, corner);
    if (!SightOf(update, seen, sight)) continue;
    changed = true;
    UpdateDistances(sight, update.sign, row * kEdge, block);
    if (update.view->colours) {
      UpdateColours(update, corner, sight, row * kEdge, block);
    }
  }
  return changed;
}

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense
