#include "native/manifold_mesh.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

namespace sense {
namespace {

using Vector = std::array<double, 3>;

Vector PointOf(const TriangleMesh& mesh, int32_t vertex) {
  const float* p = &mesh.positions[3 * size_t(vertex)];
  return {p[0], p[1], p[2]};
}

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

int64_t NextSide(int64_t side) { return side % 3 == 2 ? side - 2 : side + 1; }

struct Side {
  int32_t low;
  int32_t high;
  int64_t number;
  bool operator<(const Side& other) const {
    if (low != other.low) return low < other.low;
    if (high != other.high) return high < other.high;
    return number < other.number;
  }
};

std::vector<Side> SortedSides(const TriangleMesh& mesh) {
  std::vector<Side> sides(mesh.triangles.size());
  for (size_t n = 0; n < sides.size(); ++n) {
    const int32_t a = mesh.triangles[n];
    const int32_t b = mesh.triangles[NextSide(static_cast<int64_t>(n))];
    sides[n] = {std::min(a, b), std::max(a, b), static_cast<int64_t>(n)};
  }
  std::sort(sides.begin(), sides.end());
  return sides;
}

// Calls work(first, end) for the sides of each edge.
template <typename Work>
void ForEachEdge(const std::vector<Side>& sides, const Work& work) {
  for (size_t first = 0; first < sides.size();) {
    size_t end = first + 1;
    while (end < sides.size() && sides[end].low == sides[first].low &&
           sides[end].high == sides[first].high) {
      ++end;
    }
    work(first, end);
    first = end;
  }
}

// Pairs the sides of an edge where more than two triangles meet, going around
// the edge: a triangle that runs along it forwards has its solid on the side
// of smaller angles, seen against the edge.
class Fan {
 public:
  Fan(const TriangleMesh& mesh, const Side* first, const Side* end)
      : mesh_(mesh) {
    const Vector origin = PointOf(mesh, first->low);
    const Vector along = Minus(PointOf(mesh, first->high), origin);
    const Vector least = std::abs(along[0]) < std::abs(along[1])
                             ? Vector{1, 0, 0}
                             : Vector{0, 1, 0};
    const Vector x = Cross(along, least);
    const Vector y = Cross(along, x);
    const double length = std::sqrt(Dot(along, along));
    for (const Side* side = first; side != end; ++side) {
      const int64_t opposite = NextSide(NextSide(side->number));
      const Vector arm =
          Minus(PointOf(mesh, mesh.triangles[opposite]), origin);
      const bool forward = mesh.triangles[side->number] == side->low;
      blades_.push_back({std::atan2(Dot(arm, y), Dot(arm, x) * length),
                         side->number, forward});
    }
    std::sort(blades_.begin(), blades_.end());
  }

  void Pair(std::vector<int64_t>& partners) {
    // Brackets around a circle: a backward blade opens, the next forward one
    // that is still free closes.
    for (size_t turn = 0; turn < blades_.size(); ++turn) {
      bool joined = false;
      for (size_t n = 0; n < blades_.size(); ++n) {
        joined = JoinNext(n, partners) || joined;
      }
      if (!joined) return;
    }
  }

 private:
  struct Blade {
    double angle;
    int64_t side;
    bool forward;
    bool paired = false;
    bool operator<(const Blade& other) const {
      return angle != other.angle ? angle < other.angle : side < other.side;
    }
  };

  bool JoinNext(size_t n, std::vector<int64_t>& partners) {
    Blade& blade = blades_[n];
    if (blade.paired || blade.forward) return false;
    for (size_t step = 1; step < blades_.size(); ++step) {
      Blade& other = blades_[(n + step) % blades_.size()];
      if (other.paired) continue;
      if (!other.forward) return false;
      blade.paired = other.paired = true;
      partners[blade.side] = other.side;
      partners[other.side] = blade.side;
      return true;
    }
    return false;
  }

