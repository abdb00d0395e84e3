#include "native/difference_fitting.h"

#include <array>
#include <vector>

namespace sense {
namespace {

using Channels = std::array<double, 3>;
using Values = std::vector<Channels>;

Channels Dot(const Values& a, const Values& b) {
  Channels sum{};
  for (size_t n = 0; n < a.size(); ++n) {
    for (int c = 0; c < 3; ++c) sum[c] += a[n][c] * b[n][c];
  }
  return sum;
}

class Fitting {
 public:
  explicit Fitting(const DifferenceProblem& problem)
      : problem_(problem),
        values_(problem.node_count),
        residual_(problem.node_count),
        inverse_diagonal_(problem.node_count) {
    std::vector<double> diagonal(problem.anchors,
                                 problem.anchors + problem.node_count);
    for (int64_t e = 0; e < problem.edge_count; ++e) {
      diagonal[problem.edges[2 * e]] += problem.weights[e];
      diagonal[problem.edges[2 * e + 1]] += problem.weights[e];
    }
    for (int64_t n = 0; n < problem.node_count; ++n) {
      inverse_diagonal_[n] = diagonal[n] > 0 ? 1 / diagonal[n] : 0;
      for (int c = 0; c < 3; ++c) values_[n][c] = problem.targets[3 * n + c];
    }
    StartResidual();
  }

  bool Run(int most_iterations, double tolerance, const StopFlag* stop) {
    Values scaled = Preconditioned(), direction = scaled;
    Values image(values_.size());
    Channels energy = Dot(residual_, scaled);
    const Channels first = energy;
    for (int round = 0; round < most_iterations; ++round) {
      if (Stopped(stop)) return false;
      if (Done(energy, first, tolerance)) break;
      Apply(direction, image);
      const Channels curvature = Dot(direction, image);
      Channels step;
      for (int c = 0; c < 3; ++c) {
        step[c] = curvature[c] > 0 ? energy[c] / curvature[c] : 0;
      }
      for (size_t n = 0; n < values_.size(); ++n) {
        for (int c = 0; c < 3; ++c) {
          values_[n][c] += step[c] * direction[n][c];
          residual_[n][c] -= step[c] * image[n][c];
        }
      }
      scaled = Preconditioned();
      const Channels next = Dot(residual_, scaled);
      for (int c = 0; c < 3; ++c) {
        const double turn = energy[c] > 0 ? next[c] / energy[c] : 0;
        for (size_t n = 0; n < values_.size(); ++n) {
          direction[n][c] = scaled[n][c] + turn * direction[n][c];
        }
      }
      energy = next;
    }
    return true;
  }

  void Give(float* values) const {
    for (size_t n = 0; n < values_.size(); ++n) {
      for (int c = 0; c < 3; ++c) {
        values[3 * n + c] = static_cast<float>(values_[n][c]);
      }
    }
  }

 private:
  static bool Done(const Channels& energy, const Channels& first,
                   double tolerance) {
    for (int c = 0; c < 3; ++c) {
      if (energy[c] > tolerance * tolerance * first[c]) return false;
    }
    return true;
  }

  // The negative gradient at the start; the anchors are met there.
  void StartResidual() {
    for (int64_t e = 0; e < problem_.edge_count; ++e) {
      const int32_t a = problem_.edges[2 * e], b = problem_.edges[2 * e + 1];
      for (int c = 0; c < 3; ++c) {
        const double pull =
            problem_.weights[e] * (values_[b][c] - values_[a][c] -
                                   problem_.differences[3 * e + c]);
        residual_[a][c] += pull;
        residual_[b][c] -= pull;
      }
    }
  }

  Values Preconditioned() const {
    Values scaled(residual_);
    for (size_t n = 0; n < scaled.size(); ++n) {
      for (int c = 0; c < 3; ++c) scaled[n][c] *= inverse_diagonal_[n];
    }
    return scaled;
  }

  void Apply(const Values& given, Values& image) const {
    for (size_t n = 0; n < given.size(); ++n) {
      for (int c = 0; c < 3; ++c) {
        image[n][c] = problem_.anchors[n] * given[n][c];
      }
    }
    for (int64_t e = 0; e < problem_.edge_count; ++e) {
      const int32_t a = problem_.edges[2 * e], b = problem_.edges[2 * e + 1];
      for (int c = 0; c < 3; ++c) {
        const double pull = problem_.weights[e] * (given[b][c] - given[a][c]);
        image[a][c] -= pull;
        image[b][c] += pull;
      }
    }
  }

  const DifferenceProblem& problem_;
  Values values_, residual_;
  std::vector<double> inverse_diagonal_;
};

}  // namespace

bool FitDifferences(const DifferenceProblem& problem, int most_iterations,
                    double tolerance, float* values, const StopFlag* stop) {
  Fitting fitting(problem);
  if (!fitting.Run(most_iterations, tolerance, stop)) return false;
  fitting.Give(values);
  return true;
}

}  // namespace sense
