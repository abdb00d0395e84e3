#ifndef SENSE_NATIVE_MESH_DECIMATION_H_
#define SENSE_NATIVE_MESH_DECIMATION_H_

#include <cstdint>

#include "native/field_surface.h"
#include "native/stop_flag.h"

namespace sense {

// Collapses edges, those first that change the surface least by the quadric
// error (Garland and Heckbert 1997), until `triangles` are left or every
// further collapse would move the surface by more than `tolerance`, turn a
// triangle over, or make the mesh something else than a manifold (link
// condition, Dey 1999). The mesh must be manifold; it stays so. Borders are
// kept as well as faces are.
TriangleMesh Decimate(const TriangleMesh& mesh, int64_t triangles,
                      double tolerance, const StopFlag* stop);

}  // namespace sense

#endif  // SENSE_NATIVE_MESH_DECIMATION_H_
