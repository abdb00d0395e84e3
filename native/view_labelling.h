#ifndef SENSE_NATIVE_VIEW_LABELLING_H_
#define SENSE_NATIVE_VIEW_LABELLING_H_

#include <cstdint>

#include "native/stop_flag.h"

namespace sense {

// Faces, each with a row of candidate views and what each of them costs; two
// faces that share an edge and are not given the same view cost its weight.
struct LabellingProblem {
  int64_t face_count = 0;
  int candidate_count = 0;           // Columns of a row.
  const int32_t* views = nullptr;    // Negative where there is no candidate.
  const float* costs = nullptr;
  int64_t edge_count = 0;
  const int32_t* edges = nullptr;    // Two different faces each.
  const float* weights = nullptr;    // At least 0.
};

// Chooses a view for every face so that all costs together are small:
// sequential tree-reweighted message passing (Kolmogorov, PAMI 2006), then
// iterated conditional modes. `columns` gets the column of the chosen view, -1
// where a face has no candidate. False when stopped.
bool LabelViews(const LabellingProblem& problem, int iterations,
                int32_t* columns, const StopFlag* stop);

}  // namespace sense

#endif  // SENSE_NATIVE_VIEW_LABELLING_H_
