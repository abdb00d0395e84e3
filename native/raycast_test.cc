#include "native/raycast.h"

#include <algorithm>
#include <cmath>
#include <memory>
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

std::vector<float> Cast(const VoxelGrid& grid, const RaycastLook& look,
                        int edge) {
  const auto occupied = FindOccupied(std::make_shared<ValueBlocks>(grid),
                                     look.transfer.get());
  std::vector<float> rgba(size_t(edge) * edge * 4);
  RaycastPicture picture;
  picture.width = picture.height = edge;
  picture.rgba = rgba.data();
  SENSE_EXPECT(
      Raycast(grid, kIdentity, occupied, look, AlongK(), picture, nullptr));
  return rgba;
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

void DistancesAreInTheMaximumNorm() {
  const Block block = MakeBlock(65, 0);
  const ValueBlocks blocks(block.grid);
  SENSE_EXPECT(blocks.size()[0] == 8);
  std::vector<uint8_t> occupied(8 * 8 * 8, 0);
  occupied[0] = 1;
  const auto distance = blocks.DistanceToOccupied(occupied);
  for (int k = 0; k < 8; ++k) {
    for (int j = 0; j < 8; ++j) {
      for (int i = 0; i < 8; ++i) {
        const int expected = std::max({i, j, k});
        SENSE_EXPECT(distance[(k * 8 + j) * 8 + i] == expected);
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
  SENSE_EXPECT(blocks.ranges()[0].high == 50);
  SENSE_EXPECT(blocks.ranges()[(1 * 3 + 1) * 3 + 1].high == 50);
  SENSE_EXPECT(blocks.ranges()[2].high == 5);
}

void AStoppedFlagEndsTheWork() {
  const Block block = MakeBlock(8, 100);
  const RaycastLook look = Composite(1);
  const auto occupied = FindOccupied(std::make_shared<ValueBlocks>(block.grid),
                                     look.transfer.get());
  StopFlag stop;
  stop.Stop();
  std::vector<float> rgba(64 * 4);
  RaycastPicture picture;
  picture.width = picture.height = 8;
  picture.rgba = rgba.data();
  SENSE_EXPECT(!Raycast(block.grid, kIdentity, occupied, look, AlongK(),
                        picture, &stop));
}

void AnEnlargedPictureKeepsColourAndAlphaApart() {
  const float reduced[] = {0.25f, 0, 0, 0.5f, 0, 0, 0, 0};
  uint8_t out[4 * 4];
  EnlargePicture(reduced, 2, 4, 1, out);
  SENSE_EXPECT(out[0] == 128 && out[3] == 128);
  SENSE_EXPECT(out[4] == 128 && out[7] == 96);
  SENSE_EXPECT(out[12] == 0 && out[15] == 0);
}

}  // namespace
}  // namespace sense

int main() {
  sense::AHomogeneousBlockAbsorbsByItsThickness();
  sense::TheCropBoxLeavesTheRestOut();
  sense::TheMaximumIsFoundBehindEmptySpace();
  sense::ASharpPeakBetweenSamplesIsNotMissed();
  sense::DistancesAreInTheMaximumNorm();
  sense::BlocksHoldTheRangeOfTheirCells();
  sense::AStoppedFlagEndsTheWork();
  sense::AnEnlargedPictureKeepsColourAndAlphaApart();
}
