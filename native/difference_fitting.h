#ifndef SENSE_NATIVE_DIFFERENCE_FITTING_H_
#define SENSE_NATIVE_DIFFERENCE_FITTING_H_

#include <cstdint>

#include "native/stop_flag.h"

namespace sense {

// Values with three channels at the nodes of a graph, wanted so that
//   sum over edges (a, b) of weight * |x[b] - x[a] - difference|^2
//   + sum over nodes of anchor * |x - target|^2
// is least.
struct DifferenceProblem {
  int64_t node_count = 0;
  int64_t edge_count = 0;
  const int32_t* edges = nullptr;
  const float* weights = nullptr;
  const float* differences = nullptr;
  const float* anchors = nullptr;
  const float* targets = nullptr;
};

// Conjugate gradients with Jacobi's preconditioner, starting from the targets,
// until the residual is `tolerance` of the first one. `values` holds three
// channels a node. False when stopped.
bool FitDifferences(const DifferenceProblem& problem, int most_iterations,
                    double tolerance, float* values, const StopFlag* stop);

}  // namespace sense

#endif  // SENSE_NATIVE_DIFFERENCE_FITTING_H_
