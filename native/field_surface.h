#ifndef SENSE_NATIVE_FIELD_SURFACE_H_
#define SENSE_NATIVE_FIELD_SURFACE_H_

#include <cstdint>
#include <vector>

#include "native/depth_field.h"

namespace sense {

struct TriangleMesh {
  std::vector<float> positions;    // Three a vertex.
  std::vector<int32_t> triangles;  // Three vertices each.
};

// The places where the distance is 0 (marching cubes, Lorensen and Cline 1987;
// at ambiguous faces inside corners stay apart), counterclockwise seen from
// outside. Open where the field is unknown, and where neighbours differ by
// more than distances can: there the edge of what a view sees ends, not the
// scene. May hold vertices that no triangle uses. Blocks that are marked in
// `border`, where it is given, make no triangles: their neighbours do with them.
TriangleMesh FieldSurface(const DepthField& field, const StopFlag* stop,
                          const std::vector<uint8_t>* border = nullptr);

}  // namespace sense

#endif  // SENSE_NATIVE_FIELD_SURFACE_H_
