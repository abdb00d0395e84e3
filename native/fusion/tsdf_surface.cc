#include "native/fusion/tsdf_surface.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "native/manifold_mesh.h"
#include "native/thread_pool.h"

namespace sense {
namespace {

constexpr int kEdge = TsdfBlock::kEdge;
static_assert(kEdge == DepthField::kEdge);
static_assert(SurfacePatch::kEdge == 4);
constexpr int kBlocksTogether = 64;
constexpr int kVerticesTogether = 4096;

// Calls work(n) for n up to count, some of them together on a thread.
template <typename Work>
void ForEachOf(size_t count, int together, const StopFlag* stop,
               const Work& work) {
  const auto step = static_cast<size_t>(together);
  const int groups = static_cast<int>((count + step - 1) / step);
  ThreadPool::Shared().ForEach(groups, [&](int group) {
    const size_t first = static_cast<size_t>(group) * step;
    const size_t end = std::min(count, first + step);
    for (size_t n = first; n < end && !Stopped(stop); ++n) work(n);
  });
}

// The distances of some blocks.
DepthField FieldOf(const TsdfVolume& volume, std::vector<int32_t>& numbers,
                   float least_weight, const StopFlag* stop) {
  const std::vector<BlockPlace>& places = volume.table().places();
  std::sort(numbers.begin(), numbers.end(), [&places](int32_t a, int32_t b) {
    const BlockPlace& p = places[static_cast<size_t>(a)];
    const BlockPlace& q = places[static_cast<size_t>(b)];
    return std::array{p[2], p[1], p[0]} < std::array{q[2], q[1], q[0]};
  });
  DepthField field;
  field.voxel = volume.options().voxel;
  field.truncation = volume.options().truncation;
  for (const int32_t number : numbers) {
    field.blocks.push_back(places[static_cast<size_t>(number)]);
  }
  field.distances.resize(numbers.size() * size_t{TsdfBlock::kVoxels});
  const float least =
      std::max(1.0f, least_weight * TsdfBlock::kWeightUnits);
  const float unit = volume.options().truncation / TsdfBlock::kDistanceUnits;
  ForEachOf(numbers.size(), kBlocksTogether, stop, [&](size_t n) {
    const TsdfBlock& block = volume.block(numbers[n]);
    float* distances = field.distances.data() + n * TsdfBlock::kVoxels;
    for (int voxel = 0; voxel < TsdfBlock::kVoxels; ++voxel) {
      distances[voxel] = block.weight[voxel] < least
                             ? std::numeric_limits<float>::quiet_NaN()
                             : unit * block.distance[voxel];
    }
  });
  return field;
}

// The colour between the eight voxels around a place, of those that have one.
class ColourReader {
 public:
  explicit ColourReader(const TsdfVolume& volume) : volume_(volume) {}

  void At(const float* place, uint8_t* colour) const {
    int64_t low[3];
    float share[3];
    for (int axis = 0; axis < 3; ++axis) {
      const float at = place[axis] / volume_.options().voxel;
      low[axis] = static_cast<int64_t>(std::floor(at));
      share[axis] = at - static_cast<float>(low[axis]);
    }
    float sum[3] = {0, 0, 0};
    float whole = 0;
    for (int corner = 0; corner < 8; ++corner) {
      float weight = 1e-4f;
      std::array<int64_t, 3> voxel;
      for (int axis = 0; axis < 3; ++axis) {
        const int beyond = corner >> axis & 1;
        voxel[static_cast<size_t>(axis)] = low[axis] + beyond;
        weight *= beyond ? share[axis] : 1.0f - share[axis];
      }
      AddVoxel(voxel, weight, sum, whole);
    }
    for (int n = 0; n < 3; ++n) {
      const float mean = whole > 0 ? sum[n] / whole : 127.0f * TsdfBlock::kColourUnits;
      colour[n] = static_cast<uint8_t>(mean / TsdfBlock::kColourUnits + 0.5f);
    }
  }

 private:
  void AddVoxel(const std::array<int64_t, 3>& voxel, float weight, float* sum,
                float& whole) const {
    BlockPlace place;
    int inside = 0;
    for (size_t axis = 3; axis-- > 0;) {
      place[axis] = static_cast<int32_t>(voxel[axis] >> 3);
      inside = inside * kEdge + static_cast<int>(voxel[axis] & 7);
    }
    const int32_t number = volume_.table().Find(place);
    if (number < 0 || volume_.block(number).colour_weight[inside] == 0) return;
    const TsdfBlock& block = volume_.block(number);
    for (int n = 0; n < 3; ++n) sum[n] += weight * block.colour[n][inside];
    whole += weight;
  }

