#ifndef SENSE_NATIVE_PROJECTION_PACKET_H_
#define SENSE_NATIVE_PROJECTION_PACKET_H_

#include <limits>

#include "native/extreme_search.h"
#include "native/ray_kernels.h"
#include "native/ray_lanes.h"
#include "native/ray_result.h"
#include "native/voxel_sampler.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Maximum, minimum or mean of the values along rays, as greys. Eight rays go
// side by side, step by step: those of neighbouring pixels want the same
// memory, and what none of them needs is left out for all.
template <typename Voxel>
class ProjectionPacket {
 public:
  ProjectionPacket(const Voxel* voxels, const VolumeLayer& layer,
                   const RaycastPicture& picture)
      : mode_(layer.look.mode),
        window_(layer.look.window),
        picture_(picture),
        sampler_(voxels, layer.grid.size),
        highest_(sampler_, layer.occupied->blocks(), window_,
                 Slack(picture, window_)),
        lowest_(sampler_, layer.occupied->blocks(), window_,
                Slack(picture, window_)) {}

  // Casts the rays as soon as there are eight.
  void Add(int64_t pixel, const Ray& ray, const GridRay& grid_ray,
           float jitter) {
    pixels_[used_] = pixel;
    columns_[used_] = static_cast<int>(pixel % picture_.width);
    entry_depths_[used_] = ray.entry_depth;
    rays_.Set(used_, ray, grid_ray, jitter);
    if (++used_ == kLanes) Cast();
  }

  // Casts those that are left.
  void Finish() {
    if (used_ == 0) return;
    for (int n = used_; n < kLanes; ++n) {
      rays_.Repeat(n, 0);
      columns_[n] = columns_[0];
    }
    Cast();
  }

 private:
  // Samples that are better by less than a level of 255 are left out of
  // pictures of eight bits. A pixel may be a few levels from the extreme of all
  // samples then, as it is looked at more closely around another one.
  static constexpr float kSlackLevels = 1.0f;

  static float Slack(const RaycastPicture& picture, const ValueRange& window) {
    const bool exact = !picture.straight || picture.depth_mm;
    return exact ? 0.0f : kSlackLevels * (window.high - window.low) / 255;
  }

  void Cast() {
    if (mode_ == RayMode::kMean) {
      StoreGreys({Means(), AllLanes(std::numeric_limits<float>::quiet_NaN())});
    } else if (mode_ == RayMode::kMaximum) {
      StoreGreys(highest_.Find(rays_, columns_));
    } else {
      StoreGreys(lowest_.Find(rays_, columns_));
    }
    used_ = 0;
  }

  // NaN where there is no value.
  Floats Means() const {
    double sums[kLanes] = {};
    int counts[kLanes] = {};
    const int longest = rays_.LongestCount();
    for (int sample = 0; sample < longest; ++sample) {
      const Floats values =
          sampler_.Values(rays_.PointsAt(rays_.Distances(AllLanes(sample))));
      for (int n = 0; n < kLanes; ++n) {
        if (sample >= rays_.count(n) || values[n] != values[n]) continue;
        sums[n] += values[n];
        ++counts[n];
      }
    }
    Floats means;
    for (int n = 0; n < kLanes; ++n) {
      means[n] = counts[n] > 0 ? static_cast<float>(sums[n] / counts[n])
                               : std::numeric_limits<float>::quiet_NaN();
    }
    return means;
  }

  void StoreGreys(const Extremes& values) const {
    for (int n = 0; n < used_; ++n) {
      RayResult result;
      result.depth = values.distance[n];
      const float value = values.value[n];
      if (value == value) {
        const float level = (value - window_.low) / (window_.high - window_.low);
        const float grey = level > 0.0f ? level < 1.0f ? level : 1.0f : 0.0f;
        result.rgba = {grey, grey, grey, 1.0f};
      }
      StoreResult(result, entry_depths_[n], pixels_[n], picture_);
    }
  }

  const RayMode mode_;
  const ValueRange window_;
  const RaycastPicture& picture_;
  const VoxelSampler<Voxel> sampler_;
  ExtremeSearch<Voxel, true> highest_;
  ExtremeSearch<Voxel, false> lowest_;
  int used_ = 0;
  int64_t pixels_[kLanes] = {};
  int columns_[kLanes] = {};
  float entry_depths_[kLanes] = {};
  RayLanes rays_;
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_PROJECTION_PACKET_H_
