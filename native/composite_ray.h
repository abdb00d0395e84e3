#ifndef SENSE_NATIVE_COMPOSITE_RAY_H_
#define SENSE_NATIVE_COMPOSITE_RAY_H_

#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>

#include "native/exponential.h"
#include "native/layer_ray.h"
#include "native/ray_result.h"
#include "native/transfer_lookup.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

// Emission and absorption of a layer along a ray, front to back. `Layer` is
// LayerRay, or a final class of it whose calls are then inlined.
template <typename Layer>
class CompositeRay {
  struct NoQueue {};

 public:
  SENSE_INLINE void Begin(const Ray& ray, float jitter, Layer* layer) {
    ray_ = ray;
    jitter_ = jitter;
    layer_ = layer;
    next_ = 0;
    continues_ = false;
    rgba_ = Floats4{};
    depth_ = std::numeric_limits<float>::quiet_NaN();
  }

  // Where almost nothing was seen any more, the rest is taken to be like what
  // was.
  RayResult result() const {
    RayResult result;
    result.depth = depth_;
    const float alpha = rgba_[kExtinction];
    const Floats4 rgba = alpha > kOpaque ? rgba_ * (1.0f / alpha) : rgba_;
    StoreLanes(rgba, result.rgba.data());
    return result;
  }

  // The next sample.
  int next() const { return next_; }

  // Leaves out the samples before `sample`, of which the last one, in what is
  // empty, becomes the front of the first segment.
  SENSE_INLINE void LeapTo(int sample) {
    if (sample == next_) return;
    next_ = sample - 1;
    continues_ = false;
  }

  // Says which samples are taken next: memory is slow.
  SENSE_INLINE void Ask() {
    tile_.distance[0] = tile_.distance[kLanes];
    const Floats places =
        LaneNumbers() + (static_cast<float>(next_ - 1) + jitter_);
    const Floats distances =
        Least(Greatest(places * ray_.step, AllLanes(0.0f)),
              AllLanes(ray_.length));
    StoreLanes(distances, tile_.distance + 1);
    layer_->Ask(tile_);
  }

  // Takes the samples that were asked for.
  SENSE_INLINE void TakeSamples() {
    showing_ = layer_->Sample(tile_);
    if (!continues_) showing_ &= ~1u;
    next_ += kLanes;
    continues_ = true;
  }

  // Adds what shows between those that were taken; false at the end of the ray.
  // With a queue light falls on it later.
  template <typename Queue = NoQueue>
  SENSE_INLINE bool AddSamples(Queue* later = nullptr) {
    if (showing_) AddSegments(showing_, later);
    return rgba_[kExtinction] <= kOpaque && tile_.distance[kLanes] < ray_.length;
  }

  // Goes to the end, asking the layer where it is empty.
  void Cast() {
    do {
      if (!Leap()) return;
    } while (March());
  }

 private:
  static constexpr float kOpaque = 0.98f;

  SENSE_INLINE bool ShowsAt(int sample) const {
    const float distance = ray_.SampleAt(sample, jitter_);
    return layer_->ShowsAt(distance);
  }

  // Goes on to where the layer is empty; false at the end of the ray.
  bool March() {
    do {
      Ask();
      TakeSamples();
      if (!AddSamples()) return false;
    } while (ShowsAt(next_) || ShowsAt(next_ - 1));
    return true;
  }

  bool Leap() {
    for (int probe = next_;;) {
      const float distance = ray_.SampleAt(probe, jitter_);
      const float exit = layer_->EmptyUntil(distance);
      if (!(exit > distance)) {
        LeapTo(probe);
        return true;
      }
      if (exit >= ray_.length) return false;
      const int last = ray_.SampleBefore(exit, jitter_);
      probe = (last > probe ? last : probe) + 1;
    }
  }

  template <typename Queue>
  SENSE_INLINE void AddSegments(uint32_t showing, Queue* later) {
    Floats4 emissions[kLanes] = {};
    layer_->Emissions(tile_, showing, emissions);
    Floats depths = Depths(emissions);
    const bool changes = layer_->ChangesDepths();
    if (changes) {
      const Ints seen = Less(AllLanes(kFaint / Clear()), depths);
      layer_->Light(tile_, LaneBits(seen) & showing, emissions);
      depths = Depths(emissions);
    }
    const Weights weights = Weigh(depths, showing);
    const bool now = !changes && !later;
    if (now) layer_->Light(tile_, weights.lit, emissions);
    for (uint32_t seen = weights.seen; seen; seen &= seen - 1) {
      const int n = std::countr_zero(seen);
      const Floats4 colour = emissions[n] * weights.of[n];
      if constexpr (!std::is_same_v<Queue, NoQueue>) {
        if (later && weights.lit >> n & 1) {
          rgba_[kExtinction] += colour[kExtinction];
          layer_->LightLater(tile_, n, colour, &rgba_, later);
          continue;
        }
      }
      rgba_ += colour;
    }
  }

  SENSE_INLINE float Clear() const { return 1.0f - rgba_[kExtinction]; }

  static SENSE_INLINE Floats Depths(const Floats4* emissions) {
    Floats depths;
    for (int n = 0; n < kLanes; ++n) depths[n] = emissions[n][kExtinction];
    return depths;
  }

  // How much of the emission of segments is seen.
  struct Weights {
    float of[kLanes];
    uint32_t seen = 0;  // The segments that are.
    uint32_t lit = 0;   // Those that are not faint.
  };

  SENSE_INLINE Weights Weigh(Floats depths, uint32_t showing) {
    const Floats alphas = Absorbed(depths);
    const Floats by_depth = alphas / Greatest(depths, AllLanes(1e-30f));
    Weights weights;
    float clear = Clear();
    for (; showing; showing &= showing - 1) {
      const int n = std::countr_zero(showing);
      if (!(depths[n] > 0.0f)) continue;
      weights.of[n] = by_depth[n] * clear;
      weights.seen |= 1u << n;
      if (depths[n] * clear > kFaint) weights.lit |= 1u << n;
      const float left = clear - alphas[n] * clear;
      if (clear > 0.5f && left <= 0.5f) SetDepth(n, std::log(2 * clear) / depths[n]);
      clear = left;
      if (clear < 1.0f - kOpaque) break;
    }
    return weights;
  }

  // The depth is in a segment, at a share of it.
  SENSE_INLINE void SetDepth(int n, float share) {
    const float front = tile_.distance[n], back = tile_.distance[n + 1];
    depth_ = front + (back - front) * (share < 1.0f ? share : 1.0f);
  }

  Ray ray_ = {};
  float jitter_ = 0;
  Layer* layer_ = nullptr;
  int next_ = 0;
  bool continues_ = false;  // Whether the sample before the next was taken.
  RayTile tile_ = {};
  uint32_t showing_ = 0;  // The segments of the tile that do.
  Floats4 rgba_ = {};  // Colours times alpha.
  float depth_ = 0;
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_COMPOSITE_RAY_H_
