#include "native/slam/pose_graph.h"

#include <stdexcept>

#include "native/slam/random_scene.h"
#include "native/testing.h"

namespace sense::slam {
namespace {

// A ring of cameras that look outwards.
template <class Pose>
std::vector<Pose> Ring(int count) {
  std::vector<Pose> nodes;
  for (int n = 0; n < count; ++n) {
    const double angle = 6.283185307179586 * n / count;
    nodes.push_back(Pose(Pose3(RotationExp({0, angle, 0}), {0, 0, 10})));
  }
  return nodes;
}

template <class Pose>
using Tangent = Eigen::Matrix<double, PoseTangent<Pose>::kSize, 1>;

template <class Pose>
Tangent<Pose> Noise(double turn, double shift, Random* random) {
  Tangent<Pose> noise = Tangent<Pose>::Zero();
  noise.template head<6>() = random->Tangent(turn, shift);
  if (noise.size() == 7) noise[noise.size() - 1] = turn * random->Normal();
  return noise;
}

template <class Pose>
double Worst(const std::vector<Pose>& a, const std::vector<Pose>& b) {
  double worst = 0;
  for (size_t n = 0; n < a.size(); ++n) {
    worst = std::max(worst, (a[n] * b[n].Inverse()).Log().norm());
  }
  return worst;
}

// Steps from each node to the next with noise, and nodes by adding them up.
template <class Pose>
PoseGraph<Pose> Walk(const std::vector<Pose>& truth, double noise,
                     Random* random) {
  PoseGraph<Pose> graph;
  graph.nodes = {truth[0]};
  for (size_t n = 1; n < truth.size(); ++n) {
    PoseGraphEdge<Pose> edge;
    edge.from = static_cast<int>(n) - 1;
    edge.to = static_cast<int>(n);
    edge.to_from_from = Pose::Exp(Noise<Pose>(noise, noise, random)) *
                        truth[n] * truth[n - 1].Inverse();
    edge.root *= 1 / noise;
    graph.edges.push_back(edge);
    graph.nodes.push_back(edge.to_from_from * graph.nodes.back());
  }
  return graph;
}

template <class Pose>
PoseGraphEdge<Pose> Loop(const std::vector<Pose>& truth, int from, int to,
                         double noise) {
  PoseGraphEdge<Pose> edge;
  edge.from = from;
  edge.to = to;
  edge.to_from_from = truth[to] * truth[from].Inverse();
  edge.root *= 1 / noise;
  edge.doubtful = true;
  return edge;
}

template <class Pose>
void ClosesLoops() {
  Random random(1);
  for (int trial = 0; trial < 5; ++trial) {
    const std::vector<Pose> truth = Ring<Pose>(100);
    PoseGraph<Pose> graph = Walk(truth, 0.01, &random);
    graph.edges.push_back(Loop(truth, 99, 0, 0.005));
    const double before =
        (graph.nodes[99] * truth[99].Inverse()).Log().norm();
    const PoseGraphReport report = OptimizePoseGraph(&graph);
    const double after = (graph.nodes[99] * truth[99].Inverse()).Log().norm();
    SENSE_EXPECT(report.converged && report.weight.back() > 0.9);
    SENSE_EXPECT(after < 0.05 && after < 0.5 * before);
    SENSE_EXPECT(report.cost_after < report.cost_before);
  }
}

// Where every measurement is exact, so is the result, from far away.
template <class Pose>
void FindsWhatIsExact() {
  Random random(2);
  const std::vector<Pose> truth = Ring<Pose>(30);
  PoseGraph<Pose> graph = Walk(truth, 1e-12, &random);
  for (auto& edge : graph.edges) edge.root.setIdentity();
  graph.edges.push_back(Loop(truth, 29, 0, 1));
  for (size_t n = 1; n < graph.nodes.size(); ++n) {
    graph.nodes[n] = graph.nodes[n].Moved(Noise<Pose>(0.2, 0.5, &random));
  }
  OptimizePoseGraph(&graph);
  SENSE_EXPECT(Worst(graph.nodes, truth) < 1e-4);
}

template <class Pose>
void LeavesWrongLoopsOut() {
  Random random(3);
  for (int trial = 0; trial < 5; ++trial) {
    const std::vector<Pose> truth = Ring<Pose>(100);
    PoseGraph<Pose> graph = Walk(truth, 0.002, &random);
    graph.edges.push_back(Loop(truth, 99, 0, 0.01));
    graph.edges.push_back(Loop(truth, 98, 1, 0.01));
    PoseGraph<Pose> honest = graph;
    OptimizePoseGraph(&honest);
    PoseGraphEdge<Pose> wrong = Loop(truth, 70, 20, 0.01);
    wrong.to_from_from =
        Pose::Exp(Noise<Pose>(0.3, 2, &random)) * wrong.to_from_from;
    graph.edges.push_back(wrong);
    const PoseGraphReport report = OptimizePoseGraph(&graph);
    SENSE_EXPECT(report.weight.back() < 0.1);
    SENSE_EXPECT(report.weight[99] > 0.5 && report.weight[100] > 0.5);
    SENSE_EXPECT(Worst(graph.nodes, honest.nodes) < 0.02);
  }
}

// Scale that drifts is put right by a loop.
void ScaleComesBack() {
  const std::vector<Similarity3> truth = Ring<Similarity3>(60);
  Random random(4);
  PoseGraph<Similarity3> graph = Walk(truth, 0.01, &random);
  for (size_t n = 0; n + 1 < truth.size(); ++n) {
    graph.edges[n].to_from_from.scale *= 1.01;
    graph.nodes[n + 1] = graph.edges[n].to_from_from * graph.nodes[n];
  }
  SENSE_EXPECT(graph.nodes[59].scale > 1.5);
  graph.edges.push_back(Loop(truth, 59, 0, 0.001));
  graph.edges.back().doubtful = false;
  OptimizePoseGraph(&graph);
  SENSE_EXPECT_NEAR(graph.nodes[59].scale, 1, 0.02);
}

void RefusesAndStops() {
  PoseGraph<Pose3> graph;
  SENSE_EXPECT(OptimizePoseGraph(&graph).iterations == 0);
  graph.nodes.resize(2);
  graph.edges.push_back({0, 2, Pose3()});
  bool refused = false;
  try {
    OptimizePoseGraph(&graph);
  } catch (const std::invalid_argument&) {
    refused = true;
  }
  SENSE_EXPECT(refused);
  graph.edges[0].to = 1;
  graph.edges[0].to_from_from.translation = {1, 0, 0};
  StopFlag stop;
  stop.Stop();
  PoseGraphOptions options;
  options.stop = &stop;
  SENSE_EXPECT(OptimizePoseGraph(&graph, options).stopped);
  SENSE_EXPECT(graph.nodes[1].translation.norm() == 0);
}

}  // namespace
}  // namespace sense::slam

int main() {
  using namespace sense::slam;
  ClosesLoops<Pose3>();
  ClosesLoops<Similarity3>();
  FindsWhatIsExact<Pose3>();
  FindsWhatIsExact<Similarity3>();
  LeavesWrongLoopsOut<Pose3>();
  LeavesWrongLoopsOut<Similarity3>();
  ScaleComesBack();
  RefusesAndStops();
}
