#ifndef SENSE_NATIVE_RAY_LANES_H_
#define SENSE_NATIVE_RAY_LANES_H_

#include <algorithm>

#include "native/ray.h"
#include "native/voxel_sampler.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Where a ray is at eight distances.
SENSE_INLINE Points PointsAt(const GridRay& ray, Floats distances) {
  return {distances * ray.per_mm.i + ray.entry.i,
          distances * ray.per_mm.j + ray.entry.j,
          distances * ray.per_mm.k + ray.entry.k};
}

// Eight rays in the voxel indices of a grid, side by side.
class RayLanes {
 public:
  void Set(int lane, const Ray& ray, const GridRay& grid_ray, float jitter) {
    const Point& entry = grid_ray.entry;
    const Point& per_mm = grid_ray.per_mm;
    entry_.i[lane] = entry.i;
    entry_.j[lane] = entry.j;
    entry_.k[lane] = entry.k;
    per_mm_.i[lane] = per_mm.i;
    per_mm_.j[lane] = per_mm.j;
    per_mm_.k[lane] = per_mm.k;
    jitter_[lane] = jitter;
    length_[lane] = ray.length;
    step_[lane] = ray.step;
    counts_[lane] = ray.SampleBefore(ray.length, jitter) + 1;
  }

  // Lets a ray be the same as another one.
  void Repeat(int lane, int from) {
    for (Floats* each : {&entry_.i, &entry_.j, &entry_.k, &per_mm_.i,
                         &per_mm_.j, &per_mm_.k, &jitter_, &length_, &step_}) {
      (*each)[lane] = (*each)[from];
    }
    counts_[lane] = counts_[from];
  }

  // How many samples there are.
  Ints counts() const { return counts_; }
  int count(int lane) const { return counts_[lane]; }
  int LongestCount() const {
    int longest = 0;
    for (int n = 0; n < kLanes; ++n) longest = std::max(longest, count(n));
    return longest;
  }

  // Of samples. Beyond the ends of rays the first and the last are repeated.
  SENSE_INLINE Floats Distances(Ints samples) const {
    const Floats places = Converted(samples - 1) + jitter_;
    return Least(Greatest(places * step_, AllLanes(0.0f)), length_);
  }

  SENSE_INLINE Points PointsAt(Floats distances) const {
    return {distances * per_mm_.i + entry_.i,
            distances * per_mm_.j + entry_.j,
            distances * per_mm_.k + entry_.k};
  }

  // Where samples of any of the rays are.
  SENSE_INLINE Points PointsAt(Ints lanes, Ints samples) const {
    const Floats places = Converted(samples - 1) + Permuted(jitter_, lanes);
    const Floats distances =
        Least(Greatest(places * Permuted(step_, lanes), AllLanes(0.0f)),
              Permuted(length_, lanes));
    const auto along = [&](Floats entry, Floats per_mm) {
      return distances * Permuted(per_mm, lanes) + Permuted(entry, lanes);
    };
    return {along(entry_.i, per_mm_.i), along(entry_.j, per_mm_.j),
            along(entry_.k, per_mm_.k)};
  }

 private:
  Points entry_ = {}, per_mm_ = {};
  Floats jitter_ = {}, length_ = {}, step_ = {};
  Ints counts_ = {};
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_RAY_LANES_H_
