#include "native/mesh_decimation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <queue>
#include <utility>
#include <vector>

namespace sense {
namespace {

using Vector = std::array<double, 3>;

Vector Minus(const Vector& a, const Vector& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}

double Dot(const Vector& a, const Vector& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

Vector Cross(const Vector& a, const Vector& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2],
          a[0] * b[1] - a[1] * b[0]};
}

// Sum of squared distances to planes, weighted: x'Ax + 2b'x + c.
struct Quadric {
  double xx = 0, xy = 0, xz = 0, yy = 0, yz = 0, zz = 0;
  Vector b{0, 0, 0};
  double c = 0;
  double weight = 0;

  void AddPlane(const Vector& n, double d, double w) {
    xx += w * n[0] * n[0];
    xy += w * n[0] * n[1];
    xz += w * n[0] * n[2];
    yy += w * n[1] * n[1];
    yz += w * n[1] * n[2];
    zz += w * n[2] * n[2];
    for (int axis = 0; axis < 3; ++axis) b[axis] += w * d * n[axis];
    c += w * d * d;
    weight += w;
  }

  // Keeps the place of the vertex where planes leave it open.
  void AddPoint(const Vector& p, double w) {
    xx += w;
    yy += w;
    zz += w;
    for (int axis = 0; axis < 3; ++axis) b[axis] -= w * p[axis];
    c += w * Dot(p, p);
  }

  void Add(const Quadric& other) {
    xx += other.xx;
    xy += other.xy;
    xz += other.xz;
    yy += other.yy;
    yz += other.yz;
    zz += other.zz;
    for (int axis = 0; axis < 3; ++axis) b[axis] += other.b[axis];
    c += other.c;
    weight += other.weight;
  }

  double At(const Vector& p) const {
    return p[0] * (xx * p[0] + 2 * (xy * p[1] + xz * p[2] + b[0])) +
           p[1] * (yy * p[1] + 2 * (yz * p[2] + b[1])) +
           p[2] * (zz * p[2] + 2 * b[2]) + c;
  }

  // The place with the smallest error; false where there is no one such.
  bool Best(Vector& place) const {
    const double x = yy * zz - yz * yz;
    const double y = xz * yz - xy * zz;
    const double z = xy * yz - xz * yy;
    const double determinant = xx * x + xy * y + xz * z;
    const double size = xx + yy + zz;
    if (!(determinant > 1e-9 * size * size * size)) return false;
    const double yy2 = xx * zz - xz * xz;
    const double yz2 = xy * xz - xx * yz;
    const double zz2 = xx * yy - xy * xy;
    place = {-(x * b[0] + y * b[1] + z * b[2]) / determinant,
             -(y * b[0] + yy2 * b[1] + yz2 * b[2]) / determinant,
             -(z * b[0] + yz2 * b[1] + zz2 * b[2]) / determinant};
    return true;
  }
};

struct Collapse {
  double cost;
  int32_t kept;
  int32_t gone;
  uint32_t kept_turn;  // How often the vertices had changed.
  uint32_t gone_turn;
  bool operator<(const Collapse& other) const {  // The cheapest comes first.
    if (cost != other.cost) return cost > other.cost;
    if (kept != other.kept) return kept > other.kept;
    return gone > other.gone;
  }
};

class Decimator {
 public:
  explicit Decimator(const TriangleMesh& mesh)
      : triangles_(mesh.triangles),
        left_(static_cast<int64_t>(mesh.triangles.size() / 3)),
        points_(mesh.positions.size() / 3),
        quadrics_(points_.size()),
        turns_(points_.size(), 0),
        around_(points_.size()) {
    for (size_t n = 0; n < points_.size(); ++n) {
      for (int axis = 0; axis < 3; ++axis) {
        points_[n][axis] = mesh.positions[3 * n + axis];
      }
    }
    for (size_t n = 0; n < triangles_.size(); ++n) {
      around_[triangles_[n]].push_back(static_cast<int32_t>(n / 3));
    }
    AddPlanes();
  }

