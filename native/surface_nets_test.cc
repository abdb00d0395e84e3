#include "native/surface_nets.h"

#include <random>
#include <set>
#include <utility>
#include <vector>

#include "native/point_welding.h"
#include "native/surface_filling.h"
#include "native/testing.h"

namespace sense {
namespace {

std::vector<uint8_t> RandomMask(std::mt19937& random,
                                const std::array<int64_t, 3>& size) {
  std::vector<uint8_t> mask(size[0] * size[1] * size[2]);
  for (uint8_t& voxel : mask) voxel = random() % 2;
  return mask;
}

std::array<int64_t, 3> RandomSize(std::mt19937& random) {
  std::array<int64_t, 3> size;
  for (int64_t& length : size) length = 1 + static_cast<int64_t>(random() % 7);
  return size;
}

void ExpectClosed(const SurfaceMesh& mesh) {
  std::multiset<std::pair<int64_t, int64_t>> forward;
  std::multiset<std::pair<int64_t, int64_t>> backward;
  for (size_t n = 0; n < mesh.triangles.size(); n += 3) {
    for (size_t edge = 0; edge < 3; ++edge) {
      const int64_t a = mesh.triangles[n + edge];
      const int64_t b = mesh.triangles[n + (edge + 1) % 3];
      forward.emplace(a, b);
      backward.emplace(b, a);
    }
  }
  SENSE_EXPECT(forward == backward);
}

double Volume(const SurfaceMesh& mesh) {
  double sum = 0.0;
  for (size_t n = 0; n < mesh.triangles.size(); n += 3) {
    const double* a = &mesh.vertices[3 * mesh.triangles[n]];
    const double* b = &mesh.vertices[3 * mesh.triangles[n + 1]];
    const double* c = &mesh.vertices[3 * mesh.triangles[n + 2]];
    sum += a[0] * (b[1] * c[2] - b[2] * c[1]) +
           a[1] * (b[2] * c[0] - b[0] * c[2]) +
           a[2] * (b[0] * c[1] - b[1] * c[0]);
  }
  return sum / 6.0;
}

void OneVoxelIsAnOctant() {
  const uint8_t mask[1] = {1};
  const SurfaceMesh mesh = SurfaceNets(mask, {1, 1, 1});
  SENSE_EXPECT(mesh.vertices.size() == 3 * 8);
  SENSE_EXPECT(mesh.triangles.size() == 3 * 12);
  SENSE_EXPECT(Volume(mesh) > 0.0);  // counterclockwise from outside
}

void SurfacesAreClosedAndHoldTheirVoxels() {
  std::mt19937 random(4);
  for (int run = 0; run < 200; ++run) {
    const std::array<int64_t, 3> size = RandomSize(random);
    const std::vector<uint8_t> mask = RandomMask(random, size);
    const SurfaceMesh mesh = SurfaceNets(mask.data(), size);
    ExpectClosed(mesh);
    std::vector<uint8_t> filled(mask.size(), 7);
    FillSurface({mesh.vertices.data(), mesh.triangles.data(),
                 static_cast<int64_t>(mesh.triangles.size() / 3)},
                size, filled.data());
    SENSE_EXPECT(filled == mask);
  }
}

void WhatIsNotFiniteOrFarAwayDoesNoHarm() {
  const double vertices[] = {NAN, 0, 0, INFINITY, 1, 1, 0, 2, 0,
                             -1e300, -1e300, 0, 1e300, 0, 0, 0, 1e300, 1e300};
  const int64_t triangles[] = {0, 1, 2, 3, 4, 5};
  std::vector<uint8_t> filled(27, 7);
  FillSurface({vertices, triangles, 2}, {3, 3, 3}, filled.data());
  for (const uint8_t voxel : filled) SENSE_EXPECT(voxel <= 1);
}

void EqualPointsAreWelded() {
  std::mt19937 random(5);
  std::vector<double> points(3 * 5000);
  for (double& value : points) value = static_cast<double>(random() % 8) - 4.0;
  points[0] = -0.0;
  std::vector<int64_t> numbers(5000);
  const int64_t places = WeldPoints(points.data(), 5000, numbers.data());
  std::vector<const double*> first(places, nullptr);
  for (int64_t n = 0; n < 5000; ++n) {
    const double*& point = first[numbers[n]];
    if (point == nullptr) point = &points[3 * n];
    for (int axis = 0; axis < 3; ++axis) {
      SENSE_EXPECT(point[axis] == points[3 * n + axis]);
    }
  }
  SENSE_EXPECT(places == 8 * 8 * 8);
}

}  // namespace
}  // namespace sense

int main() {
  sense::OneVoxelIsAnOctant();
  sense::SurfacesAreClosedAndHoldTheirVoxels();
  sense::WhatIsNotFiniteOrFarAwayDoesNoHarm();
  sense::EqualPointsAreWelded();
}
