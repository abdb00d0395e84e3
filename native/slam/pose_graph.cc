#include "native/slam/pose_graph.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "native/slam/block_system.h"
#include "native/slam/damping.h"
#include "native/slam/image_measurement.h"

namespace sense::slam {
namespace {

enum class Loss { kHuber, kFallingOff };

HuberLoss LossOf(Loss loss, bool doubtful, double chi_square, double bound) {
  if (!doubtful || chi_square <= bound) return {chi_square, 1};
  if (loss == Loss::kHuber) return Huber(chi_square, bound);
  const double share = 2 * bound / (bound + chi_square);
  return {bound * (3 - 2 * share), share * share};
}

// The matrix by which the adjoint of Exp(x) begins: I + Bracket(x) + ...
Matrix6 Bracket(const Vector6& x) {
  Matrix6 m = Matrix6::Zero();
  m.topLeftCorner<3, 3>() = m.bottomRightCorner<3, 3>() =
      CrossMatrix(x.head<3>());
  m.bottomLeftCorner<3, 3>() = CrossMatrix(x.tail<3>());
  return m;
}

Matrix7 Bracket(const Vector7& x) {
  Matrix7 m = Matrix7::Zero();
  m.topLeftCorner<3, 3>() = CrossMatrix(x.head<3>());
  m.block<3, 3>(3, 0) = CrossMatrix(x.segment<3>(3));
  m.block<3, 3>(3, 3) =
      CrossMatrix(x.head<3>()) + x[6] * Eigen::Matrix3d::Identity();
  m.block<3, 1>(3, 6) = -x.segment<3>(3);
  return m;
}

// d Log(Exp(d) Exp(x)) for a small d, by the series of Bernoulli's numbers.
template <class Vector>
auto LogSlope(const Vector& x) {
  const auto bracket = Bracket(x);
  using Matrix = std::remove_cv_t<decltype(bracket)>;
  const Matrix square = bracket * bracket;
  return Matrix(Matrix::Identity() - bracket / 2 + square / 12 -
                square * square / 720);
}

template <class Pose>
class GraphSolver {
 public:
  static constexpr int N = PoseTangent<Pose>::kSize;
  using Matrix = Eigen::Matrix<double, N, N>;
  using Vector = Eigen::Matrix<double, N, 1>;

  GraphSolver(PoseGraph<Pose>* graph, const PoseGraphOptions& options)
      : graph_(graph), options_(options), slots_(graph->nodes.size(), -1) {
    int count = 0;
    for (size_t n = 0; n < slots_.size(); ++n) {
      const bool fixed = graph->fixed.empty() ? n == 0 : graph->fixed[n];
      if (!fixed) slots_[n] = count++;
    }
    std::vector<std::pair<int, int>> pairs;
    for (const auto& edge : graph->edges) {
      const int a = slots_[edge.from], b = slots_[edge.to];
      if (a >= 0 && b >= 0) pairs.push_back({std::max(a, b), std::min(a, b)});
    }
    system_.SetPattern(count, std::move(pairs));
  }

  void Run(Loss loss, PoseGraphReport* report) {
    loss_ = loss;
    Damping damping(1e-6);
    double cost = Cost();
    report->converged = false;
    for (int n = 0; n < options_.most_iterations; ++n) {
      Linearize();
      double next = cost;
      if (!Improve(cost, &damping, &next)) {
        report->stopped = Stopped(options_.stop);
        report->converged = !report->stopped;
        break;
      }
      ++report->iterations;
      const bool done = cost - next <= options_.tolerance * cost;
      cost = next;
      report->converged = done;
      if (done) break;
    }
    report->cost_after = cost;
  }

  double Cost() const {
    double cost = 0;
    for (const auto& edge : graph_->edges) {
      cost += LossOf(loss_, edge.doubtful, (edge.root * Error(edge)).squaredNorm(),
                     options_.doubt).cost;
    }
    return cost;
  }

  void Judge(PoseGraphReport* report) const {
    for (const auto& edge : graph_->edges) {
      const double chi_square = (edge.root * Error(edge)).squaredNorm();
      report->chi_square.push_back(chi_square);
      report->weight.push_back(
          LossOf(loss_, edge.doubtful, chi_square, options_.doubt).weight);
    }
  }

 private:
  Vector Error(const PoseGraphEdge<Pose>& edge) const {
    return (edge.to_from_from * graph_->nodes[edge.from] *
            graph_->nodes[edge.to].Inverse())
        .Log();
  }

