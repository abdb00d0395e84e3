#ifndef SENSE_NATIVE_RASTER_SHADOW_H_
#define SENSE_NATIVE_RASTER_SHADOW_H_

#include <vector>

#include "native/raster_scene.h"
#include "native/stop_flag.h"

namespace sense {

// How far the light of a light reaches: in one picture of what it sees, or in
// six, along both directions of the axes, for a lamp that shines all around.
class ShadowMap {
 public:
  // Share of the light that arrives at a surface, 0 to 1: percentage-closer
  // filtered over 3 x 3 texels (Reeves et al., 1987).
  float Lit(const Vec3f& position, const Vec3f& normal,
            const Vec3f& towards_light) const;

 private:
  friend bool MakeShadow(const std::vector<RasterDraw>& draws, int edge,
                         RasterLight* light, const StopFlag* stop);

  struct View {
    RasterCamera camera;
    std::vector<float> depth;

    float DepthAt(int x, int y) const;
  };

  const View& ViewTo(const Vec3d& position) const;

  std::vector<View> views_;
};

// Draws what the light sees and gives it to the light. False when stopped.
bool MakeShadow(const std::vector<RasterDraw>& draws, int edge,
                RasterLight* light, const StopFlag* stop);

}  // namespace sense

#endif  // SENSE_NATIVE_RASTER_SHADOW_H_
