#ifndef SENSE_NATIVE_SLAM_RELOCALISATION_H_
#define SENSE_NATIVE_SLAM_RELOCALISATION_H_

#include <vector>

#include "native/slam/image_pyramid.h"
#include "native/slam/orb_features.h"
#include "native/slam/slam_map.h"

namespace sense::slam {

// What the features of a keyframe look like, each beside its point.
struct KeyframeAppearance {
  std::vector<OrbDescriptor> descriptors;
  std::vector<int> points;
};

// Describes the places at which a keyframe sees points.
KeyframeAppearance AppearanceOf(const ImagePyramid& picture,
                                const std::vector<KeyframeFeature>& features);

struct FoundPlace {
  bool found = false;
  int keyframe = -1;
  Pose3 camera_from_world;
  int inliers = 0;
};

// Looks for a picture among the keyframes that `candidates` names: descriptors
// matched with a ratio and mutual test, then the pose from points by samples of
// three. Several good keyframes are tried, the one with most matches first.
FoundPlace FindPlace(const ImagePyramid& picture, const RigCamera& camera,
                     const SlamMap& map,
                     const std::vector<KeyframeAppearance>& appearances,
                     const std::vector<int>& candidates);

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_RELOCALISATION_H_
