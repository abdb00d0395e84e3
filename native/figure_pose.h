#ifndef SENSE_NATIVE_FIGURE_POSE_H_
#define SENSE_NATIVE_FIGURE_POSE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "native/raster_math.h"

namespace sense {

// What changes when a figure moves.
struct VertexPose {
  std::vector<Vec3f> positions;
  std::vector<Vec3f> normals;                  // Unit vectors.
  std::vector<std::array<float, 4>> tangents;  // Empty, or as in glTF.
};

// What a shape adds to some vertices, in growing order.
struct MorphTarget {
  std::vector<int32_t> vertices;
  std::vector<Vec3f> positions;
  std::vector<Vec3f> normals;  // Empty, or one for each vertex.
};

// Leaves out the vertices that `positions` and `normals` (which may be null)
// do not move.
MorphTarget SparseTarget(const Vec3f* positions, const Vec3f* normals,
                         size_t count);

// Four joints for each vertex, with weights that sum to 1.
struct FigureSkin {
  std::vector<std::array<int32_t, 4>> joints;
  std::vector<std::array<float, 4>> weights;

  bool empty() const { return joints.empty(); }
};

// Adds the targets, each times its weight, and turns every vertex with its
// joints: `world_from_rest` of each, by linear blend skinning. Without a skin
// the pose stays in the mesh's axes.
VertexPose PoseFigure(const VertexPose& rest,
                      const std::vector<MorphTarget>& targets,
                      const std::vector<float>& target_weights,
                      const FigureSkin& skin,
                      const std::vector<Affine3>& world_from_rest);

}  // namespace sense

#endif  // SENSE_NATIVE_FIGURE_POSE_H_
