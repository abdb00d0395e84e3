#include "native/raycast.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "native/ray_picture.h"
#include "native/testing.h"

namespace sense {
namespace {

struct Block {
  std::vector<int16_t> voxels;
  VoxelGrid grid;
};

// All voxels `value`.
Block MakeBlock(int64_t edge, int16_t value) {
  Block block;
  block.voxels.assign(size_t(edge * edge * edge), value);
  block.grid = {block.voxels.data(), VoxelType::kInt16, {edge, edge, edge}};
  return block;
}

const GridPlacement kIdentity = {{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
                                 {0, 0, 0}};

// Looks along k, one pixel a voxel.
RayCamera AlongK() {
  RayCamera camera;
  camera.origin = {0, 0, -100};
  camera.origin_x = {1, 0, 0};
  camera.origin_y = {0, 1, 0};
  camera.direction = {0, 0, 1};
  return camera;
}

RaycastLook Composite(float extinction) {
  RaycastLook look;
  look.lighting.shaded = false;
  look.transfer = std::make_shared<TransferTable>(
      std::vector<Emission>{{0, 0, 0, 0}, {extinction, 0, 0, extinction}},
      0.0f, 100.0f);
  return look;
}

RayScene SceneOf(const VoxelGrid& grid, const RaycastLook& look) {
  auto blocks = std::make_shared<ValueBlocks>(grid);
  const SharedOccupied occupied =
      look.mode == RayMode::kComposite ? FindOccupied(blocks, *look.transfer)
      : look.mode == RayMode::kIsosurface
          ? FindAbove(blocks, look.surface_value)
          : FindAbove(blocks, -1e30f);
  RayScene scene;
  scene.volumes.push_back(
      {grid, kIdentity,
       occupied, look});
  return scene;
}

struct Shown {
  std::vector<float> rgba;
  std::vector<float> depth;
};

Shown Cast(const RayScene& scene, int edge) {
  Shown shown;
  shown.rgba.resize(size_t(edge) * edge * 4);
  shown.depth.resize(size_t(edge) * edge);
  RaycastPicture picture;
  picture.width = picture.height = edge;
  picture.rgba = shown.rgba.data();
  picture.depth_mm = shown.depth.data();
  SENSE_EXPECT(Raycast(scene, AlongK(), picture, nullptr));
  return shown;
}

std::vector<float> Cast(const VoxelGrid& grid, const RaycastLook& look,
                        int edge) {
  return Cast(SceneOf(grid, look), edge).rgba;
}

void AHomogeneousBlockAbsorbsByItsThickness() {
  const Block block = MakeBlock(20, 100);
  const auto rgba = Cast(block.grid, Composite(0.05f), 20);
  const double alpha = 1 - std::exp(-0.05 * 20);
  for (int pixel = 0; pixel < 400; ++pixel) {
    SENSE_EXPECT_NEAR(rgba[4 * pixel + 3], alpha, 1e-4);
    SENSE_EXPECT_NEAR(rgba[4 * pixel], alpha, 1e-4);
    SENSE_EXPECT(rgba[4 * pixel + 1] == 0);
  }
}

void TheCropBoxLeavesTheRestOut() {
  const Block block = MakeBlock(20, 100);
  RaycastLook look = Composite(0.05f);
  look.crop_low = {-0.5, -0.5, 4.5};
  look.crop_high = {9.5, 19.5, 8.5};
  const auto rgba = Cast(block.grid, look, 20);
  SENSE_EXPECT_NEAR(rgba[3], 1 - std::exp(-0.05 * 4), 1e-4);
  SENSE_EXPECT(rgba[4 * 10 + 3] == 0);
}

void TheMaximumIsFoundBehindEmptySpace() {
  Block block = MakeBlock(40, 0);
  block.voxels[(30 * 40 + 5) * 40 + 5] = 80;
  RaycastLook look;
  look.mode = RayMode::kMaximum;
  look.window = {0, 100};
  look.steps_per_voxel = 20;
  const auto rgba = Cast(block.grid, look, 40);
  SENSE_EXPECT_NEAR(rgba[4 * (5 * 40 + 5)], 0.8, 0.02);
  SENSE_EXPECT(rgba[4 * (20 * 40 + 20)] == 0);
  SENSE_EXPECT(rgba[4 * (20 * 40 + 20) + 3] == 1);
}

void ASharpPeakBetweenSamplesIsNotMissed() {
  // Values jump from 0 to 100 within a voxel; only 49 to 51 show.
  Block block = MakeBlock(20, 0);
  for (size_t n = 20 * 20 * 10; n < block.voxels.size(); ++n) {
    block.voxels[n] = 100;
  }
  std::vector<Emission> entries(101);
  for (int n = 49; n <= 51; ++n) entries[n] = {50, 50, 50, 50};
  RaycastLook look;
  look.lighting.shaded = false;
  look.transfer =
      std::make_shared<TransferTable>(std::move(entries), 0.0f, 100.0f);
  look.steps_per_voxel = 1;
  const auto rgba = Cast(block.grid, look, 20);
  // Three entries of a hundredth of a voxel each; a little more where samples
  // lie such that part of their distance is beside the jump.
  for (int pixel = 0; pixel < 400; ++pixel) {
    SENSE_EXPECT(rgba[4 * pixel + 3] > 1 - std::exp(-50 * 0.0299));
    SENSE_EXPECT(rgba[4 * pixel + 3] < 1 - std::exp(-50 * 0.0601));
  }
}

// Blocks from one to another the way that rays go, or none.
int Ahead(const std::array<int, 3>& from, const std::array<int, 3>& to,
          const RayWays& ways) {
  int most = 0;
  for (int axis = 0; axis < 3; ++axis) {
    const int way = to[axis] - from[axis];
    if (way * ways[axis] < 0) return kFarthestBlock;
    most = std::max(most, std::abs(way));
  }
  return most;
}

void DistancesAreInTheMaximumNormAhead() {
  const std::array<int, 3> size = {8, 5, 7}, first = {3, 1, 2},
                           second = {7, 4, 0};
  const auto block = [&](const std::array<int, 3>& at) {
    return (at[2] * size[1] + at[1]) * size[0] + at[0];
  };
  std::vector<uint8_t> occupied(size_t(size[0]) * size[1] * size[2], 0);
  occupied[block(first)] = occupied[block(second)] = 1;
  for (int kind = 0; kind < 27; ++kind) {
    const RayWays ways = {kind % 3 - 1, kind / 3 % 3 - 1, kind / 9 - 1};
    const auto distances = DistancesToOccupied(size, occupied, ways);
    std::array<int, 3> at;
    for (at[2] = 0; at[2] < size[2]; ++at[2]) {
      for (at[1] = 0; at[1] < size[1]; ++at[1]) {
        for (at[0] = 0; at[0] < size[0]; ++at[0]) {
          SENSE_EXPECT(distances[block(at)] ==
                       std::min(Ahead(at, first, ways),
                                Ahead(at, second, ways)));
        }
      }
    }
  }
}

void BlocksHoldTheRangeOfTheirCells() {
  Block block = MakeBlock(20, 5);
  block.voxels[(8 * 20 + 8) * 20 + 8] = 50;  // Shared by eight blocks.
  const ValueBlocks blocks(block.grid);
  SENSE_EXPECT(blocks.whole_range().low == 5);
  SENSE_EXPECT(blocks.whole_range().high == 50);
  const Bounds<int16_t>* bounds = blocks.bounds<int16_t>(0);
  SENSE_EXPECT(blocks.size()[0] == 5);
  SENSE_EXPECT(bounds[(1 * 5 + 1) * 5 + 1].high == 50);
  SENSE_EXPECT(bounds[(2 * 5 + 2) * 5 + 2].high == 50);
  SENSE_EXPECT(bounds[0].high == 5 && bounds[0].low == 5);
  // Blocks of the next level are two blocks wide.
  SENSE_EXPECT(blocks.size(1)[0] == 3);
  SENSE_EXPECT(blocks.bounds<int16_t>(1)[0].high == 50);
  SENSE_EXPECT(blocks.bounds<int16_t>(1)[2].high == 5);
}

void ASurfaceIsFoundWhereTheValuesReachIt() {
  // Values rise from 0 to 100 along k between slices 10 and 20.
  Block block = MakeBlock(32, 0);
  for (int k = 0; k < 32; ++k) {
    const int value = std::clamp((k - 10) * 10, 0, 100);
    std::fill_n(block.voxels.begin() + k * 32 * 32, 32 * 32, value);
  }
  RaycastLook look;
  look.mode = RayMode::kIsosurface;
  look.surface_value = 42;
  look.surface_colour = {1, 0.5f, 0};
  look.lighting.shaded = false;
  const Shown shown = Cast(SceneOf(block.grid, look), 32);
  for (int pixel = 0; pixel < 32 * 32; ++pixel) {
    SENSE_EXPECT_NEAR(shown.depth[pixel], 100 + 14.2, 1e-3);
    SENSE_EXPECT(shown.rgba[4 * pixel + 1] == 0.5f);
    SENSE_EXPECT(shown.rgba[4 * pixel + 3] == 1);
  }
}

void AClipPlaneLeavesItsOtherSideOut() {
  const Block block = MakeBlock(20, 100);
  RayScene scene = SceneOf(block.grid, Composite(0.05f));
  scene.clip_planes = {{{0, 0, 1}, 9.5}, {{1, 0, 0}, 4.5}};
  const auto rgba = Cast(scene, 20).rgba;
  SENSE_EXPECT_NEAR(rgba[4 * 10 + 3], 1 - std::exp(-0.05 * 10), 1e-4);
  SENSE_EXPECT(rgba[4 * 3 + 3] == 0);
}

void WhatIsHiddenIsNotSeen() {
  const Block block = MakeBlock(20, 100);
  RayScene scene = SceneOf(block.grid, Composite(0.05f));
  std::vector<float> hidden(400, 100 + 4.5f);
  hidden[7] = std::nanf("");
  hidden[8] = 50;
  scene.hidden_from_mm = hidden.data();
  const auto rgba = Cast(scene, 20).rgba;
  SENSE_EXPECT_NEAR(rgba[3], 1 - std::exp(-0.05 * 5), 1e-4);
  SENSE_EXPECT_NEAR(rgba[4 * 7 + 3], 1 - std::exp(-0.05 * 20), 1e-4);
  SENSE_EXPECT(rgba[4 * 8 + 3] == 0);
}

void TwoVolumesAddUp() {
  const Block block = MakeBlock(20, 100);
  RayScene scene = SceneOf(block.grid, Composite(0.05f));
  RayScene other = SceneOf(block.grid, Composite(0.02f));
  // Moved by 10 along k: they overlap in half of each.
  other.volumes[0].placement.ijk_of_world_origin = {0, 0, -10};
  scene.volumes.push_back(other.volumes[0]);
  const auto rgba = Cast(scene, 20).rgba;
  const double depth = 0.05 * 20 + 0.02 * 20;
  for (int pixel = 0; pixel < 400; ++pixel) {
    SENSE_EXPECT_NEAR(rgba[4 * pixel + 3], 1 - std::exp(-depth), 1e-4);
  }
}

void LabelsAreDrawnInTheirColours() {
  const Block block = MakeBlock(20, 0);
  std::vector<uint8_t> labels(20 * 20 * 20, 0);
  for (int k = 5; k < 15; ++k) {
    for (int n = 0; n < 400; ++n) labels[k * 400 + n] = n % 20 < 10 ? 2 : 3;
  }
  RayScene scene = SceneOf(block.grid, Composite(0.05f));
  LabelLayer layer;
  layer.grid = {labels.data(), VoxelType::kUint8, {20, 20, 20}};
  layer.placement = kIdentity;
  layer.colours = {{}, {}, {0, 0.1f, 0, 0.1f}, {}};
  layer.lighting.shaded = false;
  layer.occupied = FindLabelled(
      std::make_shared<ValueBlocks>(layer.grid), layer.colours);
  scene.labels = layer;
  const auto rgba = Cast(scene, 20).rgba;
  // Ten voxels thick.
  const double alpha = 1 - std::exp(-0.1 * 10);
  SENSE_EXPECT_NEAR(rgba[4 * 4 + 3], alpha, 1e-3);
  SENSE_EXPECT_NEAR(rgba[4 * 4 + 1], alpha, 1e-3);
  SENSE_EXPECT(rgba[4 * 4] == 0);
  SENSE_EXPECT(rgba[4 * 15 + 3] == 0);  // Label 3 has no colour.
}

void AStoppedFlagEndsTheWork() {
  const Block block = MakeBlock(8, 100);
  const RayScene scene = SceneOf(block.grid, Composite(1));
  StopFlag stop;
  stop.Stop();
  std::vector<float> rgba(64 * 4);
  RaycastPicture picture;
  picture.width = picture.height = 8;
  picture.rgba = rgba.data();
  SENSE_EXPECT(!Raycast(scene, AlongK(), picture, &stop));
}

void AStoredPixelHasItsColourBeforeAlpha() {
  const float premultiplied[] = {0.25f, 0.125f, 0, 0.5f};
  uint8_t out[4];
  StorePixel(premultiplied, out);
  SENSE_EXPECT(out[0] == 128 && out[1] == 64 && out[2] == 0 && out[3] == 128);
}

}  // namespace
}  // namespace sense

int main() {
  sense::AHomogeneousBlockAbsorbsByItsThickness();
  sense::TheCropBoxLeavesTheRestOut();
  sense::TheMaximumIsFoundBehindEmptySpace();
  sense::ASharpPeakBetweenSamplesIsNotMissed();
  sense::DistancesAreInTheMaximumNormAhead();
  sense::BlocksHoldTheRangeOfTheirCells();
  sense::ASurfaceIsFoundWhereTheValuesReachIt();
  sense::AClipPlaneLeavesItsOtherSideOut();
  sense::WhatIsHiddenIsNotSeen();
  sense::TwoVolumesAddUp();
  sense::LabelsAreDrawnInTheirColours();
  sense::AStoppedFlagEndsTheWork();
  sense::AStoredPixelHasItsColourBeforeAlpha();
}
