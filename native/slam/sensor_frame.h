#ifndef SENSE_NATIVE_SLAM_SENSOR_FRAME_H_
#define SENSE_NATIVE_SLAM_SENSOR_FRAME_H_

#include <Eigen/Core>
#include <vector>

#include "native/slam/image_measurement.h"
#include "native/slam/image_pyramid.h"

namespace sense::slam {

// What was recorded at one moment: a picture, and the second camera's or the
// depth where the rig has one.
struct SensorFrame {
  int index = 0;
  double time_s = 0;
  ImagePyramid left, right;
  std::vector<float> depth_m;  // As large as the picture, NaN where nothing is.

  bool stereo() const { return right.levels() > 0; }
  bool rgbd() const { return !depth_m.empty(); }
};

// Measures the third number of a point that is seen at `pixel`: its column in
// the rectified right picture, or its depth; leaves both NaN where they are not
// certain. `expected_depth_m` narrows the search if it is positive.
void MeasureThird(const SensorFrame& frame, const RigCamera& camera, int level,
                  double expected_depth_m, ImageMeasurement* seen);

// Of a depth that was measured, metres.
double DepthSigma(double depth_m);

// How far away a measurement says that the point is; NaN without a third number.
double DepthOf(const RigCamera& camera, const ImageMeasurement& seen);

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_SENSOR_FRAME_H_
