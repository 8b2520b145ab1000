// Element-wise operations, reductions, dropout.
#include "bindings.h"
#include "geometries.h"

namespace ductus {
namespace {

void unary(Call& call) {
  const UnaryOp op = call.op<UnaryOp>(0, "op");
  const Array<float> x = call.floats(1, "x");
  const float alpha = static_cast<float>(call.number(2, "alpha")), beta = static_cast<float>(call.number(3, "beta"));
  call.kernels().unary(call.context(), op, x.length, x.data, alpha, beta, call.floats(4, "y", x.length).data);
}

void binary(Call& call) {
  const BinaryOp op = call.op<BinaryOp>(0, "op");
  const Array<float> a = call.floats(2, "a"), b = call.floats(3, "b"), y = call.floats(4, "y");
  const BroadcastGeometry g = read_broadcast(call, 1, a.length, b.length, y.length);
  call.kernels().binary(call.context(), op, g, a.data, b.data, y.data);
}

void compare(Call& call) {
  const CompareOp op = call.op<CompareOp>(0, "op");
  const Array<float> a = call.floats(2, "a"), b = call.floats(3, "b");
  const AnyArray any = call.array(4, "y");
  const Array<uint8_t> y = call.bytes(4, "y", any.length);
  const BroadcastGeometry g = read_broadcast(call, 1, a.length, b.length, y.length);
  call.kernels().compare(call.context(), op, g, a.data, b.data, y.data);
}

void select(Call& call) {
  const Array<float> a = call.floats(1, "a"), b = call.floats(2, "b"), y = call.floats(3, "y");
  const uint8_t* condition = call.bytes(0, "condition", y.length).data;
  if (a.length != 1) call.expect_length("a", a.length, y.length);
  if (b.length != 1) call.expect_length("b", b.length, y.length);
  call.kernels().select(call.context(), y.length, condition, a.data, a.length == y.length, b.data, b.length == y.length, y.data);
}

void activation_gradient(Call& call) {
  const Activation activation = call.op<Activation>(0, "activation");
  const Array<float> dy = call.floats(1, "dy");
  const float* y = call.floats(2, "y", dy.length).data;
  call.kernels().activation_gradient(call.context(), activation, dy.length, dy.data, y, call.floats(3, "dx", dy.length).data);
}

ScaledTanh read_scaled_tanh(Call& call) {
  const ScaledTanh s = {static_cast<float>(call.number(0, "slope")), static_cast<float>(call.number(1, "amplitude"))};
  if (s.amplitude == 0) call.fail_range("expected amplitude other than 0, received 0");
  return s;
}

void scaled_tanh(Call& call) {
  const ScaledTanh s = read_scaled_tanh(call);
  const Array<float> x = call.floats(2, "x");
  call.kernels().scaled_tanh(call.context(), s, x.length, x.data, call.floats(3, "y", x.length).data);
}

void scaled_tanh_gradient(Call& call) {
  const ScaledTanh s = read_scaled_tanh(call);
  const Array<float> dy = call.floats(2, "dy");
  const float* y = call.floats(3, "y", dy.length).data;
  call.kernels().scaled_tanh_gradient(call.context(), s, dy.length, dy.data, y, call.floats(4, "dx", dy.length).data);
}

void bias_activation(Call& call) {
  const Array<float> x = call.floats(0, "x"), bias = call.floats(1, "bias");
  const Activation activation = call.op<Activation>(2, "activation");
  if (bias.length == 0 ? x.length != 0 : x.length % bias.length != 0)
    call.fail_range("expected x of a length that is a multiple of bias' " + std::to_string(bias.length) + ", received " +
                    std::to_string(x.length));
  float* y = call.floats(3, "y", x.length).data;
  if (x.length == 0) return;
  call.kernels().bias_activation(call.context(), activation, x.length / bias.length, bias.length, x.data, bias.data, y);
}

ReduceGeometry read_reduce(Call& call, int index, int64_t length) {
  const ReduceGeometry g = {call.size(index, "outer"), call.size(index + 1, "size"), call.size(index + 2, "inner")};
  call.expect_length("x", length, product({g.outer, g.size, g.inner}));
  return g;
}

void reduce(Call& call) {
  const ReduceOp op = call.op<ReduceOp>(0, "op");
  const Array<float> x = call.floats(4, "x");
  const ReduceGeometry g = read_reduce(call, 1, x.length);
  call.kernels().reduce(call.context(), op, g, x.data, call.floats(5, "y", product({g.outer, g.inner})).data);
}

void arg_reduce(Call& call, decltype(KernelTable::arg_max) kernel) {
  const Array<float> x = call.floats(3, "x");
  const ReduceGeometry g = read_reduce(call, 0, x.length);
  int32_t* y = call.ints(4, "y", product({g.outer, g.inner})).data;
  kernel(call.context(), g, x.data, y);
}
void arg_max(Call& call) { arg_reduce(call, call.kernels().arg_max); }
void arg_min(Call& call) { arg_reduce(call, call.kernels().arg_min); }

void sum_of_squares(Call& call) {
  const Array<float> x = call.floats(0, "x");
  double result = 0;
  call.kernels().sum_of_squares(call.context(), x.length, x.data, &result);
  call.answer(result);
}

void dropout(Call& call) {
  const int64_t key = call.whole(0, "key", 0, 4294967295);
  const double rate = call.number_between(1, "rate", 0, 1);
  const int64_t first = call.whole(2, "first", 0, 4294967295);
  const Array<float> x = call.floats(3, "x");
  call.kernels().dropout(call.context(), static_cast<uint32_t>(key), rate, static_cast<uint32_t>(first), x.length, x.data,
                         call.floats(4, "y", x.length).data);
}

constexpr Function kFunctions[] = {
    {"unary", unary},
    {"binary", binary},
    {"compare", compare},
    {"select", select},
    {"activationGradient", activation_gradient},
    {"scaledTanh", scaled_tanh},
    {"scaledTanhGradient", scaled_tanh_gradient},
    {"biasActivation", bias_activation},
    {"reduce", reduce},
    {"argMax", arg_max},
    {"argMin", arg_min},
    {"sumOfSquares", sum_of_squares},
    {"dropout", dropout},
};

}  // namespace

Functions elementwise_functions() { return {kFunctions, sizeof kFunctions / sizeof *kFunctions}; }

}  // namespace ductus
