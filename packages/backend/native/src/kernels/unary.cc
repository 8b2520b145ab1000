// y = op(x). Edge cases as TensorFlow.js' `cpu` backend has them.
#include "activation.h"
#include "each_vector.h"
#include "kernels.h"
#include "parallel.h"

namespace ductus::DUCTUS_ISA {
namespace {

constexpr float kSeluAlpha = 1.6732632423543772f;
constexpr float kSeluScale = 1.0507009873554805f;
// ln(2^−23) + 2: beyond ± this, softplus is x or exp(x) in single precision.
constexpr float kSoftplusLimit = -13.942385f;

DUCTUS_INLINE F vsoftplus(F x) {
  const F e = vexp(x);
  return x > -kSoftplusLimit ? x : (x < kSoftplusLimit ? e : vlog1p(e));
}

template <UnaryOp op>
DUCTUS_INLINE F apply(F x, F alpha, F beta) {
  if constexpr (op == UnaryOp::relu) return activate<Activation::relu>(x);
  if constexpr (op == UnaryOp::relu6) return activate<Activation::relu6>(x);
  if constexpr (op == UnaryOp::leakyRelu) return x < 0.0f ? alpha * x : x;
  if constexpr (op == UnaryOp::elu) return x >= 0.0f ? x : alpha * vexpm1(x);
  if constexpr (op == UnaryOp::selu) return x >= 0.0f ? kSeluScale * x : (kSeluScale * kSeluAlpha) * vexpm1(x);
  if constexpr (op == UnaryOp::sigmoid) return vsigmoid(x);
  if constexpr (op == UnaryOp::logSigmoid) return -vsoftplus(-x);
  if constexpr (op == UnaryOp::softplus) return vsoftplus(x);
  if constexpr (op == UnaryOp::tanh) return vtanh(x);
  if constexpr (op == UnaryOp::exp) return vexp(x);
  if constexpr (op == UnaryOp::expm1) return vexpm1(x);
  if constexpr (op == UnaryOp::log) return vlog(x);
  if constexpr (op == UnaryOp::log1p) return vlog1p(x);
  if constexpr (op == UnaryOp::sqrt) return vsqrt(x);
  if constexpr (op == UnaryOp::rsqrt) return 1.0f / vsqrt(x);
  if constexpr (op == UnaryOp::square) return x * x;
  if constexpr (op == UnaryOp::reciprocal) return 1.0f / x;
  if constexpr (op == UnaryOp::neg) return -x;
  if constexpr (op == UnaryOp::abs) return vabs(x);
  if constexpr (op == UnaryOp::sign) return x < 0.0f ? splat(-1.0f) : (x > 0.0f ? splat(1.0f) : F{});
  if constexpr (op == UnaryOp::step) return x > 0.0f ? splat(1.0f) : (x == x ? alpha : x);
  if constexpr (op == UnaryOp::floor) return vfloor(x);
  if constexpr (op == UnaryOp::ceil) return vceil(x);
  if constexpr (op == UnaryOp::round) return vround(x);
  if constexpr (op == UnaryOp::sin) return by_lane(x, [](float v) { return __builtin_sinf(v); });
  if constexpr (op == UnaryOp::cos) return by_lane(x, [](float v) { return __builtin_cosf(v); });
  if constexpr (op == UnaryOp::erf) return by_lane(x, [](float v) { return __builtin_erff(v); });
  if constexpr (op == UnaryOp::clip) return x > beta ? beta : (x < alpha ? alpha : x);
  if constexpr (op == UnaryOp::affine) return alpha * x + beta;
}

template <UnaryOp op>
void unary_range(const float* x, int64_t n, float alpha, float beta, float* y) {
  const F a = splat(alpha), b = splat(beta);
  each_vector(0, n, [&](int64_t i, auto lanes) { lanes.write(y + i, apply<op>(lanes.read(x + i), a, b)); });
}

using UnaryRange = void (*)(const float*, int64_t, float, float, float*);
#define DUCTUS_ENTRY(name) unary_range<UnaryOp::name>,
constexpr UnaryRange kRanges[] = {DUCTUS_UNARY_OPS(DUCTUS_ENTRY)};
#undef DUCTUS_ENTRY

}  // namespace

void unary(const Context& context, UnaryOp op, int64_t n, const float* x, float alpha, float beta, float* y) {
  const UnaryRange range = kRanges[static_cast<int>(op)];
  for_ranges(context, n, kGrain, [&](int64_t begin, int64_t end) { range(x + begin, end - begin, alpha, beta, y + begin); });
}

void activation_gradient(const Context& context, Activation activation, int64_t n, const float* dy, const float* y, float* dx) {
  with_activation(activation, [&]<Activation kind>() {
    for_ranges(context, n, kGrain, [&](int64_t begin, int64_t end) {
      each_vector(begin, end, [&](int64_t i, auto lanes) {
        lanes.write(dx + i, lanes.read(dy + i) * derivative<kind>(lanes.read(y + i)));
      });
    });
  });
}

}  // namespace ductus::DUCTUS_ISA
