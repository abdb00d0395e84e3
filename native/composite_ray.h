#ifndef SENSE_NATIVE_COMPOSITE_RAY_H_
#define SENSE_NATIVE_COMPOSITE_RAY_H_

#include <algorithm>
#include <cmath>

#include "native/block_leaper.h"
#include "native/ray_result.h"
#include "native/spline_gradient.h"

namespace sense {

// Emission and absorption, front to back.
template <typename Voxel>
class CompositeCaster {
 public:
  CompositeCaster(const Voxel* voxels, const VoxelGrid& grid,
                  const GridPlacement& placement,
                  const OccupiedBlocks& occupied, const RaycastLook& look)
      : cells_(grid.size),
        sampler_(voxels, grid.size),
        gradient_(voxels, grid.size),
        placement_(placement),
        occupied_(occupied),
        look_(look),
        transfer_(*look.transfer) {
    needs_gradient_ =
        look.lighting.shaded || !look.gradient_opacity.factors.empty();
    for (int n = 0; n <= kSpecularEntries; ++n) {
      specular_[n] = std::pow(static_cast<float>(n) / kSpecularEntries,
                              look.lighting.specular_power);
    }
  }

  RayResult Cast(const Ray& ray, float jitter) const {
    const BlockLeaper leaper(occupied_, ray);
    RayResult result;
    Cell cell = cells_.Find(ray.entry);
    Sample front = SampleAt(cell, 0, leaper.EmptyAround(cell) > 0);
    bool front_known = true;
    for (int n = 0;; ++n) {
      const float distance =
          std::min((static_cast<float>(n) + jitter) * ray.step, ray.length);
      cell = cells_.Find(ray.At(distance));
      const int around = leaper.EmptyAround(cell);
      if (around > 0 && front.empty) {
        const float exit = leaper.Exit(cell, around);
        if (exit >= ray.length || distance >= ray.length) break;
        // The last sample before the exit becomes the front one.
        n = std::max(n, static_cast<int>(exit * ray.per_step - jitter));
        front.distance = (static_cast<float>(n) + jitter) * ray.step;
        front_known = false;
        continue;
      }
      if (!front_known) {
        // It was leaped to, hence lies in a block that does not show.
        front = SampleAt(cells_.Find(ray.At(front.distance)), front.distance,
                         true);
        front_known = true;
      }
      const Sample back = SampleAt(cell, distance, around > 0);
      AddSegment(ray, front, back, cell, &result);
      if (result.rgba[3] > kOpaque || distance >= ray.length) break;
      front = back;
    }
    return result;
  }

 private:
  static constexpr float kOpaque = 0.995f;
  // Below this a segment is too faint for its shading to be seen.
  static constexpr float kFaint = 1e-3f;
  static constexpr float kSteepest = 1e30f;
  static constexpr int kSpecularEntries = 512;

  struct Sample {
    float distance;
    float place;  // In the transfer table.
    bool empty;
  };

  SENSE_INLINE Sample SampleAt(const Cell& cell, float distance,
                               bool empty) const {
    return {distance, transfer_.Place(sampler_.Value(cell)), empty};
  }

  void AddSegment(const Ray& ray, const Sample& front, const Sample& back,
                  const Cell& cell, RayResult* result) const {
    if (!transfer_.ShowsBetween(front.place, back.place)) return;
    const Emission mean = transfer_.Mean(front.place, back.place);
    const float thickness = back.distance - front.distance;
    float depth = mean.extinction * thickness;
    if (!(depth > 0.0f)) return;
    float light = 1.0f, gloss = 0.0f;
    if (needs_gradient_ && depth > kFaint) {
      depth *= Shade(ray, cell, &light, &gloss);
    }
    const float alpha = 1.0f - std::exp(-depth);
    const float seen = alpha * (1.0f - result->rgba[3]);
    const float colour = light / mean.extinction;
    result->rgba[0] += seen * std::min(mean.red * colour + gloss, 1.0f);
    result->rgba[1] += seen * std::min(mean.green * colour + gloss, 1.0f);
    result->rgba[2] += seen * std::min(mean.blue * colour + gloss, 1.0f);
    const float clear = 1.0f - result->rgba[3];
    result->rgba[3] += seen;
    if (clear > 0.5f && result->rgba[3] >= 0.5f) {
      result->depth = front.distance + thickness * std::log(2 * clear) / depth;
    }
  }

