#ifndef SENSE_NATIVE_STEREO_PATCH_H_
#define SENSE_NATIVE_STEREO_PATCH_H_

#include <algorithm>
#include <cmath>

#if defined(__AVX2__) && defined(__GNUC__)
#include <immintrin.h>
#endif

#include "native/lanes.h"
#include "native/stereo_scene.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// The samples of a patch: every second pixel of an 11 x 11 square without its
// corners, four vectors of eight.
inline constexpr int kPatchVectors = 4;
inline constexpr int kPatchSamples = kPatchVectors * kLanes;
inline constexpr float kWorstCost = 2;

struct PatchOffsets {
  int x[kPatchSamples], y[kPatchSamples];
};

constexpr PatchOffsets MakePatchOffsets() {
  PatchOffsets offsets{};
  int n = 0;
  for (int y = -5; y <= 5; y += 2) {
    for (int x = -5; x <= 5; x += 2) {
      if (x * x + y * y == 50) continue;
      offsets.x[n] = x;
      offsets.y[n++] = y;
    }
  }
  return offsets;
}
inline constexpr PatchOffsets kPatch = MakePatchOffsets();

#if defined(__AVX2__) && defined(__GNUC__) && !defined(SENSE_LANES_AS_LOOPS)
SENSE_INLINE Ints Gathered(const uint32_t* from, Ints at) {
  return reinterpret_cast<Ints>(
      _mm256_i32gather_epi32(reinterpret_cast<const int*>(from),
                             reinterpret_cast<__m256i>(at), 4));
}
#else
SENSE_INLINE Ints Gathered(const uint32_t* from, Ints at) {
  Ints values = at;
  for (int n = 0; n < kLanes; ++n) {
    values[n] = static_cast<int32_t>(from[at[n]]);
  }
  return values;
}
#endif

SENSE_INLINE float SumOfLanes(Floats a) {
  return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
}

// How alike the surroundings of a pixel are to what a plane makes a neighbour
// show there: normalised cross-correlation with the weights of a bilateral
// filter (Schoenberger et al., Pixelwise View Selection, ECCV 2016).
class Patch {
 public:
  Patch(const StereoTask& task) : task_(task) {
    const StereoOptions& options = task.options;
    for (int n = 0; n < kPatchVectors; ++n) {
      float x[kLanes], y[kLanes], near[kLanes];
      for (int lane = 0; lane < kLanes; ++lane) {
        x[lane] = static_cast<float>(kPatch.x[n * kLanes + lane]);
        y[lane] = static_cast<float>(kPatch.y[n * kLanes + lane]);
        near[lane] = std::exp(
            -(x[lane] * x[lane] + y[lane] * y[lane]) /
            (2 * options.distance_deviation * options.distance_deviation));
      }
      x_[n] = LoadLanes<Floats>(x);
      y_[n] = LoadLanes<Floats>(y);
      near_[n] = LoadLanes<Floats>(near);
    }
    for (int grey = 0; grey < 256; ++grey) {
      const float relative = static_cast<float>(grey) / options.grey_deviation;
      alike_[grey] = std::exp(-relative * relative / 2);
    }
  }

  // Takes the surroundings of a pixel of the reference.
  void Begin(int px, int py) {
    px_ = static_cast<float>(px);
    py_ = static_cast<float>(py);
    const StereoPicture& picture = *task_.reference;
    const int width = picture.width(), height = picture.height();
    const uint32_t* quads = picture.quads();
    const int centre = quads[size_t{1} * py * width + px] & 255;
    float values[kPatchSamples], weights[kPatchSamples];
    for (int n = 0; n < kPatchSamples; ++n) {
      const int x = px + kPatch.x[n], y = py + kPatch.y[n];
      const bool inside = x >= 0 && y >= 0 && x < width && y < height;
      const int value =
          inside ? quads[size_t{1} * y * width + x] & 255 : centre;
      values[n] = static_cast<float>(value);
      weights[n] = inside ? alike_[std::abs(value - centre)] : 0;
    }
    Floats sum = AllLanes(0.0f), first = sum, second = sum;
    for (int n = 0; n < kPatchVectors; ++n) {
      const Floats value = LoadLanes<Floats>(values + n * kLanes);
      weight_[n] = LoadLanes<Floats>(weights + n * kLanes) * near_[n];
      weighted_[n] = value;
      sum += weight_[n];
      first += weight_[n] * value;
    }
    const float scale = 1 / SumOfLanes(sum);
    mean_ = SumOfLanes(first) * scale;
    for (int n = 0; n < kPatchVectors; ++n) {
      const Floats value = weighted_[n] - mean_;
      weight_[n] = weight_[n] * scale;
      weighted_[n] = weight_[n] * value;
      second += weighted_[n] * value;
    }
    variance_ = SumOfLanes(second) + kNoise;
  }

