#include "native/clouds/cloud_registration.h"

#include <cmath>
#include <random>
#include <vector>

#include "native/clouds/global_alignment.h"
#include "native/testing.h"

namespace sense {
namespace {

constexpr double kNoise = 0.004;
constexpr double kCell = 0.1;

// A point on a room of 5 m by 2.5 m by 4 m with boxes in it.
Eigen::Vector3d PointOfRoom(std::mt19937_64& random) {
  std::uniform_real_distribution<double> unit(0, 1);
  const double boxes[4][6] = {{0, 0, 0, 5, 2.5, 4},
                              {0.4, 0, 0.3, 1.3, 1.1, 1},
                              {3.2, 0, 0.2, 4.6, 0.7, 0.9},
                              {2, 0, 2.6, 2.5, 1.9, 3.6}};
  const double* box = boxes[unit(random) < 0.6 ? 0 : random() % 3 + 1];
  const int axis = static_cast<int>(random() % 3);
  Eigen::Vector3d point;
  for (int each = 0; each < 3; ++each) {
    const double share = each == axis ? std::floor(unit(random) * 2)
                                      : unit(random);
    point[each] = box[each] + share * (box[each + 3] - box[each]);
  }
  std::normal_distribution<double> noise(0, kNoise);
  return point + Eigen::Vector3d(noise(random), noise(random), noise(random));
}

std::vector<double> Cloud(uint64_t seed, int count, double longest_x,
                          const Eigen::Isometry3d& pose) {
  std::mt19937_64 random(seed);
  std::vector<double> points;
  while (static_cast<int>(points.size()) < 3 * count) {
    const Eigen::Vector3d point = PointOfRoom(random);
    if (point[0] > longest_x) continue;
    const Eigen::Vector3d moved = pose * point;
    points.insert(points.end(), moved.data(), moved.data() + 3);
  }
  return points;
}

SurfelCloud SurfelsOf(const std::vector<double>& points) {
  const Eigen::Map<const Eigen::Matrix3Xd> all(
      points.data(), 3, static_cast<int64_t>(points.size() / 3));
  return SurfelCloud::Of(points.data(), all.cols(), kCell, 4,
                         all.rowwise().mean());
}

Eigen::Isometry3d Pose(double angle, const Eigen::Vector3d& axis,
                       const Eigen::Vector3d& shift) {
  Eigen::Isometry3d pose = Eigen::Isometry3d::Identity();
  pose.linear() = Eigen::AngleAxisd(angle, axis.normalized()).matrix();
  pose.translation() = shift;
  return pose;
}

void ExpectSame(const Eigen::Isometry3d& found, const Eigen::Isometry3d& truth,
                double turn, double shift) {
  const Eigen::Isometry3d wrong = truth.inverse() * found;
  SENSE_EXPECT_NEAR(Eigen::AngleAxisd(wrong.linear()).angle(), 0, turn);
  const Eigen::Vector3d middle(2, 1, 2);
  SENSE_EXPECT_NEAR((wrong * middle - middle).norm(), 0, shift);
}

void MomentsAreThoseOfThePoints() {
  const std::vector<double> points = {0.1, 0.2, 0.3, 0.4, 0.1,
                                      0.2, -0.6, 5, 1e300, NAN, 0, 0};
  const MomentGrid grid =
      MomentGrid::Of(points.data(), 4, 1, Eigen::Vector3d::Zero());
  SENSE_EXPECT(grid.size() == 1);
  SENSE_EXPECT(grid.Find(0, 0, 0) == 0 && grid.Find(0, 0, -1) == -1);
  SENSE_EXPECT_NEAR(grid.moments(0).count, 2, 0);
  SENSE_EXPECT_NEAR(grid.moments(0).mean()[0], 0.25, 1e-12);
  SENSE_EXPECT_NEAR(grid.moments(0).covariance()(0, 1), -0.0075, 1e-12);
}

// Cells below 0 are halved downwards, too.
void LargerCellsHoldTheSmallerOnes() {
  std::vector<double> points;
  for (int step = -8; step < 8; ++step) {
    for (const double offset : {0.5, 0.0, 0.0}) points.push_back(step + offset);
  }
  MomentGrid grid = MomentGrid::Of(points.data(), 16, 1, {0, 0, 0});
  for (int size = 16; size > 1; size /= 2) {
    SENSE_EXPECT(grid.size() == size);
    grid = grid.Halved();
  }
  SENSE_EXPECT(grid.size() == 2);
  SENSE_EXPECT_NEAR(grid.moments(grid.Find(-1, -1, -1)).count, 8, 0);
}

void NearPosesAreFoundAgain() {
  const std::vector<double> target = Cloud(1, 60000, 9, Pose(0, {1, 0, 0},
                                                             {0, 0, 0}));
  for (int seed = 2; seed < 6; ++seed) {
    std::mt19937_64 random(static_cast<uint64_t>(seed));
    std::normal_distribution<double> normal;
    const Eigen::Isometry3d truth =
        Pose(0.1, {normal(random), normal(random), normal(random)},
             {0.1 * seed, -0.2, 0.15});
    const std::vector<double> source =
        Cloud(static_cast<uint64_t>(seed), 50000, 4, truth.inverse());
    for (const double slip : {0.0, 1e-3}) {
      CloudRegistrationOptions options;
      options.slip = slip;
      const CloudRegistration found =
          RegisterClouds(SurfelsOf(source), SurfelsOf(target),
                         Eigen::Isometry3d::Identity(), options);
      SENSE_EXPECT(found.converged);
      SENSE_EXPECT(found.overlap > 0.7);
      ExpectSame(found.target_from_source, truth, 0.001, 0.005);
    }
  }
}

void PosesAreFoundFromAnywhere() {
  const SurfelCloud target =
      SurfelsOf(Cloud(1, 60000, 9, Pose(0, {1, 0, 0}, {0, 0, 0})));
  for (int seed = 2; seed < 4; ++seed) {
    const Eigen::Isometry3d truth =
        Pose(seed, {0.3, 1, -0.4 * seed}, {30, -7, 2.0 * seed});
    const SurfelCloud source = SurfelsOf(
        Cloud(static_cast<uint64_t>(seed), 50000, 3.5, truth.inverse()));
    const GlobalAlignment found = AlignGlobally(source, target, {});
    ExpectSame(found.best.target_from_source, truth, 0.002, 0.005);
    SENSE_EXPECT(found.runner_up < 0.8 * found.best.overlap);
    const GlobalAlignment again = AlignGlobally(source, target, {});
    SENSE_EXPECT(again.best.target_from_source.matrix() ==
                 found.best.target_from_source.matrix());
  }
}

// Nothing crashes where there is next to nothing.
void FewPointsAreNoSurface() {
  const std::vector<double> few = {0, 0, 0, 1, 0, 0, 2, 0, 0};
  const SurfelCloud cloud = SurfelsOf(few);
  const CloudRegistration found =
      RegisterClouds(cloud, cloud, Eigen::Isometry3d::Identity(), {});
  SENSE_EXPECT(!found.converged && found.matches == 0);
  SENSE_EXPECT(AlignGlobally(cloud, cloud, {}).best.overlap == 0);
}

}  // namespace
}  // namespace sense

int main() {
  sense::MomentsAreThoseOfThePoints();
  sense::LargerCellsHoldTheSmallerOnes();
  sense::NearPosesAreFoundAgain();
  sense::PosesAreFoundFromAnywhere();
  sense::FewPointsAreNoSurface();
}