  // Sets the light that a sample reflects and gives the factor on its opacity.
  float Shade(const Ray& ray, const Cell& cell, float* light,
              float* gloss) const {
    std::array<float, 3> gradient = ToWorld(gradient_.At(cell));
    float magnitude = std::sqrt(Dot(gradient, gradient));
    if (!(magnitude < kSteepest)) {  // A NaN or an infinity among the voxels.
      gradient = {0, 0, 0};
      magnitude = 0.0f;
    }
    if (look_.lighting.shaded) {
      Illuminate(ray, gradient, magnitude, light, gloss);
    }
    return OpacityFactor(magnitude);
  }

  void Illuminate(const Ray& ray, const std::array<float, 3>& gradient,
                  float magnitude, float* light, float* gloss) const {
    const Lighting& lighting = look_.lighting;
    std::array<float, 3> towards, half;
    for (int axis = 0; axis < 3; ++axis) {
      towards[axis] = static_cast<float>(lighting.towards_light[axis]);
      half[axis] = towards[axis] - ray.direction[axis];
    }
    const float scale = 1.0f / std::max(magnitude, 1e-12f);
    const float along = std::abs(Dot(gradient, towards)) * scale;
    const float mirrored = std::abs(Dot(gradient, half)) * scale /
                           std::sqrt(std::max(Dot(half, half), 1e-12f));
    // Where nothing changes there is no surface: light from everywhere.
    const float surface = magnitude / (magnitude + lighting.surface_gradient);
    *light = lighting.ambient +
             lighting.diffuse * (kEven + surface * (along - kEven));
    *gloss = surface * lighting.specular *
             SpecularAt(std::min(mirrored, 1.0f));
  }

  // cosine ^ specular_power, from a table: pow would cost more than the rest.
  float SpecularAt(float cosine) const {
    const float place = cosine * kSpecularEntries;
    const int lower = std::min(static_cast<int>(place), kSpecularEntries - 1);
    const float fraction = place - static_cast<float>(lower);
    return specular_[lower] +
           fraction * (specular_[lower + 1] - specular_[lower]);
  }

  float OpacityFactor(float magnitude) const {
    const std::vector<float>& factors = look_.gradient_opacity.factors;
    if (factors.empty()) return 1.0f;
    const float last = static_cast<float>(factors.size() - 1);
    const float place =
        std::min(magnitude / look_.gradient_opacity.highest, 1.0f) * last;
    const size_t lower = std::min(static_cast<size_t>(place),
                                  factors.size() - 2);
    const float fraction = place - static_cast<float>(lower);
    return factors[lower] + fraction * (factors[lower + 1] - factors[lower]);
  }

  // A gradient transforms with the transpose of the map to indices.
  std::array<float, 3> ToWorld(const Point& gradient) const {
    std::array<float, 3> world;
    const auto& rows = placement_.ijk_from_world;
    for (int axis = 0; axis < 3; ++axis) {
      world[axis] = static_cast<float>(rows[0][axis]) * gradient.i +
                    static_cast<float>(rows[1][axis]) * gradient.j +
                    static_cast<float>(rows[2][axis]) * gradient.k;
    }
    return world;
  }

  static float Dot(const std::array<float, 3>& a,
                   const std::array<float, 3>& b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  }

  // Share of the diffuse light where there is no surface.
  static constexpr float kEven = 0.7f;

  const CellFinder cells_;
  const VoxelSampler<Voxel> sampler_;
  const SplineGradient<Voxel> gradient_;
  const GridPlacement& placement_;
  const OccupiedBlocks& occupied_;
  const RaycastLook& look_;
  const TransferTable& transfer_;
  bool needs_gradient_;
  std::array<float, kSpecularEntries + 1> specular_;
};

}  // namespace sense

#endif  // SENSE_NATIVE_COMPOSITE_RAY_H_
