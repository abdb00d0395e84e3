#include "native/fusion/tsdf_volume.h"

#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "native/fusion/tsdf_kernels.h"
#include "native/fusion/tsdf_surface.h"
#include "native/fusion/view_facing.h"
#include "native/processor.h"
#include "native/testing.h"

namespace sense {
namespace {

constexpr PinholeLens kLens = {320, 240, 280, 280, 159.5f, 119.5f};

// A wall z = 2 + slope * x, of one colour, seen from the origin looking along
// z, or from beside it.
class Wall {
 public:
  explicit Wall(float slope, float beside = 0)
      : depth_(static_cast<size_t>(kLens.width) * kLens.height),
        colours_(3 * depth_.size(), 200) {
    for (int y = 0; y < kLens.height; ++y) {
      for (int x = 0; x < kLens.width; ++x) {
        const float ray = (static_cast<float>(x) - kLens.cx) / kLens.fx;
        const float z = (2 + slope * beside) / (1 - slope * ray);
        depth_[static_cast<size_t>(y) * kLens.width + static_cast<size_t>(x)] =
            z > 0 && z < 3 ? z : 0;
      }
    }
    move_.shift = {beside, 0, 0};
  }

  RgbdView view() const {
    RgbdView view;
    view.depth_lens = view.colour_lens = kLens;
    view.depth = depth_.data();
    view.colours = colours_.data();
    return view;
  }
  const RigidMove& move() const { return move_; }
  std::vector<float>& depth() { return depth_; }

