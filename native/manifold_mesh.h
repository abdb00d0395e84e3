#ifndef SENSE_NATIVE_MANIFOLD_MESH_H_
#define SENSE_NATIVE_MANIFOLD_MESH_H_

#include <cstdint>
#include <vector>

#include "native/field_surface.h"

namespace sense {

// For each side 3 * triangle + n of the triangles, from corner n to the next
// one: the side of the triangle on the other side, or -1 at a border. Where
// more than two triangles meet, those are partners that bound the same solid.
std::vector<int64_t> Partners(const TriangleMesh& mesh);

// Makes every edge one of at most two triangles and the triangles around every
// vertex one fan, without moving anything: vertices (and, rarely, edges, which
// are split in the middle) are doubled where sheets touch. Leaves out
// triangles without three different vertices, and vertices without triangles.
TriangleMesh MakeManifold(TriangleMesh mesh);

// Leaves out connected pieces whose area is smaller than `share` of that of
// the largest piece, and then vertices without triangles.
TriangleMesh KeepLargePieces(const TriangleMesh& mesh, double share);

}  // namespace sense

#endif  // SENSE_NATIVE_MANIFOLD_MESH_H_
