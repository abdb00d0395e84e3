#include "native/slam/two_view_geometry.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace sense::slam {
namespace {

constexpr int kFewest = 12;
constexpr double kDegree = std::numbers::pi / 180;
// Chi-square bounds of one and of two degrees of freedom, 95 %.
constexpr double kBound1 = 3.841, kBound2 = 5.991;
constexpr double kLeastParallaxDeg = 0.35;
// Above this share of both scores the homography is taken: it explains as much
// with one degree of freedom more per point.
constexpr double kPlanarShare = 0.45;

using Rays = std::vector<Eigen::Vector3d>;

class RandomDraw {
 public:
  explicit RandomDraw(uint64_t seed) : state_(seed) {}

  int Below(int count) {
    state_ += 0x9E3779B97F4A7C15ULL;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return static_cast<int>((z ^ (z >> 31)) % static_cast<uint64_t>(count));
  }

  template <size_t kSize>
  std::array<int, kSize> Different(int count) {
    std::array<int, kSize> chosen;
    for (size_t i = 0; i < kSize; ++i) {
      do {
        chosen[i] = Below(count);
      } while (std::find(chosen.begin(), chosen.begin() + i, chosen[i]) !=
               chosen.begin() + i);
    }
    return chosen;
  }

 private:
  uint64_t state_;
};

Eigen::Matrix3d EssentialOf(const RelativeMotion& motion) {
  const Eigen::Vector3d& t = motion.translation;
  Eigen::Matrix3d cross;
  cross << 0, -t.z(), t.y(), t.z(), 0, -t.x(), -t.y(), t.x(), 0;
  return cross * motion.rotation;
}

// Signed, in units of z = 1.
double SampsonError(const Eigen::Matrix3d& essential,
                    const Eigen::Vector3d& first,
                    const Eigen::Vector3d& second) {
  const Eigen::Vector3d line = essential * first;
  const Eigen::Vector3d back = essential.transpose() * second;
  const double gradient =
      line.head<2>().squaredNorm() + back.head<2>().squaredNorm();
  return gradient > 1e-24 ? second.dot(line) / std::sqrt(gradient) : 1e3;
}

double TransferSquare(const Eigen::Matrix3d& homography,
                      const Eigen::Vector3d& from, const Eigen::Vector3d& to) {
  const Eigen::Vector3d there = homography * from;
  if (std::abs(there.z()) < 1e-12) return 1e6;
  return (there.head<2>() / there.z() - to.head<2>()).squaredNorm();
}

// How much a matrix explains: what an error lacks to a bound, summed (Torr and
// Zisserman, "MLESAC", 2000). Both kinds are judged by the same bound.
class Score {
 public:
  Score(const Rays& first, const Rays& second, double sigma)
      : first_(first), second_(second), inverse_(1 / (sigma * sigma)) {}

  // Twice, since a homography is judged in both pictures.
  double OfEssential(const Eigen::Matrix3d& e) const {
    double sum = 0;
    for (size_t i = 0; i < first_.size(); ++i) {
      const double error = SampsonError(e, first_[i], second_[i]);
      const double square = error * error * inverse_;
      if (square < kBound1) sum += 2 * (kBound2 - square);
    }
    return sum;
  }

  double OfHomography(const Eigen::Matrix3d& h) const {
    Eigen::Matrix3d back;
    bool invertible = false;
    h.computeInverseWithCheck(back, invertible, 1e-15);
    if (!invertible) return 0;
    double sum = 0;
    for (size_t i = 0; i < first_.size(); ++i) {
      const double there = TransferSquare(h, first_[i], second_[i]) * inverse_;
      const double here =
          TransferSquare(back, second_[i], first_[i]) * inverse_;
      if (there < kBound2) sum += kBound2 - there;
      if (here < kBound2) sum += kBound2 - here;
    }
    return sum;
  }

