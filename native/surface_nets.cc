#include "native/surface_nets.h"

#include <algorithm>

namespace sense {
namespace {

struct Offset {
  double i;
  double j;
  double k;
};

// Corner n of a cell lies at (n & 1, n >> 1 & 1, n >> 2) = (i, j, k).
Offset MeanCrossing(int pattern) {
  Offset sum{0, 0, 0};
  int count = 0;
  for (int corner = 0; corner < 8; ++corner) {
    for (int axis = 0; axis < 3; ++axis) {
      const int other = corner | 1 << axis;
      if (other == corner || (pattern >> corner & 1) == (pattern >> other & 1)) {
        continue;
      }
      sum.i += ((corner & 1) + (other & 1)) / 2.0;
      sum.j += ((corner >> 1 & 1) + (other >> 1 & 1)) / 2.0;
      sum.k += ((corner >> 2) + (other >> 2)) / 2.0;
      ++count;
    }
  }
  if (count == 0) return sum;
  return {sum.i / count, sum.j / count, sum.k / count};
}

std::array<Offset, 256> MeanCrossings() {
  std::array<Offset, 256> means;
  for (int pattern = 0; pattern < 256; ++pattern) {
    means[pattern] = MeanCrossing(pattern);
  }
  return means;
}

// Goes through the slices with two of the mask, padded by one, and the vertex
// numbers of two layers of cells.
class Net {
 public:
  Net(const uint8_t* mask, const std::array<int64_t, 3>& size)
      : mask_(mask),
        size_(size),
        width_(size[0] + 2),
        slice_((size[0] + 2) * (size[1] + 2)),
        lower_(slice_, 0),
        upper_(slice_, 0),
        before_(slice_, -1),
        numbers_(slice_, -1) {}

  SurfaceMesh Run() {
    // Cell layer k lies between the slices k - 1 and k.
    for (int64_t k = 0; k <= size_[2]; ++k) {
      std::swap(lower_, upper_);
      std::swap(before_, numbers_);
      Load(k);
      for (int64_t j = 0; j <= size_[1]; ++j) AddVertices(j, k);
      for (int64_t j = 0; j <= size_[1]; ++j) AddQuads(j);
    }
    return std::move(mesh_);
  }

 private:
  void Load(int64_t k) {
    std::fill(upper_.begin(), upper_.end(), uint8_t{0});
    if (k == size_[2]) return;
    for (int64_t j = 0; j < size_[1]; ++j) {
      const uint8_t* row = mask_ + (k * size_[1] + j) * size_[0];
      uint8_t* padded = upper_.data() + (j + 1) * width_ + 1;
      for (int64_t i = 0; i < size_[0]; ++i) padded[i] = row[i] != 0;
    }
  }

  void AddVertices(int64_t j, int64_t k) {
    static const std::array<Offset, 256> kMeans = MeanCrossings();
    const uint8_t* rows[4] = {
        lower_.data() + j * width_, lower_.data() + (j + 1) * width_,
        upper_.data() + j * width_, upper_.data() + (j + 1) * width_};
    int64_t* numbers = numbers_.data() + j * width_;
    for (int64_t i = 0; i <= size_[0]; ++i) {
      int pattern = 0;
      for (int row = 0; row < 4; ++row) {
        pattern |= (rows[row][i] | rows[row][i + 1] << 1) << 2 * row;
      }
      numbers[i] = -1;
      if (pattern == 0 || pattern == 255) continue;
      numbers[i] = static_cast<int64_t>(mesh_.vertices.size() / 3);
      const Offset& mean = kMeans[pattern];
      const double vertex[3] = {i - 1 + mean.i, j - 1 + mean.j, k - 1 + mean.k};
      mesh_.vertices.insert(mesh_.vertices.end(), vertex, vertex + 3);
    }
  }

  // Around the lines from a voxel of the lower slice to its next neighbours,
  // and of the one above it along k.
  void AddQuads(int64_t j) {
    const uint8_t* low = lower_.data() + j * width_;
    const uint8_t* high = upper_.data() + j * width_;
    const int64_t* after = numbers_.data() + j * width_;
    for (int64_t i = 0; i <= size_[0]; ++i) {
      if (j > 0 && low[i] != low[i + 1]) {
        const int64_t* before = before_.data() + j * width_;
        AddQuad({before[i - width_], before[i], after[i], after[i - width_]},
                low[i]);
      }
      if (i > 0 && low[i] != low[i + width_]) {
        const int64_t* before = before_.data() + j * width_;
        AddQuad({before[i - 1], after[i - 1], after[i], before[i]}, low[i]);
      }
      if (i > 0 && j > 0 && low[i] != high[i]) {
        AddQuad({after[i - width_ - 1], after[i - width_], after[i],
                 after[i - 1]},
                low[i]);
      }
    }
  }

  double Distance2(int64_t a, int64_t b) const {
    double sum = 0.0;
    for (int axis = 0; axis < 3; ++axis) {
      const double step =
          mesh_.vertices[3 * a + axis] - mesh_.vertices[3 * b + axis];
      sum += step * step;
    }
    return sum;
  }

  void AddQuad(std::array<int64_t, 4> quad, bool outward) {
    if (!outward) std::reverse(quad.begin(), quad.end());
    const bool straight =
        Distance2(quad[0], quad[2]) <= Distance2(quad[1], quad[3]);
    if (!straight) std::rotate(quad.begin(), quad.begin() + 1, quad.end());
    const int64_t corners[6] = {quad[0], quad[1], quad[2],
                                quad[0], quad[2], quad[3]};
    mesh_.triangles.insert(mesh_.triangles.end(), corners, corners + 6);
  }

  const uint8_t* mask_;
  std::array<int64_t, 3> size_;
  int64_t width_;
  int64_t slice_;
  std::vector<uint8_t> lower_;
  std::vector<uint8_t> upper_;
  std::vector<int64_t> before_;
  std::vector<int64_t> numbers_;
  SurfaceMesh mesh_;
};

}  // namespace

SurfaceMesh SurfaceNets(const uint8_t* mask,
                        const std::array<int64_t, 3>& size) {
  return Net(mask, size).Run();
}

}  // namespace sense