  TriangleMesh Run(int64_t target, double tolerance, const StopFlag* stop) {
    for (int32_t v = 0; v < static_cast<int32_t>(points_.size()); ++v) {
      for (const int32_t other : NeighboursOf(v)) {
        if (v < other) Offer(v, other);
      }
    }
    int64_t done = 0;
    while (left_ > target && !queue_.empty()) {
      if (++done % 4096 == 0 && Stopped(stop)) break;
      const Collapse next = queue_.top();
      queue_.pop();
      if (turns_[next.kept] != next.kept_turn ||
          turns_[next.gone] != next.gone_turn) {
        continue;
      }
      if (next.cost > tolerance * tolerance) break;
      Try(next.kept, next.gone);
    }
    return Result();
  }

 private:
  Vector NormalOf(int32_t triangle) const {
    const int32_t* t = &triangles_[3 * size_t(triangle)];
    return Cross(Minus(points_[t[1]], points_[t[0]]),
                 Minus(points_[t[2]], points_[t[0]]));
  }

  void AddPlanes() {
    for (int32_t n = 0; n < static_cast<int32_t>(left_); ++n) {
      Vector normal = NormalOf(n);
      const double length = std::sqrt(Dot(normal, normal));
      if (!(length > 0)) continue;
      for (double& part : normal) part /= length;
      for (int corner = 0; corner < 3; ++corner) {
        const int32_t a = triangles_[3 * size_t(n) + corner];
        const int32_t b = triangles_[3 * size_t(n) + (corner + 1) % 3];
        const Vector& place = points_[a];
        quadrics_[a].AddPlane(normal, -Dot(normal, place), length / 6);
        quadrics_[a].AddPoint(place, 1e-4 * length / 6);
        if (Shared(a, b) == 1) AddBorder(a, b, normal);
      }
    }
  }

  // A plane through a border, upright on its triangle.
  void AddBorder(int32_t a, int32_t b, const Vector& normal) {
    const Vector along = Minus(points_[b], points_[a]);
    Vector upright = Cross(along, normal);
    const double length = std::sqrt(Dot(upright, upright));
    if (!(length > 0)) return;
    for (double& part : upright) part /= length;
    const double offset = -Dot(upright, points_[a]);
    quadrics_[a].AddPlane(upright, offset, length * length / 2);
    quadrics_[b].AddPlane(upright, offset, length * length / 2);
  }

  bool Has(int32_t triangle, int32_t vertex) const {
    const int32_t* t = &triangles_[3 * size_t(triangle)];
    return t[0] == vertex || t[1] == vertex || t[2] == vertex;
  }

  // How many triangles an edge has.
  int Shared(int32_t a, int32_t b) const {
    int count = 0;
    for (const int32_t triangle : around_[a]) count += Has(triangle, b);
    return count;
  }

