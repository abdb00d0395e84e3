#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "native/depth_field.h"
#include "native/field_surface.h"
#include "native/manifold_mesh.h"
#include "native/mesh_decimation.h"
#include "native/mesh_smoothing.h"
#include "native/testing.h"

namespace sense {
namespace {

using Edge = std::pair<int32_t, int32_t>;

// Every directed edge once, and with `closed` its opposite too; the triangles
// around every vertex hang together.
void ExpectManifold(const TriangleMesh& mesh, bool closed) {
  std::map<Edge, size_t> edges;
  for (size_t n = 0; n < mesh.triangles.size(); ++n) {
    const size_t next = n % 3 == 2 ? n - 2 : n + 1;
    SENSE_EXPECT(
        edges.emplace(Edge{mesh.triangles[n], mesh.triangles[next]}, n).second);
  }
  std::map<int32_t, int> corners;
  for (const int32_t vertex : mesh.triangles) ++corners[vertex];
  SENSE_EXPECT(corners.size() == mesh.positions.size() / 3);
  std::map<int32_t, int> fans;  // Ways around a vertex begin at its borders.
  for (const auto& [edge, side] : edges) {
    const bool border = edges.find({edge.second, edge.first}) == edges.end();
    SENSE_EXPECT(!closed || !border);
    if (border) ++fans[edge.first];
  }
  for (const auto& [vertex, count] : fans) SENSE_EXPECT(count == 1);
  std::map<int32_t, int> walked;
  for (const auto& [edge, first] : edges) {
    if (walked[edge.first] > 0 || fans[edge.first] > 0) continue;
    size_t side = first;
    do {  // Over the edge to the previous corner's triangle.
      ++walked[edge.first];
      const size_t back = side % 3 == 0 ? side + 2 : side - 1;
      side = edges.at({edge.first, mesh.triangles[back]});
    } while (side != first);
    SENSE_EXPECT(walked[edge.first] == corners[edge.first]);
  }
}

// A field of random distances, positive at its outer voxels.
DepthField RandomField(std::mt19937& random, int blocks) {
  DepthField field;
  field.voxel = 1.0;
  field.truncation = 4.0;
  for (int z = 0; z < blocks; ++z) {
    for (int y = 0; y < blocks; ++y) {
      for (int x = 0; x < blocks; ++x) field.blocks.push_back({x, y, z});
    }
  }
  field.distances.resize(field.blocks.size() * DepthField::kVoxels);
  const int last = blocks * DepthField::kEdge - 1;
  size_t n = 0;
  for (const std::array<int32_t, 3>& block : field.blocks) {
    for (int voxel = 0; voxel < DepthField::kVoxels; ++voxel, ++n) {
      bool outer = false;
      for (int axis = 0; axis < 3; ++axis) {
        const int place = DepthField::kEdge * block[axis] +
                          (voxel >> 3 * axis) % DepthField::kEdge;
        outer = outer || place == 0 || place == last;
      }
      const float value = static_cast<float>(random() % 1000) / 1000.0f;
      field.distances[n] = outer ? value + 0.01f : value - 0.5f;
    }
  }
  return field;
}

void SurfacesOfRandomFieldsAreClosedManifolds() {
  std::mt19937 random(1);
  for (int run = 0; run < 20; ++run) {
    TriangleMesh mesh = FieldSurface(RandomField(random, 1 + run % 2), nullptr);
    SENSE_EXPECT(mesh.triangles.size() > 300);
    mesh = MakeManifold(std::move(mesh));
    ExpectManifold(mesh, true);
    Smooth(mesh, 2);
    ExpectManifold(Decimate(mesh, 200, 1e9, nullptr), true);
  }
}

void UnknownVoxelsLeaveOpenManifolds() {
  std::mt19937 random(2);
  for (int run = 0; run < 20; ++run) {
    DepthField field = RandomField(random, 2);
    for (float& distance : field.distances) {
      if (random() % 10 == 0) distance = NAN;
    }
    TriangleMesh mesh = MakeManifold(FieldSurface(field, nullptr));
    ExpectManifold(mesh, false);
    Smooth(mesh, 2);
    for (const float value : mesh.positions) SENSE_EXPECT(std::isfinite(value));
    ExpectManifold(KeepLargePieces(mesh, 0.1), false);
    ExpectManifold(Decimate(mesh, 200, 1e9, nullptr), false);
  }
}

void RandomTrianglesBecomeManifolds() {
  std::mt19937 random(3);
  for (int run = 0; run < 200; ++run) {
    TriangleMesh mesh;
    const int points = 4 + static_cast<int>(random() % 8);
    for (int n = 0; n < 3 * points; ++n) {
      mesh.positions.push_back(static_cast<float>(random() % 5));
    }
    for (int n = 0; n < 3 * 40; ++n) {
      mesh.triangles.push_back(static_cast<int32_t>(random() % points));
    }
    ExpectManifold(MakeManifold(mesh), false);
  }
}

void SmallPiecesGo() {
  // A large and a small triangle.
  const TriangleMesh mesh{{0, 0, 0, 4, 0, 0, 0, 4, 0, 9, 9, 9, 9, 8, 9, 8, 9, 9},
                          {0, 1, 2, 3, 4, 5}};
  SENSE_EXPECT(KeepLargePieces(mesh, 0.1).triangles.size() == 3);
  SENSE_EXPECT(KeepLargePieces(mesh, 0.1).positions.size() == 9);
  SENSE_EXPECT(KeepLargePieces(mesh, 0.01).triangles.size() == 6);
}

// A plane 5 before two cameras that look at it along z.
void APlaneIsFoundWhereItIs() {
  constexpr int kSize = 64;
  const std::vector<float> depth(kSize * kSize, 5.0f);
  std::vector<float> normals(3 * kSize * kSize, 0.0f);
  for (size_t n = 2; n < normals.size(); n += 3) normals[n] = -1.0f;
  std::vector<DepthView> views;
  for (const double x : {-0.2, 0.3}) {
    views.push_back({kSize, kSize, depth.data(), normals.data(),
                     {60, 0, 31.5, 0, 60, 31.5, 0, 0, 1},
                     {1, 0, 0, 0, 1, 0, 0, 0, 1},
                     {x, 0, 0}});
  }
  const DepthFieldOptions options{0.11, 0.44, 2};
  const TriangleMesh mesh =
      FieldSurface(MakeDepthField(views, options, nullptr), nullptr);
  SENSE_EXPECT(mesh.triangles.size() > 3 * 2000);
  for (size_t n = 2; n < mesh.positions.size(); n += 3) {
    SENSE_EXPECT_NEAR(mesh.positions[n], 5.0, 1e-4);
  }
  const TriangleMesh whole = MakeManifold(mesh);
  ExpectManifold(whole, false);
  const TriangleMesh flat = Decimate(whole, 20, 0.01, nullptr);
  SENSE_EXPECT(flat.triangles.size() <= 3 * 20);
  for (size_t n = 2; n < flat.positions.size(); n += 3) {
    SENSE_EXPECT_NEAR(flat.positions[n], 5.0, 1e-3);
  }
}

// Two cameras see planes at 5 and 5.2; what is doubtful gives way, but not to
// nothing.
void WhatIsDoubtfulGivesWay() {
  constexpr int kSize = 48;
  const std::vector<float> near(kSize * kSize, 5.0f);
  const std::vector<float> far(kSize * kSize, 5.2f);
  std::vector<float> normals(3 * kSize * kSize, 0.0f);
  for (size_t n = 2; n < normals.size(); n += 3) normals[n] = -1.0f;
  const std::vector<uint8_t> doubtful(kSize * kSize, 1);
  const auto depth_of = [&](bool with_near) {
    std::vector<DepthView> views;
    const auto add = [&](const std::vector<float>& depth, const uint8_t* flags) {
      views.push_back({kSize, kSize, depth.data(), normals.data(),
                       {60, 0, 23.5, 0, 60, 23.5, 0, 0, 1},
                       {1, 0, 0, 0, 1, 0, 0, 0, 1},
                       {0, 0, 0}, flags});
    };
    if (with_near) add(near, nullptr);
    add(far, doubtful.data());
    const TriangleMesh mesh = FieldSurface(
        MakeDepthField(views, {0.11, 0.44, 1}, nullptr), nullptr);
    double sum = 0;
    for (size_t n = 2; n < mesh.positions.size(); n += 3) {
      sum += mesh.positions[n];
    }
    return sum / static_cast<double>(mesh.positions.size() / 3);
  };
  SENSE_EXPECT_NEAR(depth_of(true), 5.02, 0.01);
  SENSE_EXPECT_NEAR(depth_of(false), 5.2, 1e-3);
}

void NothingComesOfNothing() {
  SENSE_EXPECT(MakeDepthField({}, {1.0, 4.0, 1}, nullptr).blocks.empty());
  SENSE_EXPECT(MakeManifold({}).triangles.empty());
  SENSE_EXPECT(KeepLargePieces({}, 0.1).triangles.empty());
  SENSE_EXPECT(Decimate({}, 0, 1.0, nullptr).triangles.empty());
}

}  // namespace
}  // namespace sense

int main() {
  sense::SurfacesOfRandomFieldsAreClosedManifolds();
  sense::UnknownVoxelsLeaveOpenManifolds();
  sense::RandomTrianglesBecomeManifolds();
  sense::SmallPiecesGo();
  sense::APlaneIsFoundWhereItIs();
  sense::WhatIsDoubtfulGivesWay();
  sense::NothingComesOfNothing();
}