  const TriangleMesh& mesh_;
  std::vector<Blade> blades_;
};

class Classes {
 public:
  explicit Classes(size_t count) : parent_(count) {
    std::iota(parent_.begin(), parent_.end(), int64_t{0});
  }
  int64_t Of(int64_t n) {
    while (parent_[n] != n) n = parent_[n] = parent_[parent_[n]];
    return n;
  }
  void Join(int64_t a, int64_t b) {
    const int64_t first = Of(a);
    const int64_t second = Of(b);
    parent_[std::max(first, second)] = std::min(first, second);
  }

 private:
  std::vector<int64_t> parent_;
};

TriangleMesh WithoutDegenerate(TriangleMesh mesh) {
  std::vector<int32_t>& t = mesh.triangles;
  size_t kept = 0;
  for (size_t n = 0; n + 2 < t.size(); n += 3) {
    if (t[n] == t[n + 1] || t[n + 1] == t[n + 2] || t[n + 2] == t[n]) continue;
    std::copy_n(t.begin() + static_cast<int64_t>(n), 3,
                t.begin() + static_cast<int64_t>(kept));
    kept += 3;
  }
  t.resize(kept);
  return mesh;
}

// A vertex for each fan of triangles that hang together by partners.
TriangleMesh WithFans(const TriangleMesh& mesh,
                      const std::vector<int64_t>& partners) {
  Classes corners(mesh.triangles.size());
  for (size_t n = 0; n < partners.size(); ++n) {
    const int64_t side = static_cast<int64_t>(n);
    if (partners[n] < 0) continue;
    corners.Join(side, NextSide(partners[n]));
    corners.Join(NextSide(side), partners[n]);
  }
  TriangleMesh made;
  made.triangles.resize(mesh.triangles.size());
  std::vector<int32_t> numbers(mesh.triangles.size(), -1);
  for (size_t n = 0; n < mesh.triangles.size(); ++n) {
    int32_t& number = numbers[corners.Of(static_cast<int64_t>(n))];
    if (number < 0) {
      number = static_cast<int32_t>(made.positions.size() / 3);
      const float* place = &mesh.positions[3 * size_t(mesh.triangles[n])];
      made.positions.insert(made.positions.end(), place, place + 3);
    }
    made.triangles[n] = number;
  }
  return made;
}

int32_t AddMiddle(TriangleMesh& mesh, int32_t a, int32_t b) {
  for (int axis = 0; axis < 3; ++axis) {
    mesh.positions.push_back((mesh.positions[3 * size_t(a) + axis] +
                              mesh.positions[3 * size_t(b) + axis]) /
                             2);
  }
  return static_cast<int32_t>(mesh.positions.size() / 3) - 1;
}

// Gives one half of a triangle the middle of its side; adds the other half.
void SplitSide(TriangleMesh& mesh, int64_t side, int32_t middle) {
  const int64_t next = NextSide(side);
  const int32_t end = mesh.triangles[next];
  const int32_t opposite = mesh.triangles[NextSide(next)];
  mesh.triangles[next] = middle;
  const int32_t corners[3] = {middle, end, opposite};
  mesh.triangles.insert(mesh.triangles.end(), corners, corners + 3);
}

// Splits edges that are still those of more than two triangles, but for one
// pair of them, each triangle once at most; tells whether there were any.
bool SplitDoubleEdges(TriangleMesh& mesh,
                      const std::vector<int64_t>& partners) {
  const std::vector<Side> sides = SortedSides(mesh);
  std::vector<bool> touched(mesh.triangles.size() / 3, false);
  bool found = false;
  ForEachEdge(sides, [&](size_t first, size_t end) {
    if (end - first <= 2) return;
    const int64_t kept = sides[first].number;
    for (size_t n = first + 1; n < end; ++n) {
      const int64_t side = sides[n].number;
      const int64_t partner = partners[side];
      if (side == kept || partner == kept || (partner >= 0 && partner < side)) {
        continue;
      }
      found = true;
      if (touched[side / 3] || (partner >= 0 && touched[partner / 3])) continue;
      touched[side / 3] = true;
      const int32_t middle = AddMiddle(mesh, mesh.triangles[side],
                                       mesh.triangles[NextSide(side)]);
      SplitSide(mesh, side, middle);
      if (partner < 0) continue;
      touched[partner / 3] = true;
      SplitSide(mesh, partner, middle);
    }
  });
  return found;
}

double AreaOf(const TriangleMesh& mesh, size_t triangle) {
  const Vector a = PointOf(mesh, mesh.triangles[3 * triangle]);
  const Vector across = Cross(
      Minus(PointOf(mesh, mesh.triangles[3 * triangle + 1]), a),
      Minus(PointOf(mesh, mesh.triangles[3 * triangle + 2]), a));
  return std::sqrt(Dot(across, across)) / 2;
}

TriangleMesh WithoutUnused(const TriangleMesh& mesh) {
  TriangleMesh made;
  std::vector<int32_t> numbers(mesh.positions.size() / 3, -1);
  for (const int32_t vertex : mesh.triangles) {
    int32_t& number = numbers[vertex];
    if (number < 0) {
      number = static_cast<int32_t>(made.positions.size() / 3);
      const float* place = &mesh.positions[3 * size_t(vertex)];
      made.positions.insert(made.positions.end(), place, place + 3);
    }
    made.triangles.push_back(number);
  }
  return made;
}

}  // namespace

std::vector<int64_t> Partners(const TriangleMesh& mesh) {
  std::vector<int64_t> partners(mesh.triangles.size(), -1);
  const std::vector<Side> sides = SortedSides(mesh);
  ForEachEdge(sides, [&](size_t first, size_t end) {
    if (end - first == 1) return;
    const int64_t a = sides[first].number;
    const int64_t b = sides[first + 1].number;
    if (end - first > 2) {
      Fan(mesh, &sides[first], sides.data() + end).Pair(partners);
    } else if (mesh.triangles[a] != mesh.triangles[b]) {
      partners[a] = b;
      partners[b] = a;
    }
  });
  return partners;
}

TriangleMesh MakeManifold(TriangleMesh mesh) {
  mesh = WithoutDegenerate(std::move(mesh));
  std::vector<int64_t> partners = Partners(mesh);
  mesh = WithFans(mesh, partners);
  // Each turn splits at least one edge of each fan; a few turns are enough.
  constexpr int kMostTurns = 32;
  for (int turn = 0; turn < kMostTurns; ++turn) {
    if (!SplitDoubleEdges(mesh, partners)) break;
    partners = Partners(mesh);
    mesh = WithFans(mesh, partners);
  }
  return mesh;
}

TriangleMesh KeepLargePieces(const TriangleMesh& mesh, double share) {
  Classes pieces(mesh.positions.size() / 3);
  const std::vector<int32_t>& t = mesh.triangles;
  for (size_t n = 0; n + 2 < t.size(); n += 3) {
    pieces.Join(t[n], t[n + 1]);
    pieces.Join(t[n], t[n + 2]);
  }
  std::vector<double> areas(mesh.positions.size() / 3, 0.0);
  for (size_t n = 0; n + 2 < t.size(); n += 3) {
    areas[pieces.Of(t[n])] += AreaOf(mesh, n / 3);
  }
  const double largest =
      areas.empty() ? 0.0 : *std::max_element(areas.begin(), areas.end());
  TriangleMesh kept{mesh.positions, {}};
  for (size_t n = 0; n + 2 < t.size(); n += 3) {
    if (areas[pieces.Of(t[n])] < share * largest) continue;
    kept.triangles.insert(kept.triangles.end(), {t[n], t[n + 1], t[n + 2]});
  }
  return WithoutUnused(kept);
}

}  // namespace sense