  // 1 less the correlation with a neighbour, 0 to 2.
  float Cost(const StereoNeighbour& neighbour,
             const SurfacePlane& plane) const {
    const PixelMap& map = neighbour.from_reference;
    float start[3], across[3], down[3];
    for (int n = 0; n < 3; ++n) {
      start[n] = map.turn[3 * n] * px_ + map.turn[3 * n + 1] * py_ +
                 map.turn[3 * n + 2] + map.shift[n] * plane.w;
      across[n] = map.turn[3 * n] + map.shift[n] * plane.across;
      down[n] = map.turn[3 * n + 1] + map.shift[n] * plane.down;
    }
    if (!Shows(*neighbour.picture, start)) return kWorstCost;
    // In front of the camera at every sample.
    const float reach = 5 * (std::abs(across[2]) + std::abs(down[2]));
    if (start[2] <= reach) return kWorstCost;
    return Correlate(*neighbour.picture, start, across, down);
  }

 private:
  static constexpr float kNoise = 1;  // Variance of grey that says nothing.

  static bool Shows(const StereoPicture& picture, const float* start) {
    if (!(start[2] > 0)) return false;
    const float x = start[0] / start[2] + 0.5f, y = start[1] / start[2] + 0.5f;
    if (!(x >= 0 && y >= 0 && x < static_cast<float>(picture.width()) &&
          y < static_cast<float>(picture.height()))) {
      return false;
    }
    return picture.Usable(static_cast<int>(x), static_cast<int>(y));
  }

  float Correlate(const StereoPicture& picture, const float* start,
                  const float* across, const float* down) const {
    const Floats right = AllLanes(static_cast<float>(picture.width() - 1));
    const Floats bottom = AllLanes(static_cast<float>(picture.height() - 1));
    const Ints width = AllLanes(static_cast<int32_t>(picture.width()));
    const Floats zero = AllLanes(0.0f);
    const uint32_t* quads = picture.quads();
    Floats first = zero, second = zero, both = zero;
    for (int n = 0; n < kPatchVectors; ++n) {
      const Floats scale =
          1.0f / (start[2] + across[2] * x_[n] + down[2] * y_[n]);
      Floats x = (start[0] + across[0] * x_[n] + down[0] * y_[n]) * scale;
      Floats y = (start[1] + across[1] * x_[n] + down[1] * y_[n]) * scale;
      x = Least(Greatest(x, zero), right);
      y = Least(Greatest(y, zero), bottom);
      const Ints column = Truncated(x), row = Truncated(y);
      const Floats fx = x - Converted(column), fy = y - Converted(row);
      const Ints quad = Gathered(quads, row * width + column);
      const Floats a = Converted(quad & 255), b = Converted((quad >> 8) & 255);
      const Floats c = Converted((quad >> 16) & 255);
      const Floats d = Converted((quad >> 24) & 255);
      const Floats above = a + (b - a) * fx, below = c + (d - c) * fx;
      const Floats value = above + (below - above) * fy - mean_;
      const Floats weighed = weight_[n] * value;
      first += weighed;
      second += weighed * value;
      both += weighted_[n] * value;
    }
    const float mean = SumOfLanes(first);
    const float variance = SumOfLanes(second) - mean * mean + kNoise;
    const float cost = 1 - SumOfLanes(both) / std::sqrt(variance * variance_);
    return std::min(std::max(cost, 0.0f), kWorstCost);
  }

  const StereoTask& task_;
  Floats x_[kPatchVectors], y_[kPatchVectors], near_[kPatchVectors];
  float alike_[256];
  Floats weight_[kPatchVectors], weighted_[kPatchVectors];
  float mean_ = 0, variance_ = 1, px_ = 0, py_ = 0;
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_STEREO_PATCH_H_
