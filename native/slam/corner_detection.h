#ifndef SENSE_NATIVE_SLAM_CORNER_DETECTION_H_
#define SENSE_NATIVE_SLAM_CORNER_DETECTION_H_

#include <Eigen/Core>
#include <vector>

#include "native/slam/image_pyramid.h"

namespace sense::slam {

// A place that can be found again in another picture.
struct Corner {
  Eigen::Vector2d pixel;  // Of the full picture.
  int level = 0;
  // The smaller eigenvalue of the structure tensor, grey levels squared.
  float score = 0;
};

struct CornerOptions {
  int cell_px = 24;
  // The finest levels that are searched.
  int levels = 3;
  // Difference of the ring to its middle, grey levels; where a cell shows
  // nothing by the first, the second is tried.
  int threshold = 20, weak_threshold = 7;
  float least_score = 12;
  int border_px = 12;
};

// The best corner of every cell of a grid that holds none of `occupied` (full
// pixels): FAST-9 (Rosten and Drummond, "Machine learning for high-speed corner
// detection", ECCV 2006), judged by Shi and Tomasi's smaller eigenvalue.
std::vector<Corner> DetectCorners(const ImagePyramid& picture,
                                  const CornerOptions& options,
                                  const std::vector<Eigen::Vector2d>& occupied);

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_CORNER_DETECTION_H_
