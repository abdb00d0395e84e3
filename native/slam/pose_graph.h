#ifndef SENSE_NATIVE_SLAM_POSE_GRAPH_H_
#define SENSE_NATIVE_SLAM_POSE_GRAPH_H_

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "native/slam/rigid_pose.h"
#include "native/slam/similarity_pose.h"
#include "native/stop_flag.h"

namespace sense::slam {

template <class Pose>
struct PoseTangent;
template <>
struct PoseTangent<Pose3> {
  static constexpr int kSize = 6;
};
template <>
struct PoseTangent<Similarity3> {
  static constexpr int kSize = 7;
};

// That node `to` was found at to_from_from, seen from node `from`. The squared
// length of root * Log(to_from_from * from * to^-1) joins the cost: root is the
// inverse root of the measurement's covariance in the tangent at `to`.
template <class Pose>
struct PoseGraphEdge {
  static constexpr int kSize = PoseTangent<Pose>::kSize;
  int from = 0, to = 0;
  Pose to_from_from;
  Eigen::Matrix<double, kSize, kSize> root =
      Eigen::Matrix<double, kSize, kSize>::Identity();
  // Whether it may be wrong, such as a loop.
  bool doubtful = false;
};

// Nodes are node_from_world, such as camera_from_world.
template <class Pose>
struct PoseGraph {
  std::vector<Pose> nodes;
  std::vector<uint8_t> fixed;  // Empty: the first node only.
  std::vector<PoseGraphEdge<Pose>> edges;
};

struct PoseGraphOptions {
  int most_iterations = 50;
  double tolerance = 1e-8;  // Relative decrease of the cost that ends it.
  // Doubtful edges first pull with Huber's loss, then with one that falls off
  // (Agarwal et al., "Robust map optimization using dynamic covariance
  // scaling", ICRA 2013), both beyond this many squared sigmas: 99 % of the
  // chi-square distribution with six degrees.
  double doubt = 16.8;
  const StopFlag* stop = nullptr;
};

struct PoseGraphReport {
  int iterations = 0;
  double cost_before = 0, cost_after = 0;
  bool converged = false, stopped = false;
  // Of each edge: its squared sigmas at the end, and between 0 and 1 how much
  // it still pulls; a doubtful edge below a half was found to be wrong.
  std::vector<double> chi_square, weight;
};

// Levenberg and Marquardt's method with a sparse Cholesky decomposition. Throws
// std::invalid_argument where an index is out of range.
template <class Pose>
PoseGraphReport OptimizePoseGraph(PoseGraph<Pose>* graph,
                                  const PoseGraphOptions& options = {});

extern template PoseGraphReport OptimizePoseGraph(PoseGraph<Pose3>*,
                                                  const PoseGraphOptions&);
extern template PoseGraphReport OptimizePoseGraph(PoseGraph<Similarity3>*,
                                                  const PoseGraphOptions&);

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_POSE_GRAPH_H_
