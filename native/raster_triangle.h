#ifndef SENSE_NATIVE_RASTER_TRIANGLE_H_
#define SENSE_NATIVE_RASTER_TRIANGLE_H_

#include <array>
#include <limits>
#include <vector>

#include "native/raster_math.h"
#include "native/raster_scene.h"
#include "native/stop_flag.h"

namespace sense {

// Homogeneous pixel coordinates: a vertex is at (x / w, y / w); w is the depth
// z of a perspective camera and 1 of a parallel one.
struct ScreenVertex {
  Vec3d xyw;
  double z;
};

std::vector<ScreenVertex> PlaceVertices(const std::vector<Vec3f>& positions,
                                        const Affine3& world_from_mesh,
                                        const RasterCamera& camera,
                                        const StopFlag* stop);

// A function a * x + b * y + c of the place in the picture.
struct Plane2 {
  double a = 0, b = 0, c = 0;

  double At(double x, double y) const { return a * x + b * y + c; }
  Plane2 operator*(double s) const { return {a * s, b * s, c * s}; }
  Plane2 operator+(const Plane2& p) const {
    return {a + p.a, b + p.b, c + p.c};
  }
};

// A triangle on the screen by homogeneous edge functions (Olano and Greer,
// "Triangle scan conversion using 2D homogeneous coordinates", 1997), which
// need no clipping: inside, and only there, all three are positive, also where
// a corner is behind the camera. The edge that two triangles share has exactly
// opposite values in them, so that no sample is missed or taken twice.
struct ScreenTriangle {
  std::array<Plane2, 3> edge;  // Weight of each corner, up to a common factor.
  Plane2 nearness;             // 1 / z; -z where the camera is parallel.
  bool clockwise = false;      // As seen.

  // False for a triangle that is seen edge-on.
  bool SetUp(const ScreenVertex& v0, const ScreenVertex& v1,
             const ScreenVertex& v2, bool parallel);
};

// The smallest rectangle around what is seen of a triangle.
struct PixelBounds {
  double left, top, right, bottom;
};

// False where nothing is in front of the camera.
bool FindBounds(const std::array<const ScreenVertex*, 3>& corners,
                const RasterCamera& camera, PixelBounds* bounds);

// Perspective-correct weights of the corners at a sample, and their changes
// over one pixel.
struct SurfaceWeights {
  std::array<double, 3> weight, right, down;

  SurfaceWeights(const ScreenTriangle& triangle, double x, double y) {
    std::array<double, 3> value;
    for (int n = 0; n < 3; ++n) value[n] = triangle.edge[n].At(x, y);
    const double scale = 1 / (value[0] + value[1] + value[2]);
    const auto& e = triangle.edge;
    const double sum_a = e[0].a + e[1].a + e[2].a;
    const double sum_b = e[0].b + e[1].b + e[2].b;
    for (int n = 0; n < 3; ++n) {
      weight[n] = value[n] * scale;
      right[n] = (e[n].a - weight[n] * sum_a) * scale;
      down[n] = (e[n].b - weight[n] * sum_b) * scale;
    }
  }
};

}  // namespace sense

#endif  // SENSE_NATIVE_RASTER_TRIANGLE_H_
