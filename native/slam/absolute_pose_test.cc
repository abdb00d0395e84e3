#include "native/slam/absolute_pose.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <random>

#include "native/testing.h"

namespace sense {
namespace {

using Eigen::Vector3d;

class Draw {
 public:
  explicit Draw(uint64_t seed) : engine_(seed) {}
  double Uniform(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(engine_);
  }
  double Normal() { return std::normal_distribution<double>()(engine_); }
  Vector3d Direction() {
    return Vector3d(Normal(), Normal(), Normal()).normalized();
  }

 private:
  std::mt19937_64 engine_;
};

CameraPlace RandomPlace(Draw& draw) {
  CameraPlace place;
  place.rotation =
      Eigen::AngleAxisd(draw.Uniform(0, 3), draw.Direction()).matrix();
  place.translation = 2 * draw.Direction();
  return place;
}

SeenPoint RandomPoint(Draw& draw, const CameraPlace& place, double noise) {
  const Vector3d inside(draw.Uniform(-2, 2), draw.Uniform(-1.5, 1.5),
                        draw.Uniform(1, 6));
  SeenPoint one;
  one.point = place.rotation.transpose() * (inside - place.translation);
  one.ray = inside.normalized() +
            noise * Vector3d(draw.Normal(), draw.Normal(), draw.Normal());
  one.ray.normalize();
  one.sigma = 1e-3;
  one.weight = 1;
  return one;
}

double CentreError(const CameraPlace& a, const CameraPlace& b) {
  return (a.rotation.transpose() * a.translation -
          b.rotation.transpose() * b.translation)
      .norm();
}

void TestThreePointsHoldTheTruth() {
  Draw draw(1);
  int missed = 0;
  for (int round = 0; round < 500; ++round) {
    const CameraPlace place = RandomPlace(draw);
    std::array<Vector3d, 3> points, rays;
    for (size_t i = 0; i < 3; ++i) {
      const SeenPoint one = RandomPoint(draw, place, 0);
      points[i] = one.point;
      rays[i] = one.ray;
    }
    double least = 1e9;
    for (const CameraPlace& found : PlacesOfThreePoints(points, rays)) {
      SENSE_EXPECT_NEAR(found.rotation.determinant(), 1, 1e-9);
      least = std::min(least, CentreError(found, place));
    }
    if (least > 1e-4) ++missed;
  }
  SENSE_EXPECT(missed <= 5);
}

void TestPointsOnALineGiveNothing() {
  const std::array<Vector3d, 3> line = {Vector3d(0, 0, 3), Vector3d(1, 0, 3),
                                        Vector3d(2, 0, 3)};
  std::array<Vector3d, 3> rays = line;
  for (Vector3d& ray : rays) ray.normalize();
  SENSE_EXPECT(PlacesOfThreePoints(line, rays).empty());
}

void TestFindsThePlaceAmongWrongMatches() {
  // The covariance is honest: the squared errors in it average to 3.
  double squares = 0;
  const int rounds = 100;
  for (int round = 0; round < rounds; ++round) {
    Draw draw(100 + round);
    const CameraPlace place = RandomPlace(draw);
    std::vector<SeenPoint> seen;
    for (int i = 0; i < 200; ++i) {
      seen.push_back(RandomPoint(draw, place, 1e-3));
      if (i % 10 < 7) seen.back().ray = draw.Direction();
    }
    const AbsolutePose pose = FindAbsolutePose(seen, {}, nullptr);
    SENSE_EXPECT(pose.found);
    SENSE_EXPECT(CentreError(pose.place, place) < 0.02);
    SENSE_EXPECT(pose.support > 45 && pose.support < 70);
    const Vector3d error =
        pose.place.rotation *
        (pose.place.rotation.transpose() * pose.place.translation -
         place.rotation.transpose() * place.translation);
    squares += error.dot(
        pose.covariance.bottomRightCorner<3, 3>().inverse() * error);
  }
  SENSE_EXPECT(squares / rounds > 1.8 && squares / rounds < 4.5);
}

void TestSameSeedSamePlace() {
  Draw draw(7);
  const CameraPlace place = RandomPlace(draw);
  std::vector<SeenPoint> seen;
  for (int i = 0; i < 60; ++i) {
    seen.push_back(RandomPoint(draw, place, 1e-3));
    if (i % 2) seen.back().ray = draw.Direction();
  }
  const AbsolutePose first = FindAbsolutePose(seen, {}, nullptr);
  const AbsolutePose second = FindAbsolutePose(seen, {}, nullptr);
  SENSE_EXPECT(first.place.rotation == second.place.rotation);
  SENSE_EXPECT(first.is_inlier == second.is_inlier);
}

void TestTooFewPointsAndAStop() {
  SENSE_EXPECT(!FindAbsolutePose({}, {}, nullptr).found);
  Draw draw(3);
  std::vector<SeenPoint> seen;
  for (int i = 0; i < 50; ++i) seen.push_back(RandomPoint(draw, {}, 0));
  StopFlag stop;
  stop.Stop();
  SENSE_EXPECT(!FindAbsolutePose(seen, {}, &stop).found);
}

}  // namespace
}  // namespace sense

int main() {
  sense::TestThreePointsHoldTheTruth();
  sense::TestPointsOnALineGiveNothing();
  sense::TestFindsThePlaceAmongWrongMatches();
  sense::TestSameSeedSamePlace();
  sense::TestTooFewPointsAndAStop();
  return 0;
}
