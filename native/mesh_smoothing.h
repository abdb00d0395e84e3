#ifndef SENSE_NATIVE_MESH_SMOOTHING_H_
#define SENSE_NATIVE_MESH_SMOOTHING_H_

#include "native/field_surface.h"

namespace sense {

// Moves every vertex towards the mean of its neighbours and away again, so
// that waves shorter than a few edges fade and nothing shrinks (Taubin 1995).
// Vertices of borders go along the border only.
void Smooth(TriangleMesh& mesh, int turns);

}  // namespace sense

#endif  // SENSE_NATIVE_MESH_SMOOTHING_H_
