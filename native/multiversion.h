#ifndef SENSE_NATIVE_MULTIVERSION_H_
#define SENSE_NATIVE_MULTIVERSION_H_

// SENSE_MULTIVERSION before a function compiles it for AVX2 besides the
// portable baseline; the loader picks one. Needs ifunc, hence ELF only. FMA is
// left out on purpose: both versions then give bitwise the same result.
#if defined(__GNUC__) && defined(__x86_64__) && defined(__ELF__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define SENSE_MULTIVERSION __attribute__((target_clones("avx2", "default")))
#else
#define SENSE_MULTIVERSION
#endif

// Kernels that are compiled once for every instruction set (CMakeLists.txt)
// live in this inline namespace, so that the linker keeps them apart.
#ifndef SENSE_KERNEL_TARGET
#define SENSE_KERNEL_TARGET baseline
#endif

// A body shared by several multiversioned functions must be inlined into each.
#if defined(__GNUC__)
#define SENSE_INLINE inline __attribute__((always_inline))
#elif defined(_MSC_VER)
#define SENSE_INLINE __forceinline
#else
#define SENSE_INLINE inline
#endif

#endif  // SENSE_NATIVE_MULTIVERSION_H_
