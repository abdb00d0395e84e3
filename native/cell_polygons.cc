#include "native/cell_polygons.h"

namespace sense {
namespace {

// The faces' corners, counterclockwise seen from outside of the cell.
constexpr int kFaces[6][4] = {{0, 4, 6, 2}, {1, 3, 7, 5}, {0, 1, 5, 4},
                              {2, 6, 7, 3}, {0, 2, 3, 1}, {4, 5, 7, 6}};

int EdgeBetween(int a, int b) {
  for (int edge = 0; edge < 12; ++edge) {
    const int start = kCellEdges[edge].corner;
    const int end = start | 1 << kCellEdges[edge].axis;
    if ((start == a && end == b) || (start == b && end == a)) return edge;
  }
  return -1;
}

bool Inside(int pattern, int corner) { return pattern >> corner & 1; }

// Joins the edge by which the way around a face enters a run of inside corners
// to the one by which it leaves that run. Neighbouring cells go around their
// common face in opposite directions and so join the same edges.
void JoinOnFace(int pattern, const int (&face)[4],
                std::array<int8_t, 12>& next) {
  for (int n = 0; n < 4; ++n) {
    const int from = face[n];
    int to = (n + 1) % 4;
    if (Inside(pattern, from) || !Inside(pattern, face[to])) continue;
    const int entry = EdgeBetween(from, face[to]);
    while (Inside(pattern, face[(to + 1) % 4])) to = (to + 1) % 4;
    next[entry] =
        static_cast<int8_t>(EdgeBetween(face[to], face[(to + 1) % 4]));
  }
}

CellTriangles TrianglesOf(int pattern) {
  std::array<int8_t, 12> next;
  next.fill(-1);
  for (const auto& face : kFaces) JoinOnFace(pattern, face, next);
  CellTriangles found;
  for (int8_t first = 0; first < 12; ++first) {
    if (next[first] < 0) continue;
    int8_t before = next[first];
    int8_t edge = next[before];
    next[first] = -1;
    next[before] = -1;
    while (edge != first) {
      const int8_t corners[3] = {first, before, edge};
      for (int n = 0; n < 3; ++n) {
        found.edges[3 * found.count + n] = corners[n];
      }
      ++found.count;
      before = edge;
      edge = next[before];
      next[before] = -1;
    }
  }
  return found;
}

}  // namespace

const std::array<CellTriangles, 256>& CellPolygons() {
  static const std::array<CellTriangles, 256> polygons = [] {
    std::array<CellTriangles, 256> all;
    for (int pattern = 0; pattern < 256; ++pattern) {
      all[pattern] = TrianglesOf(pattern);
    }
    return all;
  }();
  return polygons;
}

}  // namespace sense
