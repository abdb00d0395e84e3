#include "native/processor.h"

#if defined(_MSC_VER) && defined(_M_X64)
#include <immintrin.h>
#include <intrin.h>
#endif

namespace sense {

#if defined(__GNUC__) && defined(__x86_64__)

bool ProcessorHasAvx2() { return __builtin_cpu_supports("avx2"); }

bool ProcessorHasAvx512() {
  return __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
}

#elif defined(_MSC_VER) && defined(_M_X64)

namespace {

// Whether the processor has all of some features (bits of EBX of leaf 7), and
// the system saves the registers (bits of XCR0) that they need.
bool Has(unsigned features, unsigned registers_saved) {
  int registers[4];
  __cpuid(registers, 0);
  if (registers[0] < 7) return false;
  __cpuid(registers, 1);
  if (!(registers[2] >> 27 & 1)) return false;
  if ((_xgetbv(0) & registers_saved) != registers_saved) return false;
  __cpuidex(registers, 7, 0);
  return (static_cast<unsigned>(registers[1]) & features) == features;
}

}  // namespace

bool ProcessorHasAvx2() { return Has(1u << 5, 0x6); }

bool ProcessorHasAvx512() {
  return Has(1u << 16 | 1u << 17 | 1u << 30 | 1u << 31, 0xe6);
}

#else

bool ProcessorHasAvx2() { return false; }

bool ProcessorHasAvx512() { return false; }

#endif

}  // namespace sense