  const TsdfVolume& volume_;
};

void Colour(const TsdfVolume& volume, ColouredMesh& made, const StopFlag* stop) {
  made.colours.resize(made.mesh.positions.size());
  const ColourReader reader(volume);
  ForEachOf(made.colours.size() / 3, kVerticesTogether, stop, [&](size_t n) {
    reader.At(made.mesh.positions.data() + 3 * n, made.colours.data() + 3 * n);
  });
}

// The cubes whose cells reach into blocks that changed.
std::set<BlockPlace> ChangedCubes(const TsdfVolume& volume, int64_t since) {
  std::set<BlockPlace> cubes;
  const std::vector<BlockPlace>& places = volume.table().places();
  for (size_t n = 0; n < places.size(); ++n) {
    if (volume.changed_at(static_cast<int32_t>(n)) <= since) continue;
    for (int corner = 0; corner < 8; ++corner) {
      BlockPlace cube;
      for (int axis = 0; axis < 3; ++axis) {
        const auto at = static_cast<size_t>(axis);
        // Towards minus infinity.
        cube[at] = (places[n][at] - (corner >> axis & 1)) >> 2;
      }
      cubes.insert(cube);
    }
  }
  return cubes;
}

// The blocks of a cube, and those behind them into which its cells reach.
std::vector<int32_t> BlocksOf(const TsdfVolume& volume, const BlockPlace& cube) {
  constexpr int32_t kReach = SurfacePatch::kEdge + 1;
  std::vector<int32_t> numbers;
  for (int32_t n = 0; n < kReach * kReach * kReach; ++n) {
    const int32_t number = volume.table().Find(
        {cube[0] * SurfacePatch::kEdge + n % kReach,
         cube[1] * SurfacePatch::kEdge + n / kReach % kReach,
         cube[2] * SurfacePatch::kEdge + n / kReach / kReach});
    if (number >= 0) numbers.push_back(number);
  }
  return numbers;
}

SurfacePatch PatchOf(const TsdfVolume& volume, const BlockPlace& cube,
                     const TsdfSurfaceOptions& options, const StopFlag* stop) {
  std::vector<int32_t> numbers = BlocksOf(volume, cube);
  const DepthField field = FieldOf(volume, numbers, options.least_weight, stop);
  std::vector<uint8_t> border;
  for (const BlockPlace& block : field.blocks) {
    bool within = true;
    for (size_t axis = 0; axis < 3; ++axis) within &= block[axis] >> 2 == cube[axis];
    border.push_back(!within);
  }
  SurfacePatch patch;
  patch.place = cube;
  patch.surface.mesh = MakeManifold(FieldSurface(field, stop, &border));
  Colour(volume, patch.surface, stop);
  return patch;
}

}  // namespace

ColouredMesh TsdfSurface(const TsdfVolume& volume,
                         const TsdfSurfaceOptions& options,
                         const StopFlag* stop) {
  ColouredMesh made;
  std::vector<int32_t> numbers(volume.table().size());
  std::iota(numbers.begin(), numbers.end(), 0);
  made.mesh = FieldSurface(FieldOf(volume, numbers, options.least_weight, stop), stop);
  if (Stopped(stop)) return {};
  made.mesh = MakeManifold(std::move(made.mesh));
  if (options.smallest_piece > 0 && !made.mesh.triangles.empty()) {
    made.mesh = KeepLargePieces(made.mesh, options.smallest_piece);
  }
  Colour(volume, made, stop);
  return made;
}

std::vector<SurfacePatch> ChangedSurface(const TsdfVolume& volume, int64_t since,
                                         const TsdfSurfaceOptions& options,
                                         const StopFlag* stop) {
  const std::set<BlockPlace> changed = ChangedCubes(volume, since);
  const std::vector<BlockPlace> cubes(changed.begin(), changed.end());
  std::vector<SurfacePatch> patches(cubes.size());
  ForEachOf(cubes.size(), 1, stop, [&](size_t n) {
    patches[n] = PatchOf(volume, cubes[n], options, stop);
  });
  if (Stopped(stop)) return {};
  return patches;
}

}  // namespace sense
