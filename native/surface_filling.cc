#include "native/surface_filling.h"

#include <algorithm>
#include <cmath>

#include "native/clamped_ceiling.h"

namespace sense {
namespace {

// Voxels: keeps columns off vertices and edges.
constexpr double kNudge[2] = {1.1e-7, 1.7e-7};

struct Corner {
  double i;
  double j;
  double k;
};

double Cross(double ai, double aj, double bi, double bj) {
  return ai * bj - aj * bi;
}

class Filler {
 public:
  Filler(const std::array<int64_t, 3>& size, uint8_t* mask)
      : size_(size), mask_(mask) {}

  // Marks the first voxel above every crossing of a column with a triangle.
  void Add(const std::array<Corner, 3>& corners) {
    const auto [low_i, high_i] =
        std::minmax({corners[0].i, corners[1].i, corners[2].i});
    const auto [low_j, high_j] =
        std::minmax({corners[0].j, corners[1].j, corners[2].j});
    const int64_t first_i = ClampedCeiling(low_i, size_[0]);
    const int64_t first_j = ClampedCeiling(low_j, size_[1]);
    for (int64_t j = first_j; j < size_[1] && j <= high_j; ++j) {
      for (int64_t i = first_i; i < size_[0] && i <= high_i; ++i) {
        AddColumn(corners, i, j);
      }
    }
  }

  // From marks to the inside: along k, each mark turns it over.
  void Finish() {
    const int64_t slice = size_[0] * size_[1];
    for (int64_t n = slice; n < slice * size_[2]; ++n) {
      mask_[n] ^= mask_[n - slice];
    }
  }

 private:
  void AddColumn(const std::array<Corner, 3>& corners, int64_t i, int64_t j) {
    double weights[3];
    double total = 0.0;
    double height = 0.0;
    for (int n = 0; n < 3; ++n) {
      const Corner& b = corners[(n + 1) % 3];
      const Corner& c = corners[(n + 2) % 3];
      weights[n] = Cross(b.i - i, b.j - j, c.i - i, c.j - j);
      total += weights[n];
      height += weights[n] * corners[n].k;
    }
    const bool inside =
        (weights[0] > 0 && weights[1] > 0 && weights[2] > 0) ||
        (weights[0] < 0 && weights[1] < 0 && weights[2] < 0);
    if (!inside) return;
    const int64_t k = ClampedCeiling(height / total, size_[2]);
    if (k < size_[2]) mask_[(k * size_[1] + j) * size_[0] + i] ^= 1;
  }

  std::array<int64_t, 3> size_;
  uint8_t* mask_;
};

}  // namespace

void FillSurface(const SurfaceTriangles& surface,
                 const std::array<int64_t, 3>& size, uint8_t* mask) {
  std::fill_n(mask, size[0] * size[1] * size[2], uint8_t{0});
  Filler filler(size, mask);
  for (int64_t n = 0; n < surface.count; ++n) {
    std::array<Corner, 3> corners;
    bool finite = true;
    for (int corner = 0; corner < 3; ++corner) {
      const double* vertex =
          surface.vertices + 3 * surface.triangles[3 * n + corner];
      corners[corner] = {vertex[0] - kNudge[0], vertex[1] - kNudge[1],
                         vertex[2]};
      finite = finite && std::isfinite(vertex[0] + vertex[1] + vertex[2]);
    }
    if (finite) filler.Add(corners);
  }
  filler.Finish();
}

}  // namespace sense
