// y = op(a, b) with broadcasting. Edge cases as TensorFlow.js' `cpu` backend has them.
#include "activation.h"
#include "broadcast.h"
#include "each_vector.h"
#include "kernels.h"

namespace ductus::DUCTUS_ISA {
namespace {

// Math.pow and powf differ: in JavaScript an undefined power of one is NaN.
float js_pow(float a, float b) {
  if (b != b || ((a == 1.0f || a == -1.0f) && (b == kInfinity || b == -kInfinity))) return __builtin_nanf("");
  return __builtin_powf(a, b);
}

template <BinaryOp op>
DUCTUS_INLINE F apply(F a, F b) {
  if constexpr (op == BinaryOp::add) return a + b;
  if constexpr (op == BinaryOp::sub) return a - b;
  if constexpr (op == BinaryOp::mul) return a * b;
  if constexpr (op == BinaryOp::div) return a / b;
  if constexpr (op == BinaryOp::divNoNan) return b == 0.0f ? F{} : a / b;
  if constexpr (op == BinaryOp::maximum) return a == a ? (a > b ? a : b) : a;
  if constexpr (op == BinaryOp::minimum) return a == a ? (a < b ? a : b) : a;
  if constexpr (op == BinaryOp::squaredDifference) return (a - b) * (a - b);
  if constexpr (op == BinaryOp::pow) {
    for (int i = 0; i < kLanes; i++) a[i] = js_pow(a[i], b[i]);
    return a;
  }
  if constexpr (op == BinaryOp::prelu) return a < 0.0f ? a * b : a;
  if constexpr (op == BinaryOp::reluGradient) return a * vstep(b);
  if constexpr (op == BinaryOp::relu6Gradient) return a * (b > 6.0f ? F{} : vstep(b));
  if constexpr (op == BinaryOp::eluGradient) return b >= 0.0f ? a : a * (b + 1.0f);
  if constexpr (op == BinaryOp::sigmoidGradient) return a * derivative<Activation::sigmoid>(b);
  if constexpr (op == BinaryOp::tanhGradient) return a * derivative<Activation::tanh>(b);
}

// An operand as vectors. A value for all of the run is one vector that every index leads to.
class Operand {
 public:
  explicit Operand(Run run) : data_(run.data), mask_(-1) {
    if (!run.scalar) return;
    store(same_, splat(*run.data));
    data_ = same_;
    mask_ = 0;
  }
  Operand(const Operand&) = delete;
  const float* at(int64_t i) const { return data_ + (i & mask_); }

 private:
  const float* data_;
  int64_t mask_;
  float same_[kLanes];
};

template <BinaryOp op>
void binary_run(const Operand& a, const Operand& b, int64_t n, float* y) {
  each_vector(0, n, [&](int64_t i, auto lanes) { lanes.write(y + i, apply<op>(lanes.read(a.at(i)), lanes.read(b.at(i)))); });
}

using BinaryRun = void (*)(const Operand&, const Operand&, int64_t, float*);
#define DUCTUS_ENTRY(name) binary_run<BinaryOp::name>,
constexpr BinaryRun kRuns[] = {DUCTUS_BINARY_OPS(DUCTUS_ENTRY)};
#undef DUCTUS_ENTRY

template <CompareOp op>
DUCTUS_INLINE uint8_t holds(float a, float b) {
  if constexpr (op == CompareOp::equal) return a == b;
  if constexpr (op == CompareOp::notEqual) return a != b;
  if constexpr (op == CompareOp::greater) return a > b;
  if constexpr (op == CompareOp::greaterEqual) return a >= b;
  if constexpr (op == CompareOp::less) return a < b;
  if constexpr (op == CompareOp::lessEqual) return a <= b;
}

template <CompareOp op>
void compare_run(Run a, Run b, int64_t n, uint8_t* y) {
  if (a.scalar) {
    const float value = *a.data;
    for (int64_t i = 0; i < n; i++) y[i] = holds<op>(value, b.data[b.scalar ? 0 : i]);
  } else if (b.scalar) {
    const float value = *b.data;
    for (int64_t i = 0; i < n; i++) y[i] = holds<op>(a.data[i], value);
  } else {
    for (int64_t i = 0; i < n; i++) y[i] = holds<op>(a.data[i], b.data[i]);
  }
}

using CompareRun = void (*)(Run, Run, int64_t, uint8_t*);
#define DUCTUS_ENTRY(name) compare_run<CompareOp::name>,
constexpr CompareRun kCompareRuns[] = {DUCTUS_COMPARE_OPS(DUCTUS_ENTRY)};
#undef DUCTUS_ENTRY

}  // namespace

void binary(const Context& context, BinaryOp op, const BroadcastGeometry& g, const float* a, const float* b, float* y) {
  const BinaryRun run = kRuns[static_cast<int>(op)];
  each_run(context, g, a, b, [&](Run ra, Run rb, int64_t n, int64_t at) { run(Operand(ra), Operand(rb), n, y + at); });
}

void compare(const Context& context, CompareOp op, const BroadcastGeometry& g, const float* a, const float* b, uint8_t* y) {
  const CompareRun run = kCompareRuns[static_cast<int>(op)];
  each_run(context, g, a, b, [&](Run ra, Run rb, int64_t n, int64_t at) { run(ra, rb, n, y + at); });
}

void select(const Context& context, int64_t n, const uint8_t* condition, const float* a, int64_t stride_a, const float* b,
            int64_t stride_b, float* y) {
  for_ranges(context, n, kGrain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) y[i] = condition[i] ? a[i * stride_a] : b[i * stride_b];
  });
}

void bias_activation(const Context& context, Activation activation, int64_t rows, int64_t channels, const float* x,
                     const float* bias, float* y) {
  const BroadcastGeometry g = {2, {rows, channels}, {channels, 1}, {0, 1}};
  with_activation(activation, [&]<Activation kind>() {
    each_run(context, g, x, bias, [&](Run a, Run b, int64_t n, int64_t at) {
      each_vector(0, n, [&](int64_t i, auto lanes) {
        const F bv = b.scalar ? splat(*b.data) : lanes.read(b.data + i);
        lanes.write(y + at + i, activate<kind>(lanes.read(a.data + i) + bv));
      });
    });
  });
}

}  // namespace ductus::DUCTUS_ISA
