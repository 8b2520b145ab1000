// Names of the operations. The addon publishes each list as an object of codes, so that JavaScript and the kernels
// can't disagree.
#pragma once

namespace ductus {

// clang-format off
#define DUCTUS_ACTIVATIONS(X) X(linear) X(relu) X(tanh) X(sigmoid) X(relu6)

#define DUCTUS_UNARY_OPS(X)                                                                             \
  X(relu) X(relu6) X(leakyRelu) X(elu) X(selu) X(sigmoid) X(logSigmoid) X(softplus) X(tanh) X(exp)       \
  X(expm1) X(log) X(log1p) X(sqrt) X(rsqrt) X(square) X(reciprocal) X(neg) X(abs) X(sign) X(step)        \
  X(floor) X(ceil) X(round) X(sin) X(cos) X(erf) X(clip) X(affine)

#define DUCTUS_BINARY_OPS(X)                                                                            \
  X(add) X(sub) X(mul) X(div) X(divNoNan) X(maximum) X(minimum) X(squaredDifference) X(pow) X(prelu)     \
  X(reluGradient) X(relu6Gradient) X(eluGradient) X(sigmoidGradient) X(tanhGradient)

#define DUCTUS_COMPARE_OPS(X) X(equal) X(notEqual) X(greater) X(greaterEqual) X(less) X(lessEqual)

#define DUCTUS_REDUCE_OPS(X) X(sum) X(mean) X(max) X(min) X(prod) X(sumOfSquares)
// clang-format on

#define DUCTUS_ENUM_ENTRY(name) name,
enum class Activation { DUCTUS_ACTIVATIONS(DUCTUS_ENUM_ENTRY) count };
enum class UnaryOp { DUCTUS_UNARY_OPS(DUCTUS_ENUM_ENTRY) count };
enum class BinaryOp { DUCTUS_BINARY_OPS(DUCTUS_ENUM_ENTRY) count };
enum class CompareOp { DUCTUS_COMPARE_OPS(DUCTUS_ENUM_ENTRY) count };
enum class ReduceOp { DUCTUS_REDUCE_OPS(DUCTUS_ENUM_ENTRY) count };
#undef DUCTUS_ENUM_ENTRY

}  // namespace ductus
