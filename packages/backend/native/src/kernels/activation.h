// Activations that other kernels fuse, and their derivatives, expressed in the output.
#pragma once
#include "../engine/ops.h"
#include "vec_math.h"

namespace ductus::DUCTUS_ISA {

// Comparisons are turned so that NaN passes through, as Math.max passes it; −0 becomes 0.
template <class V>
DUCTUS_INLINE V vrelu(V x) {
  return x <= 0.0f ? V{} : x;
}

template <Activation kind>
DUCTUS_INLINE F activate(F x) {
  if constexpr (kind == Activation::relu) return vrelu(x);
  if constexpr (kind == Activation::relu6) return vrelu(x) > 6.0f ? splat(6.0f) : vrelu(x);
  if constexpr (kind == Activation::tanh) return vtanh(x);
  if constexpr (kind == Activation::sigmoid) return vsigmoid(x);
  return x;
}

// 1 where x > 0, 0 where not, NaN where x is NaN.
DUCTUS_INLINE F vstep(F x) { return x > 0.0f ? splat(1.0f) : (x == x ? F{} : x); }

template <Activation kind>
DUCTUS_INLINE F derivative(F y) {
  if constexpr (kind == Activation::relu) return vstep(y);
  if constexpr (kind == Activation::relu6) return y < 6.0f ? vstep(y) : (y == y ? F{} : y);
  if constexpr (kind == Activation::tanh) return (1.0f - y) * (1.0f + y);  // nothing cancels near ±1
  if constexpr (kind == Activation::sigmoid) return y * (1.0f - y);
  return splat(1.0f);
}

// Calls body with the activation as a compile-time constant: body.template operator()<kind>().
template <class Body>
DUCTUS_INLINE void with_activation(Activation kind, Body body) {
  switch (kind) {
    case Activation::relu: return body.template operator()<Activation::relu>();
    case Activation::relu6: return body.template operator()<Activation::relu6>();
    case Activation::tanh: return body.template operator()<Activation::tanh>();
    case Activation::sigmoid: return body.template operator()<Activation::sigmoid>();
    default: return body.template operator()<Activation::linear>();
  }
}

inline void activate_in_place(Activation kind, int64_t n, float* x) {
  with_activation(kind, [&]<Activation fixed>() {
    int64_t i = 0;
    for (; i + kLanes <= n; i += kLanes) store(x + i, activate<fixed>(load(x + i)));
    if (i < n) store_first(x + i, activate<fixed>(load_first(x + i, n - i)), n - i);
  });
}

}  // namespace ductus::DUCTUS_ISA
