#include "native/field_surface.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "native/cell_polygons.h"
#include "native/thread_pool.h"

namespace sense {
namespace {

constexpr int kEdge = DepthField::kEdge;
constexpr int kWide = kEdge + 1;
// Distances of neighbours differ by one voxel at most; noise adds to that.
constexpr float kSteepest = 3.0f;
// Vertices keep off the corners, where triangles would lose their area.
constexpr float kMargin = 0.02f;

struct Crossing {
  // Which of the edges that begin in a block the surface crosses: bit
  // 3 * voxel + axis.
  std::array<uint64_t, 3 * DepthField::kVoxels / 64> bits{};
  std::array<int16_t, 3 * DepthField::kVoxels / 64> before{};  // Of a word.
  int32_t first = 0;  // The number of the block's first vertex.

  bool Has(int edge) const { return bits[edge / 64] >> (edge % 64) & 1; }
  int32_t NumberOf(int edge) const {
    const uint64_t lower = bits[edge / 64] & ((uint64_t{1} << edge % 64) - 1);
    return first + before[edge / 64] + std::popcount(lower);
  }
};

int At(int i, int j, int k) { return (k * kWide + j) * kWide + i; }

class Polygoniser {
 public:
  Polygoniser(const DepthField& field, const std::vector<uint8_t>* border)
      : field_(field),
        border_(border),
        steepest_(kSteepest * static_cast<float>(field.voxel)),
        crossings_(field.blocks.size()),
        triangles_(field.blocks.size()) {}

  TriangleMesh Run(const StopFlag* stop) {
    ForEachBlock(stop, [this](int64_t n) { FindCrossings(n); });
    int32_t count = 0;
    for (Crossing& crossing : crossings_) {
      crossing.first = count;
      int16_t before = 0;
      for (size_t word = 0; word < crossing.bits.size(); ++word) {
        crossing.before[word] = before;
        before += static_cast<int16_t>(std::popcount(crossing.bits[word]));
      }
      count += before;
    }
    mesh_.positions.resize(3 * size_t(count));
    ForEachBlock(stop, [this](int64_t n) { Polygonise(n); });
    for (std::vector<int32_t>& part : triangles_) {
      mesh_.triangles.insert(mesh_.triangles.end(), part.begin(), part.end());
      part = {};
    }
    return std::move(mesh_);
  }

 private:
  using Corners = std::array<float, kWide * kWide * kWide>;
  using Neighbours = std::array<int64_t, 8>;

  template <typename Work>
  void ForEachBlock(const StopFlag* stop, const Work& work) {
    constexpr size_t kTogether = 64;
    const size_t count = field_.blocks.size();
    const int groups = static_cast<int>((count + kTogether - 1) / kTogether);
    ThreadPool::Shared().ForEach(groups, [&](int group) {
      const size_t end = std::min(count, (group + 1) * kTogether);
      for (size_t n = group * kTogether; n < end && !Stopped(stop); ++n) {
        work(static_cast<int64_t>(n));
      }
    });
  }

  // The block and those after it along x (1), y (2) and z (4).
  Neighbours NeighboursOf(int64_t number) const {
    Neighbours found;
    const std::array<int32_t, 3>& block = field_.blocks[number];
    for (int n = 0; n < 8; ++n) {
      found[n] = field_.Find({block[0] + (n & 1), block[1] + (n >> 1 & 1),
                              block[2] + (n >> 2)});
    }
    return found;
  }

  Corners Load(const Neighbours& neighbours) const {
    Corners corners;
    for (int k = 0; k < kWide; ++k) {
      for (int j = 0; j < kWide; ++j) {
        for (int i = 0; i < kWide; ++i) {
          const int beyond = i / kEdge | j / kEdge << 1 | k / kEdge << 2;
          const int64_t block = neighbours[beyond];
          const int voxel =
              ((k % kEdge) * kEdge + j % kEdge) * kEdge + i % kEdge;
          corners[At(i, j, k)] =
              block < 0 ? std::numeric_limits<float>::quiet_NaN()
                        : field_.distances[block * DepthField::kVoxels + voxel];
        }
      }
    }
    return corners;
  }

  bool Crosses(float a, float b) const {
    return std::isfinite(a) && std::isfinite(b) && (a < 0) != (b < 0) &&
           std::abs(a - b) <= steepest_;
  }

