#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "native/chart_baking.h"
#include "native/connected_parts.h"
#include "native/difference_fitting.h"
#include "native/testing.h"
#include "native/view_labelling.h"

namespace sense {
namespace {

float EnergyOf(const LabellingProblem& problem,
               const std::vector<int32_t>& columns) {
  float energy = 0;
  const auto view = [&](int64_t face) {
    return problem.views[face * problem.candidate_count + columns[face]];
  };
  for (int64_t face = 0; face < problem.face_count; ++face) {
    energy += problem.costs[face * problem.candidate_count + columns[face]];
  }
  for (int64_t e = 0; e < problem.edge_count; ++e) {
    if (view(problem.edges[2 * e]) != view(problem.edges[2 * e + 1])) {
      energy += problem.weights[e];
    }
  }
  return energy;
}

// A ring of nine faces, against every one of the 3^9 labellings.
void TestLabellingIsNearlyTheBest() {
  uint32_t state = 7;
  const auto next = [&state] {
    state = state * 1664525 + 1013904223;
    return static_cast<float>(state >> 8) / (1 << 24);
  };
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<int32_t> views, edges, columns(9);
    std::vector<float> costs, weights;
    for (int32_t face = 0; face < 9; ++face) {
      for (int32_t k = 0; k < 3; ++k) {
        views.push_back((face + k) % 4);
        costs.push_back(next());
      }
      edges.push_back(face);
      edges.push_back((face + 1) % 9);
      weights.push_back(next());
    }
    const LabellingProblem problem{9, 3, views.data(), costs.data(),
                                   9, edges.data(), weights.data()};
    SENSE_EXPECT(LabelViews(problem, 20, columns.data(), nullptr));
    const float found = EnergyOf(problem, columns);
    float best = found;
    for (int code = 0; code < 19683; ++code) {
      for (int face = 0, rest = code; face < 9; ++face, rest /= 3) {
        columns[face] = rest % 3;
      }
      best = std::min(best, EnergyOf(problem, columns));
    }
    SENSE_EXPECT(found <= 1.02f * best);
  }
}

void TestFacesWithoutCandidatesHaveNone() {
  const std::vector<int32_t> views = {-1, -1, 3, -1}, edges = {0, 1};
  const std::vector<float> costs(4, 0.0f), weights = {1.0f};
  std::vector<int32_t> columns(2);
  const LabellingProblem problem{2, 2, views.data(), costs.data(),
                                 1, edges.data(), weights.data()};
  SENSE_EXPECT(LabelViews(problem, 3, columns.data(), nullptr));
  SENSE_EXPECT(columns[0] == -1 && columns[1] == 0);
}

void TestDifferencesAreFitted() {
  // A chain anchored at its first node; each link adds (1, 2, 3).
  std::vector<int32_t> edges;
  std::vector<float> weights, differences, anchors(50, 0.0f), targets(150);
  for (int32_t n = 0; n + 1 < 50; ++n) {
    edges.insert(edges.end(), {n, n + 1});
    weights.push_back(0.5f);
    differences.insert(differences.end(), {1, 2, 3});
  }
  anchors[0] = 1;
  targets[1] = 5;
  std::vector<float> values(150);
  const DifferenceProblem problem{50, 49, edges.data(), weights.data(),
                                  differences.data(), anchors.data(),
                                  targets.data()};
  SENSE_EXPECT(FitDifferences(problem, 200, 1e-9, values.data(), nullptr));
  for (int n = 0; n < 50; ++n) {
    for (int c = 0; c < 3; ++c) {
      SENSE_EXPECT_NEAR(values[3 * n + c], n * (c + 1) + (c == 1 ? 5 : 0),
                        1e-3);
    }
  }
}

void TestPartsAreNumberedAsTheyOccur() {
  const std::vector<int32_t> edges = {4, 1, 3, 2, 1, 5};
  std::vector<int32_t> parts(6);
  SENSE_EXPECT(ConnectedParts(6, edges.data(), 3, parts.data()) == 3);
  SENSE_EXPECT((parts == std::vector<int32_t>{0, 1, 2, 2, 1, 1}));
}

void TestPixelsAreCopiedShifted() {
  std::vector<uint8_t> rgb(3 * 16 * 16);
  for (size_t n = 0; n < rgb.size(); ++n) rgb[n] = static_cast<uint8_t>(n % 97);
  const std::vector<double> corners = {2, 2, 12, 2, 2, 12};
  const std::vector<float> adjustments = {0, 0, 0, 10, 0, 0, 0, 0, 0};
  const std::vector<int32_t> shifts = {3, 5};
  std::vector<uint8_t> page(3 * 24 * 24), coverage(24 * 24);
  SENSE_EXPECT(BakeTriangles(
      {rgb.data(), 16, 16},
      {1, corners.data(), adjustments.data(), shifts.data()}, page.data(),
      coverage.data(), 24, 24, nullptr));
  for (int y = 0; y < 16; ++y) {
    for (int x = 0; x < 16; ++x) {
      const bool inside = x >= 2 && y >= 2 && x + y <= 14;
      const int place = (y + 5) * 24 + x + 3;
      SENSE_EXPECT((coverage[place] == kCovered) == inside);
      if (!inside) continue;
      SENSE_EXPECT_NEAR(page[3 * place], rgb[3 * (16 * y + x)] + x - 2, 0);
      SENSE_EXPECT(page[3 * place + 1] == rgb[3 * (16 * y + x) + 1]);
    }
  }
  SENSE_EXPECT(coverage[6 * 24 + 5] == kRim);
  SENSE_EXPECT(coverage[23 * 24 + 23] == kBare);
}

}  // namespace
}  // namespace sense

int main() {
  sense::TestLabellingIsNearlyTheBest();
  sense::TestFacesWithoutCandidatesHaveNone();
  sense::TestDifferencesAreFitted();
  sense::TestPartsAreNumberedAsTheyOccur();
  sense::TestPixelsAreCopiedShifted();
  return 0;
}
