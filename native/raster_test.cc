#include "native/raster.h"

#include <cmath>
#include <vector>

#include "native/raster_triangle.h"
#include "native/testing.h"

namespace sense {
namespace {

std::shared_ptr<RasterMesh> Square(float edge, float z) {
  auto mesh = std::make_shared<RasterMesh>();
  const float e = edge / 2;
  mesh->rest.positions = {{-e, -e, z}, {e, -e, z}, {e, e, z}, {-e, e, z}};
  mesh->triangles = {{0, 2, 1}, {0, 3, 2}};
  mesh->rest.normals = SmoothNormals(mesh->rest.positions, mesh->triangles);
  return mesh;
}

RasterCamera Camera(int size, double focal) {
  RasterCamera camera;
  camera.fx = camera.fy = focal;
  camera.cx = camera.cy = (size - 1) / 2.0;
  camera.width = camera.height = size;
  return camera;
}

void ASquareIsWhereItIs() {
  auto material = std::make_shared<RasterMaterial>();
  material->shading = ShadingModel::kUnlit;
  const auto square = Square(1, 2);
  const std::shared_ptr<const VertexPose> pose(square, &square->rest);
  const std::vector<RasterDraw> draws = {{square, pose, material, {}}};
  // Half of the picture is 1 wide at z = 2.
  const RasterCamera camera = Camera(100, 100);
  std::vector<float> depth(10000);
  std::vector<uint8_t> rgba(40000);
  RasterOutputs outputs;
  outputs.depth = depth.data();
  outputs.rgba = rgba.data();
  SENSE_EXPECT(Rasterise(draws, camera, {}, {}, {}, outputs, nullptr));
  for (int y = 0; y < 100; ++y) {
    for (int x = 0; x < 100; ++x) {
      const bool inside = x >= 25 && x < 75 && y >= 25 && y < 75;
      SENSE_EXPECT(inside == (depth[100 * y + x] == 2.0f));
      SENSE_EXPECT(rgba[4 * (100 * y + x) + 3] == (inside ? 255 : 0));
    }
  }
}

void TrianglesThatShareAnEdgeHaveOppositeValuesThere() {
  const ScreenVertex a{{12.3, 4.7, 1.1}, 1.1}, b{{-3.9, 88.1, 2.7}, 2.7};
  const ScreenVertex c{{70.1, 20.2, 0.3}, 0.3}, d{{-50.5, 3.1, 4.9}, 4.9};
  ScreenTriangle one, other;
  SENSE_EXPECT(one.SetUp(a, b, c, false));
  SENSE_EXPECT(other.SetUp(b, a, d, false));
  for (double x = -100; x < 100; x += 7.3) {
    SENSE_EXPECT(std::abs(one.edge[2].At(x, 0.5 * x)) ==
                 std::abs(other.edge[2].At(x, 0.5 * x)));
  }
}

void SrgbGoesThereAndBack() {
  for (int level = 0; level < 256; ++level) {
    const auto byte = static_cast<uint8_t>(level);
    SENSE_EXPECT(SrgbOfLinear(LinearOfSrgb(byte)) == byte);
  }
  SENSE_EXPECT(SrgbOfLinear(-1.0f) == 0 && SrgbOfLinear(9.0f) == 255);
  SENSE_EXPECT(SrgbOfLinear(std::nanf("")) == 0);
}

void MipmapsOfOddSizesKeepTheMean() {
  std::vector<uint8_t> rgba(4 * 5 * 3, 255);
  for (int n = 0; n < 15; n += 2) rgba[4 * n] = 0;
  const RasterTexture texture(
      rgba.data(), 5, 3,
      {TextureWrap::kClamp, TextureWrap::kClamp, TextureFilter::kMipmapped,
       false});
  SENSE_EXPECT(texture.levels() == 3);
  const auto mean = texture.Sample(0.5f, 0.5f, {9, 0}, {0, 9});
  SENSE_EXPECT_NEAR(mean[0], 7.0f / 15, 0.01f);
  SENSE_EXPECT_NEAR(mean[1], 1.0f, 1e-6f);
}

void AStoppedRenderingSaysSo() {
  StopFlag stop;
  stop.Stop();
  std::vector<float> depth(100);
  RasterOutputs outputs;
  outputs.depth = depth.data();
  SENSE_EXPECT(!Rasterise({}, Camera(10, 10), {}, {}, {}, outputs, &stop));
}

}  // namespace
}  // namespace sense

int main() {
  sense::ASquareIsWhereItIs();
  sense::TrianglesThatShareAnEdgeHaveOppositeValuesThere();
  sense::SrgbGoesThereAndBack();
  sense::MipmapsOfOddSizesKeepTheMean();
  sense::AStoppedRenderingSaysSo();
}
