// A thousand random transfer functions, cameras, clip planes and layers: no
// NaN, no value out of range, and with the sanitizers no access out of bounds.
#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "native/ray_kernels.h"
#include "native/testing.h"

namespace sense {
namespace {

constexpr int kScenes = 1000;
constexpr int kEdge = 24;  // Of the pictures.

class Chance {
 public:
  explicit Chance(unsigned seed) : generator_(seed) {}

  int Below(int end) { return static_cast<int>(generator_() % unsigned(end)); }
  double Between(double low, double high) {
    return low + (high - low) * generator_() / generator_.max();
  }
  Vector3 Vector(double size) {
    return {Between(-size, size), Between(-size, size), Between(-size, size)};
  }
  bool OneIn(int count) { return Below(count) == 0; }

 private:
  std::mt19937 generator_;
};

// Voxels of any type on any grid, without a byte more than they need.
struct Grid {
  std::unique_ptr<char[]> bytes;
  VoxelGrid grid;
};

template <typename Voxel>
void Fill(Chance* chance, int64_t count, Grid* made) {
  made->bytes = std::make_unique<char[]>(size_t(count) * sizeof(Voxel));
  Voxel* voxels = reinterpret_cast<Voxel*>(made->bytes.get());
  for (int64_t n = 0; n < count; ++n) {
    voxels[n] = static_cast<Voxel>(chance->Between(0, 100));
  }
  if constexpr (std::is_same_v<Voxel, float>) {
    voxels[chance->Below(int(count))] = NAN;
    voxels[chance->Below(int(count))] = INFINITY;
    voxels[chance->Below(int(count))] = -INFINITY;
  }
  made->grid.data = voxels;
}

Grid MakeGrid(Chance* chance, VoxelType type) {
  Grid made;
  made.grid.type = type;
  for (int64_t& n : made.grid.size) n = 1 + chance->Below(20);
  const auto& size = made.grid.size;
  WithVoxels(made.grid, [&]<typename Voxel>(const Voxel*) {
    Fill<Voxel>(chance, size[0] * size[1] * size[2], &made);
  });
  return made;
}

GridPlacement MakePlacement(Chance* chance) {
  GridPlacement placement;
  for (int row = 0; row < 3; ++row) {
    placement.ijk_from_world[row] = chance->Vector(chance->OneIn(2) ? 1 : 0);
    placement.ijk_from_world[row][row] += chance->Between(0.3, 3);
  }
  placement.ijk_of_world_origin = {8, 8, 8};
  return placement;
}

std::vector<Emission> MakeColours(Chance* chance, int count) {
  std::vector<Emission> colours(count);
  for (Emission& colour : colours) {
    if (chance->OneIn(3)) continue;
    const float extinction =
        static_cast<float>(std::pow(10, chance->Between(-4, 1)));
    colour = {extinction * float(chance->Between(0, 1)), extinction,
              extinction * float(chance->Between(0, 1)), extinction};
  }
  return colours;
}

RaycastLook MakeLook(Chance* chance, RayMode mode) {
  RaycastLook look;
  look.mode = mode;
  const float low = static_cast<float>(chance->Between(-50, 90));
  const float high = low + static_cast<float>(chance->Between(0.01, 200));
  look.window = {low, high};
  look.surface_value = low;
  if (mode == RayMode::kComposite) {
    look.transfer = std::make_shared<TransferTable>(
        MakeColours(chance, 2 + chance->Below(60)), low, high);
  }
  if (chance->OneIn(3)) look.gradient_opacity = {{0, 1, 0.3f}, 20};
  look.lighting.shaded = !chance->OneIn(3);
  look.lighting.towards_light = chance->Vector(1);
  look.steps_per_voxel = static_cast<float>(chance->Between(0.3, 4));
  if (chance->OneIn(3)) {
    look.crop_low = chance->Vector(8);
    for (int axis = 0; axis < 3; ++axis) {
      look.crop_high[axis] = look.crop_low[axis] + chance->Between(-1, 15);
    }
  }
  return look;
}

VolumeLayer MakeLayer(Chance* chance, const Grid& grid, RayMode mode) {
  const RaycastLook look = MakeLook(chance, mode);
  auto blocks = std::make_shared<ValueBlocks>(grid.grid);
  const SharedOccupied occupied =
      mode == RayMode::kComposite
          ? FindOccupied(blocks, *look.transfer)
          : FindAbove(blocks, mode == RayMode::kIsosurface ? look.surface_value
                                                           : -INFINITY);
  return {grid.grid, MakePlacement(chance),
          occupied, look};
}

LabelLayer MakeLabels(Chance* chance, const Grid& grid) {
  LabelLayer layer;
  layer.grid = grid.grid;
  layer.placement = MakePlacement(chance);
  layer.colours = MakeColours(chance, chance->Below(60));
  layer.occupied = FindLabelled(
      std::make_shared<ValueBlocks>(grid.grid), layer.colours);
  return layer;
}

RayCamera MakeCamera(Chance* chance) {
  RayCamera camera;
  // From near or far, mostly with the grids in the middle of the picture.
  camera.origin = chance->Vector(chance->OneIn(3) ? 3 : 40);
  const Vector3 towards = chance->Vector(4);
  for (int axis = 0; axis < 3; ++axis) {
    camera.direction[axis] = (towards[axis] - camera.origin[axis]) / 20;
  }
  if (chance->OneIn(4)) camera.direction = {0, 0, 1};
  camera.direction[chance->Below(3)] += 0.01;
  camera.parallel = chance->OneIn(2);
  Vector3* across = camera.parallel ? &camera.origin_x : &camera.direction_x;
  Vector3* down = camera.parallel ? &camera.origin_y : &camera.direction_y;
  *across = chance->Vector(camera.parallel ? 1 : 0.05);
  *down = chance->Vector(camera.parallel ? 1 : 0.05);
  Vector3* const first = camera.parallel ? &camera.origin : &camera.direction;
  for (int axis = 0; axis < 3; ++axis) {
    (*first)[axis] -= kEdge / 2 * ((*across)[axis] + (*down)[axis]);
  }
  return camera;
}

struct Pictures {
  std::vector<float> rgba = std::vector<float>(size_t{4} * kEdge * kEdge, NAN);
  std::vector<float> depths = std::vector<float>(size_t{kEdge} * kEdge);
  std::vector<uint8_t> levels = std::vector<uint8_t>(rgba.size());

