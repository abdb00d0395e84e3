#include "native/slam/two_view_geometry.h"

#include <Eigen/Geometry>
#include <cmath>
#include <numbers>
#include <random>

#include "native/testing.h"

namespace sense::slam {
namespace {

struct Pairs {
  std::vector<Eigen::Vector3d> first, second, points;
};

enum class Scene { kRoom, kPlane };

RelativeMotion Motion(double seed) {
  const Eigen::Vector3d axis =
      Eigen::Vector3d(std::sin(seed), std::cos(2 * seed), 0.3).normalized();
  return {Eigen::AngleAxisd(0.12, axis).toRotationMatrix(),
          Eigen::Vector3d(std::cos(seed), 0.2, 0.5 * std::sin(3 * seed))
              .normalized()};
}

Pairs Seen(const RelativeMotion& motion, double length, Scene scene,
           double noise, double wrong, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> part(-1, 1);
  std::normal_distribution<double> normal(0, noise);
  Pairs pairs;
  while (pairs.first.size() < 300) {
    const double x = 0.6 * part(random), y = 0.45 * part(random);
    const double z = scene == Scene::kRoom ? 6 + 3 * part(random)
                                           : 5 / (1 + 0.4 * x - 0.2 * y);
    const Eigen::Vector3d point(x * z, y * z, z);
    const Eigen::Vector3d there =
        motion.rotation * point + length * motion.translation;
    if (there.z() < 0.5) continue;
    Eigen::Vector3d a = point / point.z(), b = there / there.z();
    a.head<2>() += Eigen::Vector2d(normal(random), normal(random));
    b.head<2>() += Eigen::Vector2d(normal(random), normal(random));
    if (0.5 * (part(random) + 1) < wrong) {
      b.head<2>() = Eigen::Vector2d(0.6 * part(random), 0.45 * part(random));
    }
    pairs.first.push_back(a);
    pairs.second.push_back(b);
    pairs.points.push_back(point / length);
  }
  return pairs;
}

double AngleDeg(const Eigen::Vector3d& a, const Eigen::Vector3d& b) {
  return std::atan2(a.cross(b).norm(), a.dot(b)) * 180 / std::numbers::pi;
}

double AngleDeg(const Eigen::Matrix3d& a, const Eigen::Matrix3d& b) {
  return Eigen::AngleAxisd(Eigen::Matrix3d(a.transpose() * b)).angle() * 180 /
         std::numbers::pi;
}

void FivePairsGiveTheMatrix() {
  for (int n = 0; n < 20; ++n) {
    const RelativeMotion motion = Motion(n);
    const Pairs pairs = Seen(motion, 0.8, Scene::kRoom, 0, 0, n);
    std::array<Eigen::Vector3d, 5> a, b;
    for (int i = 0; i < 5; ++i) {
      a[i] = pairs.first[i];
      b[i] = pairs.second[i];
    }
    bool found = false;
    for (const Eigen::Matrix3d& matrix : SolveEssential(a, b)) {
      for (const RelativeMotion& one : MotionsOfEssential(matrix)) {
        found = found || (AngleDeg(one.rotation, motion.rotation) < 1e-4 &&
                          AngleDeg(one.translation, motion.translation) < 1e-3);
      }
    }
    SENSE_EXPECT(found);
  }
}

void HomographiesGiveTheMotion() {
  for (int n = 0; n < 20; ++n) {
    const RelativeMotion motion = Motion(n);
    const Pairs pairs = Seen(motion, 0.8, Scene::kPlane, 0, 0, n);
    const Eigen::Matrix3d h = SolveHomography(pairs.first, pairs.second);
    bool found = false;
    for (const RelativeMotion& one : MotionsOfHomography(h)) {
      found = found || (AngleDeg(one.rotation, motion.rotation) < 1e-4 &&
                        AngleDeg(one.translation, motion.translation) < 1e-3);
    }
    SENSE_EXPECT(found);
  }
}

void FindsTheMotionAmongWrongPairs() {
  for (int n = 0; n < 10; ++n) {
    const RelativeMotion motion = Motion(n);
    const Pairs pairs = Seen(motion, 0.8, Scene::kRoom, 0.5 / 500, 0.3, n);
    TwoViewOptions options;
    options.seed = n;
    const TwoViewGeometry found =
        SolveTwoViews(pairs.first, pairs.second, options);
    SENSE_EXPECT(found.solved() && !found.planar);
    SENSE_EXPECT(AngleDeg(found.second_from_first.rotation, motion.rotation) <
                 0.3);
    SENSE_EXPECT(AngleDeg(found.second_from_first.translation,
                          motion.translation) < 3);
    SENSE_EXPECT(found.inliers > 170 && found.inliers < 270);
    int near = 0;
    for (size_t i = 0; i < pairs.points.size(); ++i) {
      const double wrong = (found.points[i] - pairs.points[i]).norm();
      near += wrong < 0.15 * pairs.points[i].norm();
    }
    SENSE_EXPECT(near > 140);
  }
}

void FindsTheMotionBeforeAPlane() {
  int solved = 0;
  for (int n = 0; n < 10; ++n) {
    const RelativeMotion motion = Motion(n);
    const Pairs pairs = Seen(motion, 1.0, Scene::kPlane, 0.3 / 500, 0.2, n);
    const TwoViewGeometry found =
        SolveTwoViews(pairs.first, pairs.second, {});
    SENSE_EXPECT(found.outcome == TwoViewOutcome::kSolved ||
                 found.outcome == TwoViewOutcome::kAmbiguous);
    if (!found.solved()) continue;
    ++solved;
    SENSE_EXPECT(found.planar);
    SENSE_EXPECT(AngleDeg(found.second_from_first.rotation, motion.rotation) <
                 0.6);
    SENSE_EXPECT(AngleDeg(found.second_from_first.translation,
                          motion.translation) < 5);
  }
  // A plane leaves two motions now and then, which it says.
  SENSE_EXPECT(solved >= 3);
}

void RefusesWhatTellsNothing() {
  const RelativeMotion motion = Motion(1);
  const Pairs turned = Seen(motion, 0, Scene::kRoom, 0.3 / 500, 0.1, 7);
  SENSE_EXPECT(!SolveTwoViews(turned.first, turned.second, {}).solved());
  const Pairs random = Seen(motion, 0.8, Scene::kRoom, 0, 1, 7);
  SENSE_EXPECT(!SolveTwoViews(random.first, random.second, {}).solved());
  SENSE_EXPECT(SolveTwoViews({}, {}, {}).outcome == TwoViewOutcome::kTooFew);
}

void TheSameSeedGivesTheSame() {
  const Pairs pairs = Seen(Motion(3), 0.8, Scene::kRoom, 1.0 / 500, 0.3, 3);
  const TwoViewGeometry a = SolveTwoViews(pairs.first, pairs.second, {});
  const TwoViewGeometry b = SolveTwoViews(pairs.first, pairs.second, {});
  SENSE_EXPECT(a.second_from_first.rotation == b.second_from_first.rotation);
  SENSE_EXPECT(a.inlier == b.inlier);
}

}  // namespace
}  // namespace sense::slam

int main() {
  sense::slam::FivePairsGiveTheMatrix();
  sense::slam::HomographiesGiveTheMotion();
  sense::slam::FindsTheMotionAmongWrongPairs();
  sense::slam::FindsTheMotionBeforeAPlane();
  sense::slam::RefusesWhatTellsNothing();
  sense::slam::TheSameSeedGivesTheSame();
  return 0;
}