 private:
  const Rays& first_;
  const Rays& second_;
  double inverse_;
};

struct Candidate {
  Eigen::Matrix3d matrix = Eigen::Matrix3d::Zero();
  double score = 0;
};

Candidate SearchEssential(const Rays& first, const Rays& second,
                          const Score& score, int iterations,
                          RandomDraw* draw) {
  Candidate best;
  for (int n = 0; n < iterations; ++n) {
    const auto chosen = draw->Different<5>(static_cast<int>(first.size()));
    std::array<Eigen::Vector3d, 5> a, b;
    for (int i = 0; i < 5; ++i) {
      a[i] = first[chosen[i]];
      b[i] = second[chosen[i]];
    }
    for (const Eigen::Matrix3d& matrix : SolveEssential(a, b)) {
      const double value = score.OfEssential(matrix);
      if (value > best.score) best = {matrix, value};
    }
  }
  return best;
}

Candidate SearchHomography(const Rays& first, const Rays& second,
                           const Score& score, int iterations, double sigma,
                           RandomDraw* draw) {
  Candidate best;
  for (int n = 0; n < iterations; ++n) {
    const auto chosen = draw->Different<4>(static_cast<int>(first.size()));
    Rays a, b;
    for (const int i : chosen) {
      a.push_back(first[i]);
      b.push_back(second[i]);
    }
    const Eigen::Matrix3d matrix = SolveHomography(a, b);
    const double value = score.OfHomography(matrix);
    if (value > best.score) best = {matrix, value};
  }
  // Once more from all that fit.
  Rays a, b;
  for (size_t i = 0; i < first.size(); ++i) {
    if (TransferSquare(best.matrix, first[i], second[i]) <
        kBound2 * sigma * sigma) {
      a.push_back(first[i]);
      b.push_back(second[i]);
    }
  }
  if (a.size() >= 8) {
    const Eigen::Matrix3d matrix = SolveHomography(a, b);
    const double value = score.OfHomography(matrix);
    if (value > best.score) best = {matrix, value};
  }
  return best;
}

// Fills what a motion makes of the pairs.
TwoViewGeometry Judge(const RelativeMotion& motion, const Rays& first,
                      const Rays& second, double sigma) {
  TwoViewGeometry made;
  made.second_from_first = motion;
  const Eigen::Vector3d nowhere =
      Eigen::Vector3d::Constant(std::numeric_limits<double>::quiet_NaN());
  made.inlier.assign(first.size(), 0);
  made.points.assign(first.size(), nowhere);
  const Eigen::Matrix3d essential = EssentialOf(motion);
  const double bound = kBound1 * sigma * sigma;
  std::vector<double> angles;
  for (size_t i = 0; i < first.size(); ++i) {
    const double error = SampsonError(essential, first[i], second[i]);
    if (error * error > bound) continue;
    const Eigen::Vector3d turned = motion.rotation * first[i];
    const double angle =
        std::atan2(turned.cross(second[i]).norm(), turned.dot(second[i]));
    Eigen::Vector3d point;
    // What is far away fits, too, though nobody can tell how far.
    const bool far = angle < 2 * sigma;
    if (!Triangulate(motion, first[i], second[i], &point)) {
      if (far) {
        made.inlier[i] = 1;
        ++made.inliers;
      }
      continue;
    }
    made.inlier[i] = 1;
    ++made.inliers;
    if (far) continue;
    made.points[i] = point;
    ++made.triangulated;
    angles.push_back(angle / kDegree);
  }
  if (!angles.empty()) {
    const auto middle =
        angles.begin() + static_cast<std::ptrdiff_t>(angles.size() / 2);
    std::nth_element(angles.begin(), middle, angles.end());
    made.parallax_deg = *middle;
  }
  return made;
}

RelativeMotion Moved(const RelativeMotion& motion,
                     const Eigen::Matrix<double, 5, 1>& step) {
  const Eigen::Vector3d turn = step.head<3>();
  const double angle = turn.norm();
  RelativeMotion moved = motion;
  if (angle > 0) {
    moved.rotation =
        Eigen::AngleAxisd(angle, turn / angle) * moved.rotation;
  }
  const Eigen::Vector3d side = motion.translation.unitOrthogonal();
  const Eigen::Vector3d other = motion.translation.cross(side);
  moved.translation =
      (motion.translation + step[3] * side + step[4] * other).normalized();
  return moved;
}

double RobustCost(const RelativeMotion& motion, const Rays& first,
                  const Rays& second, const std::vector<char>& used,
                  double sigma) {
  const Eigen::Matrix3d essential = EssentialOf(motion);
  double sum = 0;
  for (size_t i = 0; i < first.size(); ++i) {
    if (!used[i]) continue;
    const double error = SampsonError(essential, first[i], second[i]) / sigma;
    const double size = std::abs(error);
    sum += size < 1 ? error * error : 2 * size - 1;
  }
  return sum;
}

// Levenberg and Marquardt over the five numbers of the motion; differences
// serve, since there are only five.
RelativeMotion Polished(RelativeMotion motion, const Rays& first,
                        const Rays& second, const std::vector<char>& used,
                        double sigma) {
  using Vector5 = Eigen::Matrix<double, 5, 1>;
  constexpr double kStep = 1e-6;
  double cost = RobustCost(motion, first, second, used, sigma);
  double damping = 1e-3;
  for (int iteration = 0; iteration < 15; ++iteration) {
    const Eigen::Matrix3d here = EssentialOf(motion);
    std::array<Eigen::Matrix3d, 5> beside;
    for (int k = 0; k < 5; ++k) {
      beside[k] = EssentialOf(Moved(motion, kStep * Vector5::Unit(k)));
    }
    Eigen::Matrix<double, 5, 5> hessian = Eigen::Matrix<double, 5, 5>::Zero();
    Vector5 gradient = Vector5::Zero();
    for (size_t i = 0; i < first.size(); ++i) {
      if (!used[i]) continue;
      const double error = SampsonError(here, first[i], second[i]) / sigma;
      Vector5 slope;
      for (int k = 0; k < 5; ++k) {
        slope[k] = (SampsonError(beside[k], first[i], second[i]) / sigma -
                    error) / kStep;
      }
      const double weight = std::abs(error) < 1 ? 1 : 1 / std::abs(error);
      hessian += weight * slope * slope.transpose();
      gradient += weight * error * slope;
    }
    hessian.diagonal() *= 1 + damping;
    const Vector5 step = -hessian.ldlt().solve(gradient);
    if (!step.allFinite()) break;
    const RelativeMotion next = Moved(motion, step);
    const double there = RobustCost(next, first, second, used, sigma);
    if (there >= cost) {
      damping *= 10;
      if (damping > 1e6) break;
      continue;
    }
    const bool done = cost - there < 1e-6 * cost;
    motion = next;
    cost = there;
    damping = std::max(damping * 0.1, 1e-9);
    if (done) break;
  }
  return motion;
}

TwoViewGeometry Chosen(const std::vector<RelativeMotion>& motions,
                       const Rays& first, const Rays& second,
                       const TwoViewOptions& options) {
  TwoViewGeometry best;
  int second_best = 0;
  for (const RelativeMotion& motion : motions) {
    TwoViewGeometry made = Judge(motion, first, second, options.sigma_rad);
    if (made.triangulated > best.triangulated) {
      second_best = best.triangulated;
      best = std::move(made);
    } else {
      second_best = std::max(second_best, made.triangulated);
      if (best.inlier.empty()) best = std::move(made);
    }
  }
  const bool clear =
      second_best < options.clear_share * best.triangulated;
  best.outcome = clear ? TwoViewOutcome::kSolved : TwoViewOutcome::kAmbiguous;
  return best;
}

}  // namespace