  std::vector<int32_t> NeighboursOf(int32_t vertex) const {
    std::vector<int32_t> found;
    for (const int32_t triangle : around_[vertex]) {
      for (int corner = 0; corner < 3; ++corner) {
        const int32_t other = triangles_[3 * size_t(triangle) + corner];
        if (other != vertex) found.push_back(other);
      }
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  Vector PlaceFor(int32_t a, int32_t b) const {
    Quadric sum = quadrics_[a];
    sum.Add(quadrics_[b]);
    Vector middle;
    for (int axis = 0; axis < 3; ++axis) {
      middle[axis] = (points_[a][axis] + points_[b][axis]) / 2;
    }
    Vector best;
    if (sum.Best(best)) {
      // Far from the edge the planes tell nothing.
      const Vector shift = Minus(best, middle);
      const Vector along = Minus(points_[a], points_[b]);
      if (Dot(shift, shift) <= Dot(along, along)) return best;
    }
    const Vector* places[3] = {&middle, &points_[a], &points_[b]};
    const Vector* chosen = places[0];
    for (const Vector* place : places) {
      if (sum.At(*place) < sum.At(*chosen)) chosen = place;
    }
    return *chosen;
  }

  void Offer(int32_t a, int32_t b) {
    Quadric sum = quadrics_[a];
    sum.Add(quadrics_[b]);
    const double error = std::max(0.0, sum.At(PlaceFor(a, b)));
    const double cost = sum.weight > 0 ? error / sum.weight : 0.0;
    queue_.push({cost, a, b, turns_[a], turns_[b]});
  }

  bool OnBorder(int32_t vertex, const std::vector<int32_t>& neighbours) const {
    return neighbours.size() != around_[vertex].size();
  }

  bool KeepsTopology(int32_t a, int32_t b) const {
    const std::vector<int32_t> of_a = NeighboursOf(a);
    const std::vector<int32_t> of_b = NeighboursOf(b);
    std::vector<int32_t> common;
    std::set_intersection(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                          std::back_inserter(common));
    const int shared = Shared(a, b);
    if (static_cast<int>(common.size()) != shared) return false;
    if (shared == 2 && OnBorder(a, of_a) && OnBorder(b, of_b)) return false;
    // A tetrahedron or a single triangle would vanish.
    return shared == 2 ? Shared(common[0], common[1]) == 0 ||
                             of_a.size() + of_b.size() > 7
                       : of_a.size() + of_b.size() > 4;
  }

  // Whether no triangle that stays would turn over or lose its area.
  bool KeepsSides(int32_t moved, int32_t other, const Vector& place) const {
    for (const int32_t triangle : around_[moved]) {
      if (Has(triangle, other)) continue;
      const int32_t* t = &triangles_[3 * size_t(triangle)];
      std::array<Vector, 3> corners;
      for (int n = 0; n < 3; ++n) {
        corners[n] = t[n] == moved ? place : points_[t[n]];
      }
      const Vector before = NormalOf(triangle);
      const Vector after = Cross(Minus(corners[1], corners[0]),
                                 Minus(corners[2], corners[0]));
      const double size = Dot(after, after);
      const double agreed = Dot(before, after);
      if (agreed <= 0 || agreed * agreed < 0.09 * Dot(before, before) * size) {
        return false;
      }
      double longest = 0;
      for (int n = 0; n < 3; ++n) {
        const Vector side = Minus(corners[n], corners[(n + 1) % 3]);
        longest = std::max(longest, Dot(side, side));
      }
      if (size < 1e-4 * longest * longest) return false;
    }
    return true;
  }

  void Try(int32_t kept, int32_t gone) {
    if (!KeepsTopology(kept, gone)) return;
    const Vector place = PlaceFor(kept, gone);
    if (!KeepsSides(kept, gone, place) || !KeepsSides(gone, kept, place)) {
      return;
    }
    for (const int32_t triangle : around_[gone]) {
      int32_t* t = &triangles_[3 * size_t(triangle)];
      if (Has(triangle, kept)) {
        Remove(triangle, gone);
        continue;
      }
      for (int n = 0; n < 3; ++n) {
        if (t[n] == gone) t[n] = kept;
      }
      around_[kept].push_back(triangle);
    }
    around_[gone] = {};
    points_[kept] = place;
    quadrics_[kept].Add(quadrics_[gone]);
    ++turns_[kept];
    ++turns_[gone];
    for (const int32_t other : NeighboursOf(kept)) {
      Offer(std::min(kept, other), std::max(kept, other));
    }
  }

  // Takes a triangle from all its vertices but `spared`.
  void Remove(int32_t triangle, int32_t spared) {
    for (int n = 0; n < 3; ++n) {
      int32_t& vertex = triangles_[3 * size_t(triangle) + n];
      if (vertex != spared) std::erase(around_[vertex], triangle);
    }
    triangles_[3 * size_t(triangle)] = -1;
    --left_;
  }

  TriangleMesh Result() const {
    TriangleMesh made;
    std::vector<int32_t> numbers(points_.size(), -1);
    for (size_t n = 0; n < triangles_.size(); n += 3) {
      if (triangles_[n] < 0) continue;
      for (size_t corner = n; corner < n + 3; ++corner) {
        int32_t& number = numbers[triangles_[corner]];
        if (number < 0) {
          number = static_cast<int32_t>(made.positions.size() / 3);
          for (const double value : points_[triangles_[corner]]) {
            made.positions.push_back(static_cast<float>(value));
          }
        }
        made.triangles.push_back(number);
      }
    }
    return made;
  }

  std::vector<int32_t> triangles_;
  int64_t left_;
  std::vector<Vector> points_;
  std::vector<Quadric> quadrics_;
  std::vector<uint32_t> turns_;
  std::vector<std::vector<int32_t>> around_;
  std::priority_queue<Collapse> queue_;
};

}  // namespace

TriangleMesh Decimate(const TriangleMesh& mesh, int64_t triangles,
                      double tolerance, const StopFlag* stop) {
  return Decimator(mesh).Run(triangles, tolerance, stop);
}

}  // namespace sense
