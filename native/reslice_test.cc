#include "native/reslice.h"

#include <cmath>
#include <vector>

#include "native/testing.h"

namespace sense {
namespace {

struct Ramp {
  std::vector<float> voxels;
  VoxelGrid grid;
};

// value = i + 10 j + 100 k
Ramp MakeRamp(int64_t ni, int64_t nj, int64_t nk) {
  Ramp ramp;
  for (int64_t k = 0; k < nk; ++k) {
    for (int64_t j = 0; j < nj; ++j) {
      for (int64_t i = 0; i < ni; ++i) {
        ramp.voxels.push_back(static_cast<float>(i + 10 * j + 100 * k));
      }
    }
  }
  ramp.grid = {ramp.voxels.data(), VoxelType::kFloat32, {ni, nj, nk}};
  return ramp;
}

void ARampIsExactInsideAndNanOutside() {
  const Ramp ramp = MakeRamp(9, 8, 7);
  const ResliceOptions options{.origin = {0.25, 1.5, 2.25},
                               .step_x = {0.5, 0.25, 0.125},
                               .step_y = {0.125, 0.5, 0.25}};
  std::vector<float> out(30 * 20);
  SENSE_EXPECT(Reslice(ramp.grid, options, 30, 20, out.data(), nullptr));
  for (int y = 0; y < 20; ++y) {
    for (int x = 0; x < 30; ++x) {
      const double i = 0.25 + 0.5 * x + 0.125 * y;
      const double j = 1.5 + 0.25 * x + 0.5 * y;
      const double k = 2.25 + 0.125 * x + 0.25 * y;
      const float value = out[y * 30 + x];
      if (i <= 8 && j <= 7 && k <= 6) {
        SENSE_EXPECT_NEAR(value, i + 10 * j + 100 * k, 1e-3);
      }
      if (i > 8.5 || j > 7.5 || k > 6.5) SENSE_EXPECT(std::isnan(value));
    }
  }
}

void TheEdgeValueGoesOnForHalfAVoxel() {
  const Ramp ramp = MakeRamp(4, 1, 1);
  const ResliceOptions options{.origin = {-0.75, 0, 0},
                               .step_x = {0.25, 0, 0}};
  float out[20];
  SENSE_EXPECT(Reslice(ramp.grid, options, 20, 1, out, nullptr));
  SENSE_EXPECT(std::isnan(out[0]));
  SENSE_EXPECT(out[1] == 0 && out[2] == 0 && out[3] == 0);
  SENSE_EXPECT_NEAR(out[5], 0.5, 1e-6);
  SENSE_EXPECT(out[17] == 3);
  SENSE_EXPECT(std::isnan(out[18]));
}

void GridsOfOneVoxelAreReadWithinTheirMemory() {
  const Ramp ramp = MakeRamp(1, 1, 1);
  const ResliceOptions options{.samples = 3};
  for (const auto interpolation :
       {Interpolation::kLinear, Interpolation::kNearest}) {
    ResliceOptions each = options;
    each.interpolation = interpolation;
    float out[4];
    SENSE_EXPECT(Reslice(ramp.grid, each, 2, 2, out, nullptr));
    SENSE_EXPECT(out[0] == 0 && std::isnan(out[1]) && std::isnan(out[3]));
  }
}

void ASlabIsProjected() {
  const Ramp ramp = MakeRamp(3, 3, 8);
  ResliceOptions options{.origin = {0, 0, 4}, .samples = 8};
  float out[9];
  const auto first = [&](Projection projection) {
    options.projection = projection;
    SENSE_EXPECT(Reslice(ramp.grid, options, 3, 3, out, nullptr));
    return out[0];
  };
  SENSE_EXPECT(first(Projection::kMaximum) == 700);
  SENSE_EXPECT(first(Projection::kMinimum) == 400);
  SENSE_EXPECT(first(Projection::kMean) == 550);
}

void HugeStepsStayInsideTheMemory() {
  const Ramp ramp = MakeRamp(5, 5, 5);
  const ResliceOptions options{.origin = {-1e300, 2, 2},
                               .step_x = {1e299, 0, 1e-300},
                               .step_y = {0, 1e18, 0}};
  std::vector<float> out(100 * 3);
  SENSE_EXPECT(Reslice(ramp.grid, options, 100, 3, out.data(), nullptr));
}

void AStoppedFlagEndsTheWork() {
  const Ramp ramp = MakeRamp(5, 5, 5);
  StopFlag stop;
  stop.Stop();
  std::vector<float> out(100);
  SENSE_EXPECT(!Reslice(ramp.grid, {}, 10, 10, out.data(), &stop));
}

void ColoursComeFromTheNearestVoxel() {
  const uint8_t rgb[] = {10, 20, 30, 40, 50, 60};
  const ResliceOptions options{.origin = {-0.25, 0, 0},
                               .step_x = {0.5, 0, 0}};
  uint8_t out[6 * 4];
  SENSE_EXPECT(ResliceColour(rgb, {2, 1, 1}, options, 6, 1, out, nullptr));
  SENSE_EXPECT(out[0] == 10 && out[2] == 30 && out[3] == 255);
  SENSE_EXPECT(out[8] == 40 && out[11] == 255);
  SENSE_EXPECT(out[16] == 0 && out[19] == 0);
}

}  // namespace
}  // namespace sense

int main() {
  sense::ARampIsExactInsideAndNanOutside();
  sense::TheEdgeValueGoesOnForHalfAVoxel();
  sense::GridsOfOneVoxelAreReadWithinTheirMemory();
  sense::ASlabIsProjected();
  sense::HugeStepsStayInsideTheMemory();
  sense::AStoppedFlagEndsTheWork();
  sense::ColoursComeFromTheNearestVoxel();
}
