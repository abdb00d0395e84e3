#include "native/mesh_smoothing.h"

#include <cstdint>
#include <vector>

#include "native/manifold_mesh.h"

namespace sense {
namespace {

// Taubin's: the lower pass-band frequency is 1 / kForward + 1 / kBack = 0.1.
constexpr float kForward = 0.5f;
constexpr float kBack = -0.53f;

struct Link {
  int32_t vertex;
  int32_t neighbour;
};

// Each edge in both directions; from vertices of a border only along it.
std::vector<Link> LinksOf(const TriangleMesh& mesh) {
  const std::vector<int64_t> partners = Partners(mesh);
  std::vector<bool> border(mesh.positions.size() / 3, false);
  const auto next = [](size_t side) {
    return side % 3 == 2 ? side - 2 : side + 1;
  };
  for (size_t side = 0; side < partners.size(); ++side) {
    if (partners[side] >= 0) continue;
    border[mesh.triangles[side]] = true;
    border[mesh.triangles[next(side)]] = true;
  }
  std::vector<Link> links;
  for (size_t side = 0; side < partners.size(); ++side) {
    const int32_t a = mesh.triangles[side];
    const int32_t b = mesh.triangles[next(side)];
    const bool alone = partners[side] < 0;
    if (alone || !border[a]) links.push_back({a, b});
    if (alone) links.push_back({b, a});
  }
  return links;
}

void Step(TriangleMesh& mesh, const std::vector<Link>& links,
          std::vector<float>& sums, std::vector<int>& counts, float share) {
  sums.assign(mesh.positions.size(), 0.0f);
  counts.assign(mesh.positions.size() / 3, 0);
  for (const Link& link : links) {
    for (int axis = 0; axis < 3; ++axis) {
      sums[3 * size_t(link.vertex) + axis] +=
          mesh.positions[3 * size_t(link.neighbour) + axis];
    }
    ++counts[link.vertex];
  }
  for (size_t n = 0; n < mesh.positions.size(); ++n) {
    if (counts[n / 3] == 0) continue;
    const float mean = sums[n] / static_cast<float>(counts[n / 3]);
    mesh.positions[n] += share * (mean - mesh.positions[n]);
  }
}

}  // namespace

void Smooth(TriangleMesh& mesh, int turns) {
  const std::vector<Link> links = LinksOf(mesh);
  std::vector<float> sums;
  std::vector<int> counts;
  for (int turn = 0; turn < turns; ++turn) {
    Step(mesh, links, sums, counts, kForward);
    Step(mesh, links, sums, counts, kBack);
  }
}

}  // namespace sense
