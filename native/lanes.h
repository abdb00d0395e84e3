#ifndef SENSE_NATIVE_LANES_H_
#define SENSE_NATIVE_LANES_H_

#include <cmath>
#include <cstdint>
#include <cstring>

#if defined(_M_X64)
#include <xmmintrin.h>
#endif

#include "native/multiversion.h"

// Values that are computed side by side. GCC and Clang have vectors of any
// length and choose instructions for the target; for other compilers, or with
// SENSE_LANES_AS_LOOPS, the same lanes are loops that their vectoriser knows.

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

inline constexpr int kLanes = 8;

#if defined(__GNUC__) && !defined(SENSE_LANES_AS_LOOPS)

using Floats = float __attribute__((vector_size(32)));
using Ints = int32_t __attribute__((vector_size(32)));
using Shorts = int16_t __attribute__((vector_size(32)));
using Floats4 = float __attribute__((vector_size(16)));

SENSE_INLINE Floats Greatest(Floats a, Floats b) { return a > b ? a : b; }
SENSE_INLINE Floats Least(Floats a, Floats b) { return a < b ? a : b; }
SENSE_INLINE Ints Least(Ints a, Ints b) { return a < b ? a : b; }
SENSE_INLINE Floats4 Least(Floats4 a, Floats4 b) { return a < b ? a : b; }
SENSE_INLINE Ints Greatest(Ints a, Ints b) { return a > b ? a : b; }
// All bits are set where it holds.
SENSE_INLINE Ints Less(Floats a, Floats b) { return a < b; }
SENSE_INLINE Ints Less(Ints a, Ints b) { return a < b; }
SENSE_INLINE Ints Equal(Ints a, Ints b) { return a == b; }
SENSE_INLINE Floats Select(Ints where, Floats a, Floats b) {
  return where ? a : b;
}
SENSE_INLINE Ints Select(Ints where, Ints a, Ints b) { return where ? a : b; }
SENSE_INLINE Ints Truncated(Floats a) {
  return __builtin_convertvector(a, Ints);
}
SENSE_INLINE Floats Converted(Ints a) {
  return __builtin_convertvector(a, Floats);
}

#else

template <typename T, int kCount>
struct Loops {
  T lane[kCount];
  SENSE_INLINE T operator[](int n) const { return lane[n]; }
  SENSE_INLINE T& operator[](int n) { return lane[n]; }
};

template <typename T, int kCount, typename Function>
SENSE_INLINE Loops<T, kCount> EachLane(const Function& function) {
  Loops<T, kCount> result;
  for (int n = 0; n < kCount; ++n) result.lane[n] = function(n);
  return result;
}

#define SENSE_LANE_OPERATOR(op)                                             \
  template <typename T, int N>                                              \
  SENSE_INLINE Loops<T, N> operator op(const Loops<T, N>& a,                \
                                       const Loops<T, N>& b) {              \
    return EachLane<T, N>([&](int n) -> T { return a[n] op b[n]; });        \
  }                                                                         \
  template <typename T, int N>                                              \
  SENSE_INLINE Loops<T, N> operator op(const Loops<T, N>& a, T b) {         \
    return EachLane<T, N>([&](int n) -> T { return a[n] op b; });           \
  }                                                                         \
  template <typename T, int N>                                              \
  SENSE_INLINE Loops<T, N> operator op(T a, const Loops<T, N>& b) {         \
    return EachLane<T, N>([&](int n) -> T { return a op b[n]; });           \
  }                                                                         \
  template <typename T, int N, typename B>                                  \
  SENSE_INLINE Loops<T, N>& operator op##=(Loops<T, N>& a, const B & b) {   \
    return a = a op b;                                                      \
  }
SENSE_LANE_OPERATOR(+)
SENSE_LANE_OPERATOR(-)
SENSE_LANE_OPERATOR(*)
SENSE_LANE_OPERATOR(/)
SENSE_LANE_OPERATOR(&)
SENSE_LANE_OPERATOR(|)
SENSE_LANE_OPERATOR(^)
SENSE_LANE_OPERATOR(<<)
SENSE_LANE_OPERATOR(>>)
#undef SENSE_LANE_OPERATOR

template <int N>
SENSE_INLINE Loops<int32_t, N> operator~(const Loops<int32_t, N>& a) {
  return EachLane<int32_t, N>([&](int n) { return ~a[n]; });
}

using Floats = Loops<float, 8>;
using Ints = Loops<int32_t, 8>;
using Shorts = Loops<int16_t, 16>;
using Floats4 = Loops<float, 4>;