bool Triangulate(const RelativeMotion& second_from_first,
                 const Eigen::Vector3d& first, const Eigen::Vector3d& second,
                 Eigen::Vector3d* point) {
  const Eigen::Matrix3d& r = second_from_first.rotation;
  const Eigen::Vector3d& t = second_from_first.translation;
  Eigen::Matrix4d rows;
  rows.row(0) << -1, 0, first.x(), 0;
  rows.row(1) << 0, -1, first.y(), 0;
  rows.row(2) << second.x() * r.row(2) - r.row(0), second.x() * t.z() - t.x();
  rows.row(3) << second.y() * r.row(2) - r.row(1), second.y() * t.z() - t.y();
  const Eigen::JacobiSVD<Eigen::Matrix4d> svd(rows, Eigen::ComputeFullV);
  const Eigen::Vector4d place = svd.matrixV().col(3);
  if (std::abs(place.w()) < 1e-12) return false;
  *point = place.head<3>() / place.w();
  return point->allFinite() && point->z() > 0 && (r * *point + t).z() > 0;
}

TwoViewGeometry SolveTwoViews(const std::vector<Eigen::Vector3d>& first,
                              const std::vector<Eigen::Vector3d>& second,
                              const TwoViewOptions& options) {
  TwoViewGeometry result;
  result.inlier.assign(first.size(), 0);
  if (first.size() != second.size() ||
      static_cast<int>(first.size()) < kFewest) {
    return result;
  }
  RandomDraw draw(options.seed);
  const Score score(first, second, options.sigma_rad);
  const Candidate essential =
      SearchEssential(first, second, score, options.iterations, &draw);
  const Candidate homography = SearchHomography(
      first, second, score, options.iterations, options.sigma_rad, &draw);
  const bool planar = homography.score >
                      kPlanarShare * (homography.score + essential.score);
  std::vector<RelativeMotion> motions;
  if (planar) motions = MotionsOfHomography(homography.matrix);
  if (!planar && essential.score > 0) {
    const auto four = MotionsOfEssential(essential.matrix);
    motions.assign(four.begin(), four.end());
  }
  if (motions.empty()) {
    result.outcome = planar ? TwoViewOutcome::kLittleParallax
                            : TwoViewOutcome::kNoMotionFits;
    return result;
  }
  result = Chosen(motions, first, second, options);
  const TwoViewOutcome outcome = result.outcome;
  if (result.inliers >= kFewest) {
    const RelativeMotion polished =
        Polished(result.second_from_first, first, second, result.inlier,
                 options.sigma_rad);
    result = Judge(polished, first, second, options.sigma_rad);
  }
  result.outcome = outcome;
  result.planar = planar;
  if (result.inliers < kFewest) {
    result.outcome = TwoViewOutcome::kNoMotionFits;
  } else if (result.triangulated < kFewest ||
             result.parallax_deg < kLeastParallaxDeg) {
    result.outcome = TwoViewOutcome::kLittleParallax;
  }
  return result;
}

}  // namespace sense::slam
