// Vectors of floats, in the compiler's own vector types: the same source for every instruction set.
#pragma once
#include <cstdint>
#include <cstring>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define DUCTUS_INLINE __attribute__((always_inline)) inline
#define DUCTUS_UNROLL _Pragma("GCC unroll 32")
#define DUCTUS_NO_UNROLL _Pragma("GCC unroll 1")

namespace ductus::DUCTUS_ISA {

typedef float F4 __attribute__((vector_size(16)));
typedef float F8 __attribute__((vector_size(32)));
typedef float F16 __attribute__((vector_size(64)));

template <class V>
struct Lanes {
  static constexpr int count = sizeof(V) / sizeof(float);
};

// The widest vector there is, and how many rows a register tile two vectors wide may have.
#if defined(__AVX512F__)
typedef F16 F;
constexpr int kTileRows = 14;
#elif defined(__AVX2__)
typedef F8 F;
constexpr int kTileRows = 6;
#elif defined(__aarch64__)
typedef F4 F;
constexpr int kTileRows = 12;
#else
typedef F4 F;
constexpr int kTileRows = 6;
#endif
constexpr int kLanes = Lanes<F>::count;
typedef int32_t I __attribute__((vector_size(sizeof(F))));
typedef uint32_t U __attribute__((vector_size(sizeof(F))));

// Arrays are aligned to their elements only; memcpy compiles to one unaligned move.
template <class V = F>
DUCTUS_INLINE V load(const float* p) {
  V v;
  std::memcpy(&v, p, sizeof v);
  return v;
}
template <class V>
DUCTUS_INLINE void store(float* p, V v) {
  std::memcpy(p, &v, sizeof v);
}
// x − 0 is x for every x, −0 and NaN too; 0 + x is not.
template <class V = F>
DUCTUS_INLINE V splat(float x) {
  return x - V{};
}

// The first n lanes, the rest 0. Reads nothing beyond them.
template <class V = F>
DUCTUS_INLINE V load_first(const float* p, int64_t n) {
#if defined(__AVX512F__)
  if constexpr (Lanes<V>::count == 16)
    return (V)_mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << n) - 1), p);
#endif
#if defined(__AVX512VL__)
  if constexpr (Lanes<V>::count == 8)
    return (V)_mm256_maskz_loadu_ps(static_cast<__mmask8>((1u << n) - 1), p);
#endif
  V v = {};
  for (int i = 0; i < Lanes<V>::count; i++)
    if (i < n) v[i] = p[i];
  return v;
}
template <class V>
DUCTUS_INLINE void store_first(float* p, V v, int64_t n) {
#if defined(__AVX512F__)
  if constexpr (Lanes<V>::count == 16) {
    _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << n) - 1), (__m512)v);
    return;
  }
#endif
#if defined(__AVX512VL__)
  if constexpr (Lanes<V>::count == 8) {
    _mm256_mask_storeu_ps(p, static_cast<__mmask8>((1u << n) - 1), (__m256)v);
    return;
  }
#endif
  for (int i = 0; i < Lanes<V>::count; i++)
    if (i < n) p[i] = v[i];
}

template <class V>
DUCTUS_INLINE float horizontal_sum(V v) {
  if constexpr (Lanes<V>::count == 4) {
    return (v[0] + v[2]) + (v[1] + v[3]);
  } else if constexpr (Lanes<V>::count == 8) {
    F4 low, high;
    std::memcpy(&low, &v, sizeof low);
    std::memcpy(&high, reinterpret_cast<const char*>(&v) + sizeof low, sizeof high);
    return horizontal_sum<F4>(low + high);
  } else {
    F8 low, high;
    std::memcpy(&low, &v, sizeof low);
    std::memcpy(&high, reinterpret_cast<const char*>(&v) + sizeof low, sizeof high);
    return horizontal_sum<F8>(low + high);
  }
}

template <class T>
DUCTUS_INLINE T least(T a, T b) {
  return a < b ? a : b;
}
template <class T>
DUCTUS_INLINE T greatest(T a, T b) {
  return a > b ? a : b;
}
DUCTUS_INLINE int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace ductus::DUCTUS_ISA