template <typename T, int N>
SENSE_INLINE Loops<T, N> Greatest(const Loops<T, N>& a, const Loops<T, N>& b) {
  return EachLane<T, N>([&](int n) { return a[n] > b[n] ? a[n] : b[n]; });
}
template <typename T, int N>
SENSE_INLINE Loops<T, N> Least(const Loops<T, N>& a, const Loops<T, N>& b) {
  return EachLane<T, N>([&](int n) { return a[n] < b[n] ? a[n] : b[n]; });
}
SENSE_INLINE Ints Less(const Floats& a, const Floats& b) {
  return EachLane<int32_t, 8>([&](int n) { return a[n] < b[n] ? -1 : 0; });
}
SENSE_INLINE Ints Less(const Ints& a, const Ints& b) {
  return EachLane<int32_t, 8>([&](int n) { return a[n] < b[n] ? -1 : 0; });
}
SENSE_INLINE Ints Equal(const Ints& a, const Ints& b) {
  return EachLane<int32_t, 8>([&](int n) { return a[n] == b[n] ? -1 : 0; });
}
template <typename T>
SENSE_INLINE Loops<T, 8> Select(const Ints& where, const Loops<T, 8>& a,
                                const Loops<T, 8>& b) {
  return EachLane<T, 8>([&](int n) { return where[n] ? a[n] : b[n]; });
}
SENSE_INLINE Ints Truncated(const Floats& a) {
  return EachLane<int32_t, 8>(
      [&](int n) { return static_cast<int32_t>(a[n]); });
}
SENSE_INLINE Floats Converted(const Ints& a) {
  return EachLane<float, 8>([&](int n) { return static_cast<float>(a[n]); });
}

#endif

SENSE_INLINE Floats AllLanes(float a) { return Floats{a, a, a, a, a, a, a, a}; }
SENSE_INLINE Ints AllLanes(int32_t a) { return Ints{a, a, a, a, a, a, a, a}; }
SENSE_INLINE Floats LaneNumbers() { return Floats{0, 1, 2, 3, 4, 5, 6, 7}; }

SENSE_INLINE Floats Magnitudes(Floats a) { return Greatest(a, 0.0f - a); }

SENSE_INLINE Floats SquareRoots(Floats a) {
  alignas(32) float roots[kLanes];
  std::memcpy(roots, &a, sizeof(a));
  for (float& root : roots) root = std::sqrt(root);
  std::memcpy(&a, roots, sizeof(a));
  return a;
}

// Bit n is set where lane n is.
SENSE_INLINE uint32_t LaneBits(Ints where) {
#if defined(__AVX2__) && defined(__GNUC__) && !defined(SENSE_LANES_AS_LOOPS)
  return static_cast<uint32_t>(
      __builtin_ia32_movmskps256(reinterpret_cast<Floats>(where)));
#else
  uint32_t bits = 0;
  for (int n = 0; n < kLanes; ++n) {
    bits |= (static_cast<uint32_t>(where[n]) & 1u) << n;
  }
  return bits;
#endif
}

// The sum of products 2 n and 2 n + 1 of sixteen in lane n.
SENSE_INLINE Ints PairSums(Shorts a, Shorts b) {
#if defined(__AVX2__) && defined(__GNUC__) && !defined(SENSE_LANES_AS_LOOPS)
  return reinterpret_cast<Ints>(__builtin_ia32_pmaddwd256(a, b));
#else
  Ints sums;
  for (int n = 0; n < kLanes; ++n) {
    sums[n] = int32_t{a[2 * n]} * b[2 * n] + int32_t{a[2 * n + 1]} * b[2 * n + 1];
  }
  return sums;
#endif
}

// Lane n is that of which `lanes` holds the number (0 to 7) in its lane n.
SENSE_INLINE Floats Permuted(Floats a, Ints lanes) {
#if defined(__AVX2__) && defined(__GNUC__) && !defined(SENSE_LANES_AS_LOOPS)
  return reinterpret_cast<Floats>(__builtin_ia32_permvarsf256(a, lanes));
#else
  Floats permuted;
  for (int n = 0; n < kLanes; ++n) permuted[n] = a[lanes[n]];
  return permuted;
#endif
}

template <typename Vector, typename T>
SENSE_INLINE Vector LoadLanes(const T* from) {
  Vector vector;
  std::memcpy(&vector, from, sizeof(vector));
  return vector;
}

template <typename Vector, typename T>
SENSE_INLINE void StoreLanes(const Vector& vector, T* to) {
  std::memcpy(to, &vector, sizeof(vector));
}

// Asks for memory that is read soon.
SENSE_INLINE void Prefetch(const void* memory) {
#if defined(__GNUC__)
  __builtin_prefetch(memory);
#elif defined(_M_X64)
  _mm_prefetch(static_cast<const char*>(memory), _MM_HINT_T0);
#else
  (void)memory;
#endif
}

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense

#endif  // SENSE_NATIVE_LANES_H_
