#ifndef SENSE_NATIVE_CLOUDS_GLOBAL_ALIGNMENT_H_
#define SENSE_NATIVE_CLOUDS_GLOBAL_ALIGNMENT_H_

#include <cstdint>
#include <vector>

#include "native/clouds/cloud_registration.h"

namespace sense {

struct GlobalAlignmentOptions {
  int level = 1;         // Whose surfels are matched.
  int samples = 400000;  // Triples that are looked at.
  int kept = 12;         // Guesses that are refined.
  uint64_t seed = 0;
  CloudRegistrationOptions refinement;
};

// Brings clouds together that may lie anywhere: triples of surfels whose
// features match and whose distances agree give guesses (RANSAC); the best
// ones, which differ, are refined, and the one with the most overlap wins.
// The overlap is 0 where there was no guess at all. `runner_up` is the overlap
// of the best refined guess that ends elsewhere.
struct GlobalAlignment {
  CloudRegistration best;
  double runner_up = 0;
  int pairs = 0;
  int guesses = 0;
};

GlobalAlignment AlignGlobally(const SurfelCloud& source,
                              const SurfelCloud& target,
                              const GlobalAlignmentOptions& options,
                              const StopFlag* stop = nullptr);

}  // namespace sense

#endif  // SENSE_NATIVE_CLOUDS_GLOBAL_ALIGNMENT_H_
