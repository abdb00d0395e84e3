#ifndef SENSE_NATIVE_SLAM_SCHUR_SYSTEM_H_
#define SENSE_NATIVE_SLAM_SCHUR_SYSTEM_H_

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "native/slam/block_system.h"
#include "native/slam/bundle_problem.h"

namespace sense::slam {

// The normal equations of a bundle adjustment, linearised at one state, and
// the system that is left for the poses when every point is eliminated (Triggs
// et al., "Bundle adjustment: a modern synthesis", 1999, section 6.1).
class SchurSystem {
 public:
  // Learns which poses see which points; later only values may change.
  explicit SchurSystem(const BundleProblem& problem);

  int free_poses() const { return static_cast<int>(pose_of_slot_.size()); }
  // The block of a pose in the reduced system; -1 where it is fixed.
  int SlotOf(int pose) const { return slot_of_pose_[pose]; }

  // Observations with 0 here have no say; empty: all have.
  void SetActive(std::vector<uint8_t> active) { active_ = std::move(active); }
  const std::vector<uint8_t>& active() const { return active_; }

  // The sum of Huber's losses (none where robust is false, only squares).
  double Cost(const BundleProblem& problem, bool robust) const;
  // The same, and the normal equations there.
  double Linearize(const BundleProblem& problem, bool robust);

  // The reduced system with every diagonal element d grown by damping * d;
  // false where a point's block cannot be inverted.
  bool Reduce(double damping, BlockSystem<6>* system, Eigen::VectorXd* right);
  // What the solution of the reduced system means for the points; moves
  // everything in `problem`, and returns the decrease of the cost that the
  // linear model promises.
  double Apply(const Eigen::VectorXd& step, double damping,
               BundleProblem* problem) const;

  void SetPattern(BlockSystem<6>* system) const;

 private:
  // All observations of a point by a pose.
  struct Sight {
    int slot;
    int first, last;  // In order_.
  };
  struct PointRange {
    int point;
    int first, last;  // In sights_.
    int first_pair;   // In pairs_.
  };
  using Matrix63 = Eigen::Matrix<double, 6, 3>;

  struct Terms;
  bool IsActive(int n) const { return active_.empty() || active_[n]; }
  void BuildSights(const BundleProblem& problem);
  void LinearizeSight(const BundleProblem& problem, const Sight& sight,
                      bool robust, Terms* terms);

  std::vector<int> slot_of_pose_, pose_of_slot_;
  std::vector<int> order_;  // Observations by point, then by pose.
  std::vector<Sight> sights_;
  std::vector<PointRange> ranges_;
  std::vector<uint8_t> point_free_;  // Of each range.
  // Where the blocks of each two sights of a point are in the reduced system.
  mutable std::vector<int> pairs_;
  std::vector<uint8_t> active_;

  std::vector<Matrix6> pose_blocks_;
  std::vector<Vector6> pose_right_;
  std::vector<Eigen::Matrix3d> point_blocks_;
  std::vector<Eigen::Vector3d> point_right_;
  std::vector<Matrix63> cross_blocks_;   // Of each sight.
  std::vector<Matrix63> whitened_;       // The same times the inverse root.
  std::vector<Eigen::Matrix3d> point_roots_;  // Lower triangles.
};

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_SCHUR_SYSTEM_H_
