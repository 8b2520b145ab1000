// Vectors of floats, in the compiler's own vector types: the same source for every instruction set.
#pragma once
#include <cstdint>
#include <cstring>

#define DUCTUS_INLINE __attribute__((always_inline)) inline
#if defined(__clang__)
#define DUCTUS_UNROLL _Pragma("clang loop unroll(full)")
#define DUCTUS_NO_UNROLL _Pragma("clang loop unroll(disable)")
#else
#define DUCTUS_UNROLL _Pragma("GCC unroll 32")
#define DUCTUS_NO_UNROLL _Pragma("GCC unroll 1")
#endif

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

// Vectors of which only the first n lanes, 0 ≤ n ≤ all, are in memory: nothing beyond them is touched. Instructions are
// written out, as <immintrin.h> takes longer to read than most kernels to compile. Sanitizers don't look into them.
#if defined(__AVX2__) && !defined(DUCTUS_SANITIZE)
#if defined(__AVX512VL__)
#define DUCTUS_MASK(V, n) "Yk"((1u << (n)) - 1)
#define DUCTUS_LOAD_MASKED "vmovups %2, %0 %{%1%}%{z%}"
#define DUCTUS_STORE_MASKED "vmovups %2, %0 %{%1%}"
#else
typedef int32_t I4 __attribute__((vector_size(16)));
typedef int32_t I8 __attribute__((vector_size(32)));
DUCTUS_INLINE I4 first_lanes(F4, int32_t n) { return I4{0, 1, 2, 3} < n; }
DUCTUS_INLINE I8 first_lanes(F8, int32_t n) { return I8{0, 1, 2, 3, 4, 5, 6, 7} < n; }
#define DUCTUS_MASK(V, n) "x"(first_lanes(V{}, static_cast<int32_t>(n)))
#define DUCTUS_LOAD_MASKED "vmaskmovps %2, %1, %0"
#define DUCTUS_STORE_MASKED "vmaskmovps %2, %1, %0"
#endif
// The other lanes are 0.
template <class V = F>
DUCTUS_INLINE V load_first(const float* p, int64_t n) {
  V v;
  asm(DUCTUS_LOAD_MASKED : "=v"(v) : DUCTUS_MASK(V, n), "m"(*reinterpret_cast<const float(*)[Lanes<V>::count]>(p)));
  return v;
}
template <class V>
DUCTUS_INLINE void store_first(float* p, V v, int64_t n) {
  asm(DUCTUS_STORE_MASKED : "+m"(*reinterpret_cast<float(*)[Lanes<V>::count]>(p)) : DUCTUS_MASK(V, n), "v"(v));
}
#else
// Not inlined: it is for what is left at the end, and would make the kernels twice as long.
template <class V = F>
__attribute__((noinline)) V load_first(const float* p, int64_t n) {
  V v = {};
  for (int i = 0; i < Lanes<V>::count; i++)
    if (i < n) v[i] = p[i];
  return v;
}
template <class V>
__attribute__((noinline)) void store_first(float* p, V v, int64_t n) {
  for (int i = 0; i < Lanes<V>::count; i++)
    if (i < n) p[i] = v[i];
}
#endif

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
