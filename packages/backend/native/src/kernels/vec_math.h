// Elementary functions of vectors, within two units in the last place, NaN and infinity as in <cmath>.
// Polynomials: S. Moshier, Cephes (single precision).
#pragma once
#include "vec.h"

namespace ductus::DUCTUS_ISA {

constexpr float kInfinity = __builtin_inff();

DUCTUS_INLINE F vabs(F x) { return (F)((I)x & 0x7fffffff); }
DUCTUS_INLINE F vcopysign(F magnitude, F sign) {
  return (F)(((I)magnitude & 0x7fffffff) | ((I)sign & (I)(splat(-0.0f))));
}

// 2^n for whole n in [−126, 127].
DUCTUS_INLINE F two_to(I n) { return (F)((n + 127) << 23); }

DUCTUS_INLINE F vexp(F x) {
  // Beyond these the result is 0 or infinity in single precision.
  F clamped = x > 89.0f ? splat(89.0f) : x;
  clamped = clamped < -104.0f ? splat(-104.0f) : clamped;
  const F magic = splat(12582912.0f);  // adding 1.5 · 2^23 rounds to a whole number
  const F n = (clamped * 1.44269504088896341f + magic) - magic;
  F r = clamped - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  F p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  // In two steps, as 2^n itself may be out of range where the result is not. NaN has a meaningless n here.
  const I whole = __builtin_convertvector(x == x ? n : F{}, I);
  const I half = whole >> 1;
  const F result = p * two_to(half) * two_to(whole - half);
  return x == x ? result : x;
}

DUCTUS_INLINE F vexpm1(F x) {
  // Near 0, exp(x) − 1 would cancel: the same polynomial without the 1.
  F p = x * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * x + 8.3334519073e-3f;
  p = p * x + 4.1665795894e-2f;
  p = p * x + 1.6666665459e-1f;
  p = p * x + 5.0000001201e-1f;
  p = p * (x * x) + x;
  return vabs(x) < 0.34657359f ? p : vexp(x) - 1.0f;
}

DUCTUS_INLINE F vlog(F x) {
  // Subnormals are scaled into the normal range first.
  const I small = x < 1.17549435e-38f;
  const F scaled = small ? x * 8388608.0f : x;
  I exponent = (((I)scaled >> 23) & 0xff) - 126;
  exponent -= small & 23;
  F m = (F)(((I)scaled & 0x007fffff) | 0x3f000000);  // in [0.5, 1)
  const I low = m < 0.707106781186547524f;
  exponent += low;  // true is −1
  m = low ? m + m - 1.0f : m - 1.0f;
  const F z = m * m;
  F p = m * 7.0376836292e-2f - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  const F e = __builtin_convertvector(exponent, F);
  F y = p * m * z;
  y = y + e * -2.12194440e-4f;
  y = y - z * 0.5f;
  F result = m + y;
  result = result + e * 0.693359375f;
  result = x < kInfinity ? result : x;  // infinity and NaN
  result = x == 0.0f ? splat(-kInfinity) : result;
  return x < 0.0f ? splat(__builtin_nanf("")) : result;
}

DUCTUS_INLINE F vlog1p(F x) {
  // log(1 + x) · x / ((1 + x) − 1) makes good for the bits that 1 + x loses.
  const F u = x + 1.0f;
  const F d = u - 1.0f;
  const F result = vlog(u) * (x / d);
  return d == 0.0f ? x : (u == kInfinity || u == 0.0f ? vlog(u) : result);
}

DUCTUS_INLINE F vtanh(F x) {
  const F a = vabs(x);
  const F z = x * x;
  F p = z * -5.70498872745e-3f + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  const F near = p * z * x + x;
  const F far = 1.0f - 2.0f / (vexp(a + a) + 1.0f);
  return a < 0.625f ? near : vcopysign(far, x);
}

DUCTUS_INLINE F vsigmoid(F x) { return 1.0f / (1.0f + vexp(-x)); }

// Every lane on its own, for functions that are not worth a polynomial.
template <class Function>
DUCTUS_INLINE F by_lane(F x, Function function) {
  for (int i = 0; i < kLanes; i++) x[i] = function(x[i]);
  return x;
}

DUCTUS_INLINE F vsqrt(F x) {
#if defined(__AVX2__)
  asm("vsqrtps %0, %0" : "+v"(x));
  return x;
#else
  return by_lane(x, [](float v) { return __builtin_sqrtf(v); });
#endif
}

DUCTUS_INLINE F vfloor(F x) {
  // 1: downwards; 8: without raising an exception.
#if defined(__AVX512F__)
  asm("vrndscaleps $9, %0, %0" : "+v"(x));
  return x;
#elif defined(__AVX2__)
  asm("vroundps $9, %0, %0" : "+v"(x));
  return x;
#else
  return by_lane(x, [](float v) { return __builtin_floorf(v); });
#endif
}
DUCTUS_INLINE F vceil(F x) { return -vfloor(-x); }
// To the nearest, halves to even.
DUCTUS_INLINE F vround(F x) {
  const F magic = vcopysign(splat(8388608.0f), x);
  const F rounded = vcopysign((x + magic) - magic, x);
  return vabs(x) < 8388608.0f ? rounded : x;
}

}  // namespace ductus::DUCTUS_ISA