  void Linearize() {
    system_.SetZero();
    right_ = Eigen::VectorXd::Zero(system_.rows() * N);
    for (const auto& edge : graph_->edges) {
      const Vector error = Error(edge);
      const Vector value = edge.root * error;
      const double weight =
          LossOf(loss_, edge.doubtful, value.squaredNorm(), options_.doubt).weight;
      const int a = slots_[edge.from], b = slots_[edge.to];
      const Matrix by_from =
          edge.root * LogSlope(error) * edge.to_from_from.Adjoint();
      const Matrix by_to = -(edge.root * LogSlope(Vector(-error)));
      if (a >= 0) Add(a, by_from, value, weight);
      if (b >= 0) Add(b, by_to, value, weight);
      if (a < 0 || b < 0 || a == b) continue;
      const Matrix cross = a > b ? Matrix(by_from.transpose() * by_to)
                                 : Matrix(by_to.transpose() * by_from);
      system_.At(std::max(a, b), std::min(a, b)) += weight * cross;
    }
    undamped_.resize(system_.rows());
    for (int n = 0; n < system_.rows(); ++n) {
      undamped_[n] = system_.Diagonal(n).diagonal();
    }
  }

  void Add(int slot, const Matrix& slope, const Vector& value, double weight) {
    system_.Diagonal(slot) += weight * slope.transpose() * slope;
    right_.template segment<N>(slot * N) -= weight * slope.transpose() * value;
  }

  bool Improve(double cost, Damping* damping, double* next) {
    const std::vector<Pose> before = graph_->nodes;
    Eigen::VectorXd step;
    do {
      if (Stopped(options_.stop)) return false;
      for (int n = 0; n < system_.rows(); ++n) {
        system_.Diagonal(n).diagonal() =
            undamped_[n] * (1 + damping->value()) + Vector::Constant(1e-12);
      }
      if (!system_.Solve(right_, &step)) continue;
      const double promised = Promised(step, damping->value());
      for (size_t n = 0; n < slots_.size(); ++n) {
        if (slots_[n] < 0) continue;
        graph_->nodes[n] =
            before[n].Moved(step.template segment<N>(slots_[n] * N));
      }
      *next = Cost();
      if (*next < cost) {
        damping->Trust((cost - *next) / promised);
        return true;
      }
      graph_->nodes = before;
      if (promised <= 1e-12 * cost) return false;
    } while (damping->Distrust());
    return false;
  }

  double Promised(const Eigen::VectorXd& step, double damping) const {
    double sum = step.dot(right_);
    for (int n = 0; n < system_.rows(); ++n) {
      const Vector part = step.template segment<N>(n * N);
      sum += damping * part.dot(undamped_[n].cwiseProduct(part));
    }
    return sum;
  }

  PoseGraph<Pose>* graph_;
  const PoseGraphOptions& options_;
  std::vector<int> slots_;
  BlockSystem<N> system_;
  Eigen::VectorXd right_;
  std::vector<Vector> undamped_;
  Loss loss_ = Loss::kHuber;
};

template <class Pose>
void CheckGraph(const PoseGraph<Pose>& graph) {
  if (!graph.fixed.empty() && graph.fixed.size() != graph.nodes.size()) {
    throw std::invalid_argument("fixed");
  }
  const int count = static_cast<int>(graph.nodes.size());
  for (const auto& edge : graph.edges) {
    if (std::min(edge.from, edge.to) < 0 ||
        std::max(edge.from, edge.to) >= count || edge.from == edge.to) {
      throw std::invalid_argument("edges");
    }
  }
}

}  // namespace

template <class Pose>
PoseGraphReport OptimizePoseGraph(PoseGraph<Pose>* graph,
                                  const PoseGraphOptions& options) {
  CheckGraph(*graph);
  PoseGraphReport report;
  GraphSolver<Pose> solver(graph, options);
  report.cost_before = solver.Cost();
  solver.Run(Loss::kHuber, &report);
  const bool any_doubt =
      std::any_of(graph->edges.begin(), graph->edges.end(),
                  [](const auto& edge) { return edge.doubtful; });
  if (any_doubt && !report.stopped) solver.Run(Loss::kFallingOff, &report);
  solver.Judge(&report);
  return report;
}

template PoseGraphReport OptimizePoseGraph(PoseGraph<Pose3>*,
                                           const PoseGraphOptions&);
template PoseGraphReport OptimizePoseGraph(PoseGraph<Similarity3>*,
                                           const PoseGraphOptions&);

}  // namespace sense::slam
