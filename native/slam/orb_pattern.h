#ifndef SENSE_NATIVE_SLAM_ORB_PATTERN_H_
#define SENSE_NATIVE_SLAM_ORB_PATTERN_H_

#include <cstddef>

#include "native/slam/orb_features.h"

namespace sense::slam {

// The angle (rad) of the centroid of the grey levels in a disc around a pixel.
float CentroidAngle(const GreyView& picture, int x, int y);

// The comparisons around a pixel of a smoothed picture, turned by the angle.
OrbDescriptor CompareAround(const GreyView& smoothed, int x, int y,
                            float angle);

// A picture as CompareAround wants it: binomial of 7 x 7 pixels; `smoothed`
// has as many rows and columns as the picture, without gaps.
void SmoothForOrb(const GreyView& picture, std::vector<uint8_t>* smoothed);

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_ORB_PATTERN_H_