  void FindCrossings(int64_t number) {
    const Corners corners = Load(NeighboursOf(number));
    Crossing& crossing = crossings_[number];
    constexpr int kSteps[3] = {1, kWide, kWide * kWide};
    int edge = 0;
    for (int k = 0; k < kEdge; ++k) {
      for (int j = 0; j < kEdge; ++j) {
        for (int i = 0; i < kEdge; ++i) {
          const int at = At(i, j, k);
          for (int axis = 0; axis < 3; ++axis, ++edge) {
            if (Crosses(corners[at], corners[at + kSteps[axis]])) {
              crossing.bits[edge / 64] |= uint64_t{1} << edge % 64;
            }
          }
        }
      }
    }
  }

  void Polygonise(int64_t number) {
    const Neighbours neighbours = NeighboursOf(number);
    const Corners corners = Load(neighbours);
    PlaceVertices(number, corners);
    if (border_ && (*border_)[static_cast<size_t>(number)]) return;
    for (int k = 0; k < kEdge; ++k) {
      for (int j = 0; j < kEdge; ++j) {
        for (int i = 0; i < kEdge; ++i) {
          AddCell(number, neighbours, corners, {i, j, k});
        }
      }
    }
  }

  void PlaceVertices(int64_t number, const Corners& corners) {
    const Crossing& crossing = crossings_[number];
    constexpr int kSteps[3] = {1, kWide, kWide * kWide};
    float* place = mesh_.positions.data() + 3 * size_t(crossing.first);
    for (int edge = 0; edge < 3 * DepthField::kVoxels; ++edge) {
      if (!crossing.Has(edge)) continue;
      const int voxel = edge / 3;
      const int ijk[3] = {voxel % kEdge, voxel / kEdge % kEdge,
                          voxel / kEdge / kEdge};
      const int at = At(ijk[0], ijk[1], ijk[2]);
      const float a = corners[at];
      const float b = corners[at + kSteps[edge % 3]];
      const float share = std::clamp(a / (a - b), kMargin, 1.0f - kMargin);
      for (int axis = 0; axis < 3; ++axis) {
        const double lattice =
            double{kEdge} * field_.blocks[number][axis] + ijk[axis] +
            (axis == edge % 3 ? share : 0.0f);
        *place++ = static_cast<float>(lattice * field_.voxel);
      }
    }
  }

  void AddCell(int64_t number, const Neighbours& neighbours,
               const Corners& corners, const std::array<int, 3>& ijk) {
    int pattern = 0;
    for (int corner = 0; corner < 8; ++corner) {
      const float value =
          corners[At(ijk[0] + (corner & 1), ijk[1] + (corner >> 1 & 1),
                     ijk[2] + (corner >> 2))];
      if (!std::isfinite(value)) return;
      pattern |= (value < 0) << corner;
    }
    if (pattern == 0 || pattern == 255) return;
    const CellTriangles& cell = CellPolygons()[pattern];
    std::array<int32_t, 12> vertices;
    for (int n = 0; n < 3 * cell.count; ++n) {
      vertices[cell.edges[n]] = VertexOf(neighbours, ijk, cell.edges[n]);
      if (vertices[cell.edges[n]] < 0) return;
    }
    for (int n = 0; n < 3 * cell.count; ++n) {
      triangles_[number].push_back(vertices[cell.edges[n]]);
    }
  }

  // The number of the vertex on an edge of a cell, or -1.
  int32_t VertexOf(const Neighbours& neighbours, const std::array<int, 3>& ijk,
                   int edge) const {
    const auto [corner, axis] = kCellEdges[edge];
    const int i = ijk[0] + (corner & 1);
    const int j = ijk[1] + (corner >> 1 & 1);
    const int k = ijk[2] + (corner >> 2);
    const int64_t block = neighbours[i / kEdge | j / kEdge << 1 | k / kEdge << 2];
    const int voxel = ((k % kEdge) * kEdge + j % kEdge) * kEdge + i % kEdge;
    const Crossing& crossing = crossings_[block];
    return crossing.Has(3 * voxel + axis) ? crossing.NumberOf(3 * voxel + axis)
                                          : -1;
  }

  const DepthField& field_;
  const std::vector<uint8_t>* border_;
  float steepest_;
  std::vector<Crossing> crossings_;
  std::vector<std::vector<int32_t>> triangles_;
  TriangleMesh mesh_;
};

}  // namespace

TriangleMesh FieldSurface(const DepthField& field, const StopFlag* stop,
                          const std::vector<uint8_t>* border) {
  return Polygoniser(field, border).Run(stop);
}

}  // namespace sense
