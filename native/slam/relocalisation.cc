#include "native/slam/relocalisation.h"

#include <algorithm>
#include <utility>

#include "native/slam/absolute_pose.h"
#include "native/slam/corner_detection.h"
#include "native/slam/descriptor_matching.h"

namespace sense::slam {
namespace {

constexpr int kFewestMatches = 15, kFewestInliers = 12, kTries = 5;
constexpr double kSigmaPx = 1.5;

std::vector<GreyView> ViewsOf(const ImagePyramid& picture) {
  std::vector<GreyView> views;
  for (int i = 0; i < picture.levels(); ++i) {
    const ImageLevel& level = picture.level(i);
    views.push_back(
        {level.pixels.data(), level.width, level.height, level.width});
  }
  return views;
}

struct Query {
  std::vector<OrbDescriptor> descriptors;
  std::vector<OrbFeature> features;
};

Query QueryOf(const ImagePyramid& picture) {
  CornerOptions options;
  options.cell_px = 16;
  std::vector<OrbPlace> places;
  for (const Corner& corner : DetectCorners(picture, options, {})) {
    places.push_back({static_cast<float>(corner.pixel.x()),
                      static_cast<float>(corner.pixel.y()), corner.level});
  }
  Query query;
  for (const OrbFeature& feature : DescribePlaces(ViewsOf(picture), places)) {
    if (feature.strength < 0) continue;
    query.descriptors.push_back(feature.descriptor);
    query.features.push_back(feature);
  }
  return query;
}

using Matches = std::vector<std::pair<int, int>>;  // Feature, point.

Matches MatchesWith(const Query& query, const SlamMap& map,
                    const KeyframeAppearance& appearance) {
  Matches matches;
  for (const DescriptorMatch& match : MatchDescriptors(
           query.descriptors, appearance.descriptors, MatchingOptions())) {
    const int point = appearance.points[match.second];
    if (!map.points[point].known || map.points[point].bad) continue;
    matches.push_back({match.first, point});
  }
  return matches;
}

bool PoseOf(const Query& query, const RigCamera& camera, const SlamMap& map,
            const Matches& matches, FoundPlace* place) {
  std::vector<SeenPoint> seen;
  for (const auto& match : matches) {
    const OrbFeature& feature = query.features[match.first];
    SeenPoint one;
    one.point = map.points[match.second].position;
    one.ray = camera.lens.Ray(feature.u, feature.v).normalized();
    one.sigma = kSigmaPx * feature.scale / camera.lens.lens().fx;
    one.weight = 1;
    if (one.ray.allFinite()) seen.push_back(one);
  }
  const AbsolutePose pose = FindAbsolutePose(seen, AbsolutePoseOptions(), nullptr);
  if (!pose.found || pose.support < kFewestInliers) return false;
  place->camera_from_world = Pose3(pose.place.rotation, pose.place.translation);
  place->inliers = static_cast<int>(pose.support);
  return true;
}

}  // namespace

KeyframeAppearance AppearanceOf(const ImagePyramid& picture,
                                const std::vector<KeyframeFeature>& features) {
  std::vector<OrbPlace> places;
  for (const KeyframeFeature& feature : features) {
    places.push_back({static_cast<float>(feature.seen.u),
                      static_cast<float>(feature.seen.v), feature.level});
  }
  KeyframeAppearance appearance;
  const std::vector<OrbFeature> described =
      DescribePlaces(ViewsOf(picture), places);
  for (size_t i = 0; i < described.size(); ++i) {
    if (described[i].strength < 0) continue;
    appearance.descriptors.push_back(described[i].descriptor);
    appearance.points.push_back(features[i].point);
  }
  return appearance;
}

FoundPlace FindPlace(const ImagePyramid& picture, const RigCamera& camera,
                     const SlamMap& map,
                     const std::vector<KeyframeAppearance>& appearances,
                     const std::vector<int>& candidates) {
  const Query query = QueryOf(picture);
  std::vector<std::pair<int, int>> ranked;
  std::vector<Matches> all(candidates.size());
  for (size_t i = 0; i < candidates.size(); ++i) {
    all[i] = MatchesWith(query, map, appearances[candidates[i]]);
    const int count = static_cast<int>(all[i].size());
    if (count >= kFewestMatches) ranked.push_back({-count, static_cast<int>(i)});
  }
  std::sort(ranked.begin(), ranked.end());
  FoundPlace place;
  for (size_t r = 0; r < std::min<size_t>(ranked.size(), kTries); ++r) {
    const int index = ranked[r].second;
    if (PoseOf(query, camera, map, all[index], &place)) {
      place.found = true;
      place.keyframe = candidates[index];
      return place;
    }
  }
  return place;
}

}  // namespace sense::slam
