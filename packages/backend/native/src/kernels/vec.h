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

#if defined(__AVX2__) && !defined(__AVX512VL__)
DUCTUS_INLINE __m256i first_lanes(int64_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
#endif

// The first n lanes, 0 ≤ n ≤ all, the rest 0. Reads nothing beyond them.
template <class V = F>
DUCTUS_INLINE V load_first(const float* p, int64_t n) {
  constexpr int lanes = Lanes<V>::count;
#if defined(__AVX512VL__)
  const auto mask = (1u << n) - 1;
  if constexpr (lanes == 16) return (V)_mm512_maskz_loadu_ps(static_cast<__mmask16>(mask), p);
  else if constexpr (lanes == 8) return (V)_mm256_maskz_loadu_ps(static_cast<__mmask8>(mask), p);
  else return (V)_mm_maskz_loadu_ps(static_cast<__mmask8>(mask), p);
#elif defined(__AVX2__)
  if constexpr (lanes == 8) return (V)_mm256_maskload_ps(p, first_lanes(n));
  else return (V)_mm_maskload_ps(p, _mm256_castsi256_si128(first_lanes(n)));
#else
  V v = {};
  for (int i = 0; i < lanes; i++)
    if (i < n) v[i] = p[i];
  return v;
#endif
}
template <class V>
DUCTUS_INLINE void store_first(float* p, V v, int64_t n) {
  constexpr int lanes = Lanes<V>::count;
#if defined(__AVX512VL__)
  const auto mask = (1u << n) - 1;
  if constexpr (lanes == 16) _mm512_mask_storeu_ps(p, static_cast<__mmask16>(mask), (__m512)v);
  else if constexpr (lanes == 8) _mm256_mask_storeu_ps(p, static_cast<__mmask8>(mask), (__m256)v);
  else _mm_mask_storeu_ps(p, static_cast<__mmask8>(mask), (__m128)v);
#elif defined(__AVX2__)
  if constexpr (lanes == 8) _mm256_maskstore_ps(p, first_lanes(n), (__m256)v);
  else _mm_maskstore_ps(p, _mm256_castsi256_si128(first_lanes(n)), (__m128)v);
#else
  for (int i = 0; i < lanes; i++)
    if (i < n) p[i] = v[i];
#endif
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
