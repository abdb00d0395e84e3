#ifndef SENSE_NATIVE_COMPOSITE_RAY_H_
#define SENSE_NATIVE_COMPOSITE_RAY_H_

#include <cmath>

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
 public:
  SENSE_INLINE void Begin(const Ray& ray, float jitter, Layer* layer) {
    ray_ = ray;
    jitter_ = jitter;
    layer_ = layer;
    next_ = 0;
    continues_ = false;
    result_ = {};
  }

  // Where almost nothing was seen any more, the rest is taken to be like what
  // was.
  RayResult result() const {
    RayResult result = result_;
    const float alpha = result.rgba[3];
    if (alpha > kOpaque) {
      for (float& level : result.rgba) level /= alpha;
    }
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

  // Goes on to where the layer is empty; false at the end of the ray.
  SENSE_INLINE bool March() {
    do {
      AddTile();
      if (result_.rgba[3] > kOpaque) return false;
      if (ray_.SampleAt(next_ - 1, jitter_) >= ray_.length) return false;
    } while (ShowsAt(next_) || ShowsAt(next_ - 1));
    return true;
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
    return !(layer_->EmptyUntil(distance) > distance);
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

  SENSE_INLINE void AddTile() {
    tile_.distance[0] = tile_.distance[kLanes];
    const Floats places =
        LaneNumbers() + (static_cast<float>(next_ - 1) + jitter_);
    const Floats distances =
        Least(Greatest(places * ray_.step, AllLanes(0.0f)),
              AllLanes(ray_.length));
    StoreLanes(distances, tile_.distance + 1);
    uint32_t showing = layer_->Sample(tile_);
    if (!continues_) showing &= ~1u;
    next_ += kLanes;
    continues_ = true;
    for (int n = 0; showing; ++n, showing >>= 1) {
      if (!(showing & 1)) continue;
      AddSegment(n);
      if (result_.rgba[3] > kOpaque) return;
    }
  }

  SENSE_INLINE void AddSegment(int n) {
    const float clear = 1.0f - result_.rgba[3];
    const Floats4 emission = layer_->Segment(tile_, n, clear);
    const float depth = emission[kExtinction];
    if (!(depth > 0.0f)) return;
    const Floats4 seen = emission * (Absorbed(depth) * clear / depth);
    for (int channel = 0; channel < 4; ++channel) {
      result_.rgba[channel] += seen[channel];
    }
    if (clear > 0.5f && result_.rgba[3] >= 0.5f) {
      const float front = tile_.distance[n], back = tile_.distance[n + 1];
      const float share = std::log(2 * clear) / depth;
      result_.depth = front + (back - front) * (share < 1.0f ? share : 1.0f);
    }
  }

  Ray ray_ = {};
  float jitter_ = 0;
  Layer* layer_ = nullptr;
  int next_ = 0;
  bool continues_ = false;  // Whether the sample before the next was taken.
  RayTile tile_ = {};
  RayResult result_;
};

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_COMPOSITE_RAY_H_
