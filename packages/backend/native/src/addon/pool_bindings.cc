// Pooling and batch normalisation.
#include "bindings.h"
#include "geometries.h"

namespace ductus {
namespace {

void max_pool(Call& call) {
  const PoolCall c = read_pool(call, 0);
  const float* x = call.floats(1, "x", c.x).data;
  call.kernels().max_pool(call.context(), c.g, x, call.floats(2, "y", c.y).data);
}

void max_pool_gradient(Call& call) {
  const PoolCall c = read_pool(call, 0);
  const float* x = call.floats(1, "x", c.x).data;
  const float* dy = call.floats(2, "dy", c.y).data;
  call.kernels().max_pool_gradient(call.context(), c.g, x, dy, call.floats(3, "dx", c.x).data);
}

void avg_pool(Call& call) {
  const PoolCall c = read_pool(call, 0);
  const bool count_padding = call.boolean(1, "countPadding");
  const float* x = call.floats(2, "x", c.x).data;
  call.kernels().avg_pool(call.context(), c.g, count_padding, x, call.floats(3, "y", c.y).data);
}

void avg_pool_gradient(Call& call) {
  const PoolCall c = read_pool(call, 0);
  const bool count_padding = call.boolean(1, "countPadding");
  const float* dy = call.floats(2, "dy", c.y).data;
  call.kernels().avg_pool_gradient(call.context(), c.g, count_padding, dy, call.floats(3, "dx", c.x).data);
}

int64_t rows_of(Call& call, int64_t length, int64_t channels) {
  if (channels == 0 && length == 0) return 0;
  if (channels == 0 || length % channels != 0)
    call.fail_range("expected x of a length that is a multiple of " + std::to_string(channels) + ", received " + std::to_string(length));
  return length / channels;
}

void batch_norm_train(Call& call) {
  const Array<float> x = call.floats(0, "x"), mean = call.floats(7, "mean");
  const int64_t channels = mean.length, rows = rows_of(call, x.length, channels);
  const float* scale = call.floats_or_null(1, "scale", channels);
  const float* offset = call.floats_or_null(2, "offset", channels);
  const float* residual = call.floats_or_null(3, "residual", x.length);
  const double epsilon = call.number(4, "epsilon");
  const Activation activation = call.op<Activation>(5, "activation");
  float* y = call.floats(6, "y", x.length).data;
  float* variance = call.floats(8, "variance", channels).data;
  float* inv_std = call.floats(9, "invStd", channels).data;
  call.kernels().batch_norm_train(call.context(), rows, channels, x.data, scale, offset, residual, static_cast<float>(epsilon), activation,
                                  y, mean.data, variance, inv_std);
}

void batch_norm_gradient(Call& call) {
  const Array<float> x = call.floats(0, "x"), mean = call.floats(6, "mean");
  const int64_t channels = mean.length, rows = rows_of(call, x.length, channels);
  const float* dy = call.floats(1, "dy", x.length).data;
  const float* y = call.floats_or_null(2, "y", x.length);
  const Activation activation = call.op<Activation>(3, "activation");
  const float* scale = call.floats_or_null(4, "scale", channels);
  const float* offset = call.floats_or_null(5, "offset", channels);
  const float* inv_std = call.floats(7, "invStd", channels).data;
  float* dx = call.floats(8, "dx", x.length).data;
  float* d_residual = call.floats_or_null(9, "dResidual", x.length);
  float* d_scale = call.floats_or_null(10, "dScale", channels);
  float* d_offset = call.floats_or_null(11, "dOffset", channels);
  call.kernels().batch_norm_gradient(call.context(), rows, channels, x.data, dy, y, activation, scale, offset, mean.data, inv_std, dx,
                                     d_residual, d_scale, d_offset);
}

void batch_norm_inference(Call& call) {
  const Array<float> x = call.floats(0, "x"), mean = call.floats(1, "mean");
  const int64_t channels = mean.length, rows = rows_of(call, x.length, channels);
  const float* variance = call.floats(2, "variance", channels).data;
  const float* scale = call.floats_or_null(3, "scale", channels);
  const float* offset = call.floats_or_null(4, "offset", channels);
  const float* residual = call.floats_or_null(5, "residual", x.length);
  const double epsilon = call.number(6, "epsilon");
  const Activation activation = call.op<Activation>(7, "activation");
  call.kernels().batch_norm_inference(call.context(), rows, channels, x.data, mean.data, variance, scale, offset, residual,
                                      static_cast<float>(epsilon), activation, call.floats(8, "y", x.length).data);
}

constexpr Function kFunctions[] = {
    {"maxPool", max_pool},
    {"maxPoolGradient", max_pool_gradient},
    {"avgPool", avg_pool},
    {"avgPoolGradient", avg_pool_gradient},
    {"batchNormTrain", batch_norm_train},
    {"batchNormGradient", batch_norm_gradient},
    {"batchNormInference", batch_norm_inference},
};

}  // namespace

Functions pool_functions() { return {kFunctions, sizeof kFunctions / sizeof *kFunctions}; }

}  // namespace ductus