 private:
  std::vector<float> depth_;
  std::vector<uint8_t> colours_;
  RigidMove move_;
};

TsdfOptions Coarse() {
  TsdfOptions options;
  options.voxel = 0.02f;
  options.truncation = 0.08f;
  return options;
}

bool SameBlock(const TsdfBlock& a, const TsdfBlock& b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

void PlacesAreNumberedInOrder() {
  BlockTable table;
  std::mt19937 random(3);
  std::set<BlockPlace> known;
  for (int n = 0; n < 5000; ++n) {
    BlockPlace place;
    for (int32_t& part : place) {
      part = static_cast<int32_t>(random() % 41) - 20;
      if (random() % 50 == 0) part *= BlockTable::kFurthest / 20;
    }
    const bool fresh = known.insert(place).second;
    SENSE_EXPECT((table.Find(place) < 0) == fresh);
    const int32_t number = table.FindOrAdd(place);
    SENSE_EXPECT(table.Find(place) == number);
    SENSE_EXPECT(table.places()[static_cast<size_t>(number)] == place);
    SENSE_EXPECT(table.size() == known.size());
  }
}

void SlantsAreMeasured() {
  for (const float slope : {0.0f, 0.5f, -1.0f, 2.0f}) {
    const Wall wall(slope);
    const ViewFacing facing = FacingOf(wall.view());
    const float expected = std::max(ViewFacing::kLeast,
                                    1 / std::sqrt(1 + slope * slope));
    const size_t middle = static_cast<size_t>(120) * kLens.width + 160;
    SENSE_EXPECT_NEAR(facing.shares[middle] / ViewFacing::kUnits, expected, 0.03f);
  }
}

void SurfacesSeenFlatAreWhole() {
  const Wall wall(3.0f);  // 18 degrees to the axis.
  TsdfVolume volume(Coarse());
  SENSE_EXPECT(volume.Add(wall.view(), wall.move(), nullptr));
  const ColouredMesh made = TsdfSurface(volume, {0.02f}, nullptr);
  double area = 0;
  for (size_t n = 0; n < made.mesh.triangles.size(); n += 3) {
    const float* corner[3];
    for (size_t m = 0; m < 3; ++m) {
      corner[m] = &made.mesh.positions[3 * static_cast<size_t>(
                                               made.mesh.triangles[n + m])];
    }
    double side[2][3];
    for (size_t m = 0; m < 3; ++m) {
      side[0][m] = corner[1][m] - corner[0][m];
      side[1][m] = corner[2][m] - corner[0][m];
    }
    // In the plane of y and z.
    area += 0.5 * std::abs(side[0][1] * side[1][2] - side[0][2] * side[1][1]);
  }
  double seen = 0;  // Each pixel shows so much of it.
  for (int x = 0; x < kLens.width; ++x) {
    const double ray = (x - kLens.cx) / kLens.fx;
    const double z = 2 / (1 - 3 * ray);
    if (!(z > 0 && z < 3)) continue;
    seen += kLens.height * z / kLens.fy * 3 * z * z / 2 / kLens.fx;
  }
  SENSE_EXPECT(area > 0.9 * seen && area < 1.05 * seen);
  for (size_t n = 0; n < made.mesh.positions.size(); n += 3) {
    const float off = made.mesh.positions[n + 2] - 2 - 3 * made.mesh.positions[n];
    SENSE_EXPECT(std::abs(off) / std::sqrt(10.0f) < 0.015f);
  }
}

void InstructionSetsAgree() {
  const Wall wall(0.4f);
  const RgbdView view = wall.view();
  const ViewFacing facing = FacingOf(view);
  TsdfUpdate update = {&view, facing.shares.data(), wall.move().Inverse(),
                       wall.move().Inverse(), 0.02f, 0.08f, 0.1f, 8.0f, 1};
  const auto plain = std::make_unique<TsdfBlock>(), other = std::make_unique<TsdfBlock>();
  int changed = 0;
  for (int32_t x = -6; x <= 6; ++x) {
    for (int32_t z = 8; z < 18; ++z) {
      *plain = *other = {};
      for (const int sign : {1, 1, -1}) {
        update.sign = sign;
        const bool one = baseline::UpdateBlock(update, {x, 1, z}, *plain);
        changed += one;
#ifdef SENSE_AVX2_KERNELS
        if (!ProcessorHasAvx2()) continue;
        SENSE_EXPECT(avx2::UpdateBlock(update, {x, 1, z}, *other) == one);
        SENSE_EXPECT(SameBlock(*plain, *other));
#endif
      }
    }
  }
  SENSE_EXPECT(changed > 30);
}

void FramesCanBeTakenOut() {
  const Wall wall(0.3f), moved(0.3f, 0.2f), wrong(-0.2f, 0.1f);
  TsdfVolume volume(Coarse()), alone(Coarse());
  for (const Wall* each : {&wall, &moved}) {
    SENSE_EXPECT(volume.Add(each->view(), each->move(), nullptr));
    SENSE_EXPECT(alone.Add(each->view(), each->move(), nullptr));
  }
  SENSE_EXPECT(volume.Add(wrong.view(), wrong.move(), nullptr));
  SENSE_EXPECT(volume.Remove(wrong.view(), wrong.move(), nullptr));
  for (size_t n = 0; n < alone.table().size(); ++n) {
    const TsdfBlock& expected = alone.block(static_cast<int32_t>(n));
    const int32_t number = volume.table().Find(alone.table().places()[n]);
    SENSE_EXPECT(number >= 0);
    for (int voxel = 0; voxel < TsdfBlock::kVoxels; ++voxel) {
      const TsdfBlock& block = volume.block(number);
      SENSE_EXPECT(block.weight[voxel] == expected.weight[voxel]);
      if (block.weight[voxel] == 0) continue;
      // Rounding, a few times.
      SENSE_EXPECT(std::abs(block.distance[voxel] - expected.distance[voxel]) < 40);
    }
  }
}

// The pool shares out rows and blocks: whoever does them must not matter.
void EveryRunGivesTheSame() {
  const Wall wall(0.3f), moved(0.3f, 0.2f);
  TsdfVolume one(Coarse()), two(Coarse());
  for (TsdfVolume* volume : {&one, &two}) {
    volume->Add(wall.view(), wall.move(), nullptr);
    volume->Add(moved.view(), moved.move(), nullptr);
  }
  SENSE_EXPECT(one.table().places() == two.table().places());
  for (size_t n = 0; n < one.table().size(); ++n) {
    const auto number = static_cast<int32_t>(n);
    SENSE_EXPECT(SameBlock(one.block(number), two.block(number)));
    SENSE_EXPECT(one.changed_at(number) == two.changed_at(number));
  }
  const ColouredMesh first = TsdfSurface(one, {}, nullptr);
  const ColouredMesh second = TsdfSurface(two, {}, nullptr);
  SENSE_EXPECT(!first.mesh.triangles.empty());
  SENSE_EXPECT(first.mesh.triangles == second.mesh.triangles);
  SENSE_EXPECT(first.mesh.positions == second.mesh.positions);
  SENSE_EXPECT(first.colours == second.colours);
}

void PatchesAreTheWholeSurface() {
  const Wall wall(0.3f), moved(0.3f, 0.2f);
  TsdfVolume volume(Coarse());
  volume.Add(wall.view(), wall.move(), nullptr);
  std::map<BlockPlace, size_t> triangles;
  const auto take = [&](int64_t since) {
    const std::vector<SurfacePatch> patches = ChangedSurface(volume, since, {}, nullptr);
    for (const SurfacePatch& patch : patches) {
      triangles[patch.place] = patch.surface.mesh.triangles.size();
      SENSE_EXPECT(patch.surface.colours.size() == patch.surface.mesh.positions.size());
      for (size_t n = 0; n < patch.surface.mesh.positions.size(); ++n) {
        // Within the cube, or less than a voxel behind it.
        const float cube = volume.options().voxel * 32.0f;
        const float within = patch.surface.mesh.positions[n] -
                             cube * static_cast<float>(patch.place[n % 3]);
        SENSE_EXPECT(within > -1e-4f && within < cube + volume.options().voxel + 1e-4f);
      }
    }
    return patches.size();
  };
  const size_t all = take(0);
  const int64_t before = volume.changes();
  SENSE_EXPECT(take(before) == 0);
  volume.Add(moved.view(), moved.move(), nullptr);
  SENSE_EXPECT(take(before) > 0);
  SENSE_EXPECT(all > 4);
  size_t sum = 0;
  for (const auto& [place, count] : triangles) sum += count;
  SENSE_EXPECT(sum == TsdfSurface(volume, {}, nullptr).mesh.triangles.size());
}

void WhatIsNoDepthDoesNoHarm() {
  Wall wall(0.0f);
  std::mt19937 random(5);
  const float odd[] = {NAN, INFINITY, -INFINITY, -1, 0, 1e-30f, 1e30f, 8.5f};
  for (float& depth : wall.depth()) depth = odd[random() % 8];
  TsdfVolume volume(Coarse());
  SENSE_EXPECT(volume.Add(wall.view(), wall.move(), nullptr));
  SENSE_EXPECT(volume.table().size() == 0);
  for (float& depth : wall.depth()) depth = random() % 2 ? 2.0f : odd[random() % 8];
  RigidMove far;
  far.shift = {1e30f, -1e30f, 3e6f};
  SENSE_EXPECT(volume.Add(wall.view(), far, nullptr));
  SENSE_EXPECT(volume.Add(wall.view(), wall.move(), nullptr));
  SENSE_EXPECT(!TsdfSurface(volume, {}, nullptr).mesh.positions.empty());
}

void BoundsAndStopsHold() {
  const Wall wall(0.0f);
  StopFlag stop;
  stop.Stop();
  TsdfVolume volume(Coarse());
  SENSE_EXPECT(!volume.Add(wall.view(), wall.move(), &stop));
  SENSE_EXPECT(volume.table().size() == 0);
  TsdfOptions options = Coarse();
  options.most_blocks = 10;
  TsdfVolume small(options);
  small.Add(wall.view(), wall.move(), nullptr);
  SENSE_EXPECT(small.full());
  SENSE_EXPECT(small.table().size() == 10);
  SENSE_EXPECT(!small.Add(wall.view(), wall.move(), nullptr));
}

}  // namespace
}  // namespace sense

int main() {
  sense::PlacesAreNumberedInOrder();
  sense::SlantsAreMeasured();
  sense::SurfacesSeenFlatAreWhole();
  sense::InstructionSetsAgree();
  sense::FramesCanBeTakenOut();
  sense::EveryRunGivesTheSame();
  sense::PatchesAreTheWholeSurface();
  sense::WhatIsNoDepthDoesNoHarm();
  sense::BoundsAndStopsHold();
}
