#include "native/depth_agreement.h"

#include <algorithm>
#include <cmath>

#include "native/thread_pool.h"

namespace sense {
namespace {

using Vector = std::array<float, 3>;

Vector Mapped(const PixelMap& map, float x, float y, float w) {
  Vector to;
  for (int n = 0; n < 3; ++n) {
    to[n] = map.turn[3 * n] * x + map.turn[3 * n + 1] * y +
            map.turn[3 * n + 2] + map.shift[n] * w;
  }
  return to;
}

float Dot(const Vector& a, const Vector& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

Vector NormalAt(const DepthPicture& picture, size_t pixel) {
  const float* from = picture.normals + 3 * pixel;
  return {from[0], from[1], from[2]};
}

// Where a neighbour sees the surface at a pixel of the reference, when it sees
// the same one.
struct Agreement {
  bool agrees = false;
  size_t pixel = 0;
  float depth = 0;  // What it says of the reference's pixel.
  Vector normal = {};  // In the reference's frame.
};

// Where a neighbour's picture shows the place of a pixel of the reference.
struct Place {
  bool inside = false;
  float x = 0, y = 0;
  size_t pixel = 0;
  float depth = 0;  // Of the place, from the neighbour.
};

Place PlaceIn(const DepthPicture& reference, const DepthNeighbour& one, int x,
              int y) {
  const float depth = reference.depth[size_t{1} * y * reference.width + x];
  const Vector there = Mapped(one.from_reference, static_cast<float>(x),
                              static_cast<float>(y), 1 / depth);
  if (!(there[2] > 0)) return {};
  Place place;
  place.x = there[0] / there[2];
  place.y = there[1] / there[2];
  const float width = static_cast<float>(one.picture.width) - 0.5f;
  const float height = static_cast<float>(one.picture.height) - 0.5f;
  place.inside = place.x > -0.5f && place.y > -0.5f && place.x < width &&
                 place.y < height;
  if (!place.inside) return {};
  place.pixel =
      size_t{1} * static_cast<int>(place.y + 0.5f) * one.picture.width +
      static_cast<int>(place.x + 0.5f);
  place.depth = there[2] * depth;
  return place;
}

Agreement Agree(const DepthPicture& reference, const DepthNeighbour& one,
                const DepthTolerance& tolerance, int x, int y) {
  const size_t here = size_t{1} * y * reference.width + x;
  const float px = static_cast<float>(x), py = static_cast<float>(y);
  const Place place = PlaceIn(reference, one, x, y);
  if (!place.inside) return {};
  const float sx = place.x, sy = place.y;
  Agreement found;
  found.pixel = place.pixel;
  const float seen = one.picture.depth[found.pixel];
  if (!(seen > 0)) return {};
  const float expected = place.depth;
  if (std::abs(seen - expected) > tolerance.relative_depth * expected) {
    return {};
  }
  const Vector back = Mapped(one.to_reference, sx, sy, 1 / seen);
  const float dx = back[0] / back[2] - px, dy = back[1] / back[2] - py;
  if (dx * dx + dy * dy > tolerance.pixels * tolerance.pixels) return {};
  const Vector turned = NormalAt(one.picture, found.pixel);
  for (int n = 0; n < 3; ++n) {
    found.normal[n] =
        Dot({one.turn_to_reference[3 * n], one.turn_to_reference[3 * n + 1],
             one.turn_to_reference[3 * n + 2]},
            turned);
  }
  const float cosine = Dot(found.normal, NormalAt(reference, here));
  found.agrees = cosine >= tolerance.least_cosine;
  found.depth = back[2] * seen;
  return found;
}

// The points of some rows.
class RowFusion {
 public:
  RowFusion(const DepthPicture& reference, const uint8_t* claimed,
            const std::vector<DepthNeighbour>& neighbours,
            const DepthTolerance& tolerance, int least)
      : reference_(reference),
        claimed_(claimed),
        neighbours_(neighbours),
        tolerance_(tolerance),
        least_(least) {}

  void Add(int x, int y) {
    const size_t pixel = size_t{1} * y * reference_.width + x;
    if (claimed_[pixel] || !(reference_.depth[pixel] > 0)) return;
    const size_t before = points_.views.size();
    float depth = reference_.depth[pixel];
    Vector normal = NormalAt(reference_, pixel);
    for (size_t n = 0; n < neighbours_.size(); ++n) {
      const Agreement one = Agree(reference_, neighbours_[n], tolerance_, x, y);
      if (!one.agrees) continue;
      points_.views.push_back(static_cast<int32_t>(n));
      points_.seen.push_back(static_cast<int32_t>(one.pixel));
      depth += one.depth;
      for (int axis = 0; axis < 3; ++axis) {
        normal[axis] += one.normal[axis];
      }
    }
    const size_t found = points_.views.size() - before;
    if (found < static_cast<size_t>(least_)) {
      points_.views.resize(before);
      points_.seen.resize(before);
      return;
    }
    points_.pixels.push_back(static_cast<int32_t>(pixel));
    points_.depths.push_back(depth / static_cast<float>(found + 1));
    const float length = std::sqrt(Dot(normal, normal));
    for (const float one : normal) {
      points_.normals.push_back(length > 0 ? one / length : 0);
    }
    points_.first_view.push_back(static_cast<int64_t>(points_.views.size()));
  }

  FusedPoints& points() { return points_; }

 private:
  const DepthPicture& reference_;
  const uint8_t* claimed_;
  const std::vector<DepthNeighbour>& neighbours_;
  const DepthTolerance& tolerance_;
  const int least_;
  FusedPoints points_;
};

// Stores a number for every pixel of known depth, and 0 for the others.
template <typename Function>
bool CountPixels(const DepthPicture& reference, const Function& number,
                 uint8_t* counts, const StopFlag* stop) {
  ThreadPool::Shared().ForEach(reference.height, [&](int y) {
    if (Stopped(stop)) return;
    for (int x = 0; x < reference.width; ++x) {
      const size_t pixel = size_t{1} * y * reference.width + x;
      const int count = reference.depth[pixel] > 0 ? number(x, y) : 0;
      counts[pixel] = static_cast<uint8_t>(std::min(count, 255));
    }
  });
  return !Stopped(stop);
}

void Append(const FusedPoints& rows, FusedPoints* all) {
  const auto begin = static_cast<int64_t>(all->views.size());
  const auto add = [](const auto& from, auto* to) {
    to->insert(to->end(), from.begin(), from.end());
  };
  add(rows.pixels, &all->pixels);
  add(rows.depths, &all->depths);
  add(rows.normals, &all->normals);
  add(rows.views, &all->views);
  add(rows.seen, &all->seen);
  for (size_t n = 1; n < rows.first_view.size(); ++n) {
    all->first_view.push_back(begin + rows.first_view[n]);
  }
}

}  // namespace

bool CountAgreeing(const DepthPicture& reference,
                   const std::vector<DepthNeighbour>& neighbours,
                   const DepthTolerance& tolerance, uint8_t* counts,
                   const StopFlag* stop) {
  return CountPixels(
      reference,
      [&](int x, int y) {
        int count = 1;
        for (const DepthNeighbour& one : neighbours) {
          count += Agree(reference, one, tolerance, x, y).agrees;
        }
        return count;
      },
      counts, stop);
}

bool CountShowing(const DepthPicture& reference,
                  const std::vector<DepthNeighbour>& neighbours, float share,
                  uint8_t* counts, const StopFlag* stop) {
  return CountPixels(
      reference,
      [&](int x, int y) {
        int count = 0;
        for (const DepthNeighbour& one : neighbours) {
          const Place place = PlaceIn(reference, one, x, y);
          if (!place.inside) continue;
          const float seen = one.picture.depth[place.pixel];
          const bool hidden = seen > 0 && seen < (1 - share) * place.depth;
          count += seen >= 0 && !hidden;
        }
        return count;
      },
      counts, stop);
}

FusedPoints FuseDepths(const DepthPicture& reference, const uint8_t* claimed,
                       const std::vector<DepthNeighbour>& neighbours,
                       const DepthTolerance& tolerance, int least,
                       const StopFlag* stop) {
  constexpr int kRows = 16;
  const int strips = (reference.height + kRows - 1) / kRows;
  std::vector<FusedPoints> parts(strips);
  ThreadPool::Shared().ForEach(strips, [&](int strip) {
    if (Stopped(stop)) return;
    RowFusion fusion(reference, claimed, neighbours, tolerance, least);
    const int bottom = std::min((strip + 1) * kRows, reference.height);
    for (int y = strip * kRows; y < bottom; ++y) {
      for (int x = 0; x < reference.width; ++x) fusion.Add(x, y);
    }
    parts[strip] = std::move(fusion.points());
  });
  FusedPoints all;
  for (const FusedPoints& part : parts) Append(part, &all);
  for (size_t n = 0; n < all.views.size(); ++n) {
    uint8_t* taken = neighbours[all.views[n]].claimed;
    if (taken) taken[all.seen[n]] = 1;
  }
  return all;
}

}  // namespace sense
