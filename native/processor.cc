#include "native/processor.h"

#if defined(_MSC_VER) && defined(_M_X64)
#include <immintrin.h>
#include <intrin.h>
#endif

namespace sense {

#if defined(__GNUC__) && defined(__x86_64__)

bool ProcessorHasAvx2() { return __builtin_cpu_supports("avx2"); }

#elif defined(_MSC_VER) && defined(_M_X64)

bool ProcessorHasAvx2() {
  int registers[4];
  __cpuid(registers, 0);
  if (registers[0] < 7) return false;
  __cpuid(registers, 1);
  // The system must save the wide registers too.
  const bool saves = (registers[2] >> 27 & 1) && (_xgetbv(0) & 6) == 6;
  __cpuidex(registers, 7, 0);
  return saves && (registers[1] >> 5 & 1);
}

#else

bool ProcessorHasAvx2() { return false; }

#endif

}  // namespace sense
