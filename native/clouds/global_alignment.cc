#include "native/clouds/global_alignment.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "native/clouds/surface_features.h"

namespace sense {
namespace {

constexpr double kAlike = 0.85;       // Ratio between distances that agree.
constexpr double kShortest = 4;       // Sides of a triple, cells.
constexpr double kTolerance = 1.5;    // Of a pair that fits, cells.
constexpr int kScored = 3000;         // Triples whose pose is scored.
constexpr double kSameTurn = 0.1;     // Guesses this near are one, radians
constexpr double kSameShift = 2;      // and cells.

struct Pair {
  Eigen::Vector3d source, target;
};

struct Guess {
  Eigen::Isometry3d pose;
  int fitting = 0;
};

class Random {  // SplitMix64 (Steele, Lea and Flood 2014).
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  size_t Below(size_t count) {
    state_ += 0x9E3779B97F4A7C15u;
    uint64_t value = state_;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
    return static_cast<size_t>((value ^ (value >> 31)) % count);
  }

 private:
  uint64_t state_;
};

bool Agree(const std::array<const Pair*, 3>& triple, double cell) {
  for (int side = 0; side < 3; ++side) {
    const Pair &one = *triple[side], &two = *triple[(side + 1) % 3];
    const double here = (one.source - two.source).norm();
    const double there = (one.target - two.target).norm();
    if (std::min(here, there) < kShortest * cell) return false;
    if (std::min(here, there) < kAlike * std::max(here, there)) return false;
  }
  return true;
}

Eigen::Isometry3d PoseOf(const std::array<const Pair*, 3>& triple) {
  Eigen::Matrix3d source, target;
  for (int corner = 0; corner < 3; ++corner) {
    source.col(corner) = triple[corner]->source;
    target.col(corner) = triple[corner]->target;
  }
  Eigen::Isometry3d pose;
  pose.matrix() = Eigen::umeyama(source, target, false);
  return pose;
}

int Fitting(const std::vector<Pair>& pairs, const Eigen::Isometry3d& pose,
            double reach) {
  int count = 0;
  for (const Pair& pair : pairs) {
    count += (pose * pair.source - pair.target).squaredNorm() < reach * reach;
  }
  return count;
}

bool Same(const Eigen::Isometry3d& one, const Eigen::Isometry3d& two,
          const Eigen::Vector3d& middle, double cell) {
  const double turn =
      Eigen::AngleAxisd(one.linear().transpose() * two.linear()).angle();
  return turn < kSameTurn &&
         (one * middle - two * middle).norm() < kSameShift * cell;
}

// The best guesses that differ from each other.
std::vector<Guess> Guesses(const std::vector<Pair>& pairs, double cell,
                           const GlobalAlignmentOptions& options,
                           const StopFlag* stop) {
  Random random(options.seed);
  std::vector<Guess> all;
  for (int sample = 0; sample < options.samples; ++sample) {
    if (static_cast<int>(all.size()) >= kScored || Stopped(stop)) break;
    const std::array<const Pair*, 3> triple = {
        &pairs[random.Below(pairs.size())], &pairs[random.Below(pairs.size())],
        &pairs[random.Below(pairs.size())]};
    if (!Agree(triple, cell)) continue;
    Guess guess{PoseOf(triple)};
    guess.fitting = Fitting(pairs, guess.pose, kTolerance * cell);
    all.push_back(guess);
  }
  std::stable_sort(all.begin(), all.end(), [](const Guess& a, const Guess& b) {
    return a.fitting > b.fitting;
  });
  Eigen::Vector3d middle = Eigen::Vector3d::Zero();
  for (const Pair& pair : pairs) middle += pair.source;
  middle /= static_cast<double>(pairs.size());
  std::vector<Guess> kept;
  for (const Guess& guess : all) {
    if (static_cast<int>(kept.size()) >= options.kept) break;
    const bool known = std::any_of(
        kept.begin(), kept.end(), [&](const Guess& other) {
          return Same(guess.pose, other.pose, middle, cell);
        });
    if (!known) kept.push_back(guess);
  }
  return kept;
}

std::vector<Pair> PairsOf(const SurfelLevel& source,
                          const SurfelLevel& target) {
  const auto matches = MatchFeatures(FeaturesOf(source), FeaturesOf(target));
  std::vector<Pair> pairs;
  for (const auto& [one, two] : matches) {
    pairs.push_back({source.surfels[one].place + source.grid.origin(),
                     target.surfels[two].place + target.grid.origin()});
  }
  return pairs;
}

}  // namespace

GlobalAlignment AlignGlobally(const SurfelCloud& source,
                              const SurfelCloud& target,
                              const GlobalAlignmentOptions& options,
                              const StopFlag* stop) {
  GlobalAlignment found;
  const int number = std::clamp(
      options.level, 0, std::min(source.levels(), target.levels()) - 1);
  const SurfelLevel& level = source.level(number);
  const double cell = level.grid.cell_size();
  const std::vector<Pair> pairs = PairsOf(level, target.level(number));
  found.pairs = static_cast<int>(pairs.size());
  if (pairs.size() < 3) return found;
  const std::vector<Guess> guesses = Guesses(pairs, cell, options, stop);
  found.guesses = static_cast<int>(guesses.size());
  std::vector<CloudRegistration> refined;
  for (const Guess& guess : guesses) {
    if (Stopped(stop)) return found;
    refined.push_back(RegisterClouds(source, target, guess.pose,
                                     options.refinement, stop));
    if (refined.back().overlap > found.best.overlap) {
      found.best = refined.back();
    }
  }
  const Eigen::Vector3d middle = pairs.front().source;
  for (const CloudRegistration& one : refined) {
    if (!Same(one.target_from_source, found.best.target_from_source, middle,
              cell)) {
      found.runner_up = std::max(found.runner_up, one.overlap);
    }
  }
  return found;
}

}  // namespace sense
