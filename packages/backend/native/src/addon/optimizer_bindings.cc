// Optimizers' updates and what else goes over parameters in place.
#include "bindings.h"

namespace ductus {
namespace {

void adam(Call& call) {
  const Array<float> p = call.floats(0, "p");
  const float* g = call.floats(1, "g", p.length).data;
  float* m = call.floats(2, "m", p.length).data;
  float* v = call.floats(3, "v", p.length).data;
  float* v_max = call.floats_or_null(4, "vMax", p.length);
  AdamStep s;
  s.lr = call.number(5, "lr");
  s.beta1 = call.number(6, "beta1");
  s.beta2 = call.number(7, "beta2");
  s.epsilon = call.number(8, "epsilon");
  s.weight_decay = call.number(9, "weightDecay");
  s.decoupled = call.boolean(10, "decoupled");
  s.correction1 = call.number(11, "correction1");
  s.correction2 = call.number(12, "correction2");
  s.gradient_scale = call.number(13, "gradientScale");
  call.kernels().adam(call.context(), s, p.length, p.data, g, m, v, v_max);
}

void sgd(Call& call) {
  const Array<float> p = call.floats(0, "p");
  const float* g = call.floats(1, "g", p.length).data;
  float* buffer = call.floats_or_null(2, "buffer", p.length);
  SgdStep s;
  s.lr = call.number(3, "lr");
  s.momentum = call.number(4, "momentum");
  s.dampening = call.number(5, "dampening");
  s.weight_decay = call.number(6, "weightDecay");
  s.nesterov = call.boolean(7, "nesterov");
  s.first = call.boolean(8, "first");
  s.gradient_scale = call.number(9, "gradientScale");
  call.kernels().sgd(call.context(), s, p.length, p.data, g, buffer);
}

void rmsprop(Call& call) {
  const Array<float> p = call.floats(0, "p");
  const float* g = call.floats(1, "g", p.length).data;
  float* square = call.floats(2, "square", p.length).data;
  float* average = call.floats_or_null(3, "average", p.length);
  float* buffer = call.floats_or_null(4, "buffer", p.length);
  RmspropStep s;
  s.lr = call.number(5, "lr");
  s.alpha = call.number(6, "alpha");
  s.epsilon = call.number(7, "epsilon");
  s.weight_decay = call.number(8, "weightDecay");
  s.momentum = call.number(9, "momentum");
  s.gradient_scale = call.number(10, "gradientScale");
  call.kernels().rmsprop(call.context(), s, p.length, p.data, g, square, average, buffer);
}

void adagrad(Call& call) {
  const Array<float> p = call.floats(0, "p");
  const float* g = call.floats(1, "g", p.length).data;
  float* sum = call.floats(2, "sum", p.length).data;
  AdagradStep s;
  s.rate = call.number(3, "rate");
  s.epsilon = call.number(4, "epsilon");
  s.weight_decay = call.number(5, "weightDecay");
  s.gradient_scale = call.number(6, "gradientScale");
  call.kernels().adagrad(call.context(), s, p.length, p.data, g, sum);
}

void axpy(Call& call) {
  const float alpha = static_cast<float>(call.number(0, "alpha"));
  const Array<float> x = call.floats(1, "x");
  call.kernels().axpy(call.context(), x.length, alpha, x.data, call.floats(2, "y", x.length).data);
}

void scale(Call& call) {
  const float alpha = static_cast<float>(call.number(0, "alpha"));
  const Array<float> x = call.floats(1, "x");
  const BroadcastGeometry g = {1, {x.length}, {1}, {0}};
  call.kernels().binary(call.context(), BinaryOp::mul, g, x.data, &alpha, call.floats(2, "y", x.length).data);
}

void ema(Call& call) {
  const double decay = call.number(0, "decay");
  const Array<float> x = call.floats(1, "x");
  call.kernels().ema(call.context(), x.length, decay, x.data, call.floats(2, "y", x.length).data);
}

constexpr Function kFunctions[] = {
    {"adam", adam}, {"sgd", sgd}, {"rmsprop", rmsprop}, {"adagrad", adagrad}, {"axpy", axpy}, {"scale", scale}, {"ema", ema},
};

}  // namespace

Functions optimizer_functions() { return {kFunctions, sizeof kFunctions / sizeof *kFunctions}; }

}  // namespace ductus
