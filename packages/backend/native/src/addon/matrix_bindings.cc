// Matrix multiplication and convolutions.
#include "bindings.h"
#include "geometries.h"

namespace ductus {
namespace {

void sgemm(Call& call) {
  const GemmCall c = read_gemm(call, 0);
  const float* a = call.floats(1, "a", c.a).data;
  const float* b = call.floats(2, "b", c.b).data;
  const float* bias = call.floats_or_null(3, "bias", c.g.n);
  float* out = call.floats(4, "c", c.c).data;
  if (c.batch.rank == 0) call.kernels().sgemm(call.context(), c.g, a, b, bias, c.activation, out);
  else call.kernels().sgemm_batch(call.context(), c.g, c.batch, a, b, bias, c.activation, out);
}

using Forward = void (*)(const Context&, const ConvGeometry&, const float*, const float*, const float*, Activation, float*);
using FilterGradient = void (*)(const Context&, const ConvGeometry&, const float*, const float*, const float*, Activation, float*, float*);
using InputGradient = void (*)(const Context&, const ConvGeometry&, const float*, const float*, Activation, const float*, float*);

void forward(Call& call, const ConvCall& c, Forward kernel) {
  const float* x = call.floats(1, "x", c.x).data;
  const float* filter = call.floats(2, "filter", c.filter).data;
  const float* bias = call.floats_or_null(3, "bias", c.g.out_channels);
  const Activation activation = call.op<Activation>(4, "activation");
  kernel(call.context(), c.g, x, filter, bias, activation, call.floats(5, "y", c.y).data);
}

// y, which an activation's gradient needs; null without one.
const float* activated(Call& call, int index, Activation activation, int64_t length) {
  const float* y = call.floats_or_null(index, "y", length);
  if (activation == Activation::linear) return nullptr;
  if (!y) call.fail_type("y", "a Float32Array, as the activation is not linear", index);
  return y;
}

void filter_gradient(Call& call, const ConvCall& c, FilterGradient kernel) {
  const float* x = call.floats(1, "x", c.x).data;
  const float* dy = call.floats(2, "dy", c.y).data;
  const Activation activation = call.op<Activation>(4, "activation");
  const float* y = activated(call, 3, activation, c.y);
  float* d_filter = call.floats(5, "dFilter", c.filter).data;
  kernel(call.context(), c.g, x, dy, y, activation, d_filter, call.floats_or_null(6, "dBias", c.g.out_channels));
}

void input_gradient(Call& call, const ConvCall& c, InputGradient kernel) {
  const float* dy = call.floats(1, "dy", c.y).data;
  const Activation activation = call.op<Activation>(3, "activation");
  const float* y = activated(call, 2, activation, c.y);
  const float* filter = call.floats(4, "filter", c.filter).data;
  kernel(call.context(), c.g, dy, y, activation, filter, call.floats(5, "dx", c.x).data);
}

void conv_forward(Call& call) { forward(call, read_conv(call, 0), call.kernels().conv_forward); }
void conv_filter_gradient(Call& call) { filter_gradient(call, read_conv(call, 0), call.kernels().conv_filter_gradient); }
void conv_input_gradient(Call& call) { input_gradient(call, read_conv(call, 0), call.kernels().conv_input_gradient); }
void depthwise_forward(Call& call) { forward(call, read_depthwise(call, 0), call.kernels().depthwise_forward); }
void depthwise_filter_gradient(Call& call) {
  filter_gradient(call, read_depthwise(call, 0), call.kernels().depthwise_filter_gradient);
}
void depthwise_input_gradient(Call& call) {
  input_gradient(call, read_depthwise(call, 0), call.kernels().depthwise_input_gradient);
}

constexpr Function kFunctions[] = {
    {"sgemm", sgemm},
    {"conv2dForward", conv_forward},
    {"conv2dFilterGradient", conv_filter_gradient},
    {"conv2dInputGradient", conv_input_gradient},
    {"depthwiseForward", depthwise_forward},
    {"depthwiseFilterGradient", depthwise_filter_gradient},
    {"depthwiseInputGradient", depthwise_input_gradient},
};

}  // namespace

Functions matrix_functions() { return {kFunctions, sizeof kFunctions / sizeof *kFunctions}; }

}  // namespace ductus
