#ifndef SENSE_NATIVE_CELL_POLYGONS_H_
#define SENSE_NATIVE_CELL_POLYGONS_H_

#include <array>
#include <cstdint>

namespace sense {

// An edge of a cell: along `axis` from `corner`. Corner n lies at
// (n & 1, n >> 1 & 1, n >> 2).
struct CellEdge {
  int corner;
  int axis;
};

inline constexpr std::array<CellEdge, 12> kCellEdges = {{{0, 0},
                                                         {2, 0},
                                                         {4, 0},
                                                         {6, 0},
                                                         {0, 1},
                                                         {1, 1},
                                                         {4, 1},
                                                         {5, 1},
                                                         {0, 2},
                                                         {1, 2},
                                                         {2, 2},
                                                         {3, 2}}};

// The border within a cell: triangles between edges of the cell.
struct CellTriangles {
  int count = 0;                     // Of triangles.
  std::array<int8_t, 3 * 10> edges;  // Three each, numbers of kCellEdges.
};

// For each of the 256 patterns of corners inside.
const std::array<CellTriangles, 256>& CellPolygons();

}  // namespace sense

#endif  // SENSE_NATIVE_CELL_POLYGONS_H_