  Pictures(CastTile cast, const RayScene& scene, const RayCamera& camera) {
    const RaycastPicture exact = {kEdge, kEdge, rgba.data(), depths.data()};
    SENSE_EXPECT(RaycastBy(cast, scene, camera, exact, nullptr));
    const RaycastPicture eight_bits = {kEdge, kEdge, nullptr, nullptr,
                                       levels.data()};
    SENSE_EXPECT(RaycastBy(cast, scene, camera, eight_bits, nullptr));
  }

  void Check() const {
    for (const float level : rgba) {
      SENSE_EXPECT(level >= 0.0f && level <= 1.0001f);
    }
    for (const float depth : depths) SENSE_EXPECT(!std::isinf(depth));
  }

  void CheckSame(const Pictures& other) const {
    SENSE_EXPECT(rgba == other.rgba);
    SENSE_EXPECT(levels == other.levels);
    for (size_t n = 0; n < depths.size(); ++n) {
      SENSE_EXPECT(depths[n] == other.depths[n] ||
                   (std::isnan(depths[n]) && std::isnan(other.depths[n])));
    }
  }
};

// Whether anything is seen.
bool CastRandomScene(unsigned seed) {
  Chance chance(seed);
  const auto mode = static_cast<RayMode>(chance.Below(5));
  std::vector<Grid> grids;
  RayScene scene;
  const int count = mode == RayMode::kComposite ? 1 + chance.Below(3) : 1;
  for (int n = 0; n < count; ++n) {
    grids.push_back(MakeGrid(&chance, static_cast<VoxelType>(chance.Below(6))));
    scene.volumes.push_back(MakeLayer(&chance, grids.back(), mode));
  }
  if (mode == RayMode::kComposite && chance.OneIn(2)) {
    grids.push_back(MakeGrid(&chance, chance.OneIn(2) ? VoxelType::kUint8
                                                      : VoxelType::kUint16));
    scene.labels = MakeLabels(&chance, grids.back());
  }
  for (int n = chance.OneIn(2) ? chance.Below(4) : 0; n > 0; --n) {
    scene.clip_planes.push_back({chance.Vector(1), chance.Between(-5, 5)});
  }
  std::vector<float> hidden(kEdge * kEdge, static_cast<float>(seed % 60));
  hidden[seed % hidden.size()] = NAN;
  if (chance.OneIn(3)) scene.hidden_from_mm = hidden.data();
  const RayCamera camera = MakeCamera(&chance);
  const std::vector<CastTile> kernels = KernelsOfProcessor();
  const Pictures pictures(kernels.back(), scene, camera);
  pictures.Check();
  for (size_t n = 0; n + 1 < kernels.size(); ++n) {
    Pictures(kernels[n], scene, camera).CheckSame(pictures);
  }
  const std::vector<float>& rgba = pictures.rgba;
  return std::any_of(rgba.begin(), rgba.end(),
                     [](float level) { return level > 0.0f; });
}

}  // namespace
}  // namespace sense

int main() {
  int seen = 0;
  for (unsigned seed = 0; seed < sense::kScenes; ++seed) {
    if (sense::CastRandomScene(seed)) ++seen;
  }
  SENSE_EXPECT(seen > sense::kScenes / 3);
}
