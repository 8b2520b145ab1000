#include "conv_exact.h"

#include "../engine/scratch.h"
#include "each_vector.h"
#include "padded_image.h"
#include "parallel.h"

namespace ductus::DUCTUS_ISA {
namespace {

// The gradient before the activation: dy itself, or written to `buffer`.
const float* before_activation(const float* dy, const float* y, int64_t n, Activation activation, float* buffer) {
  if (!y) return dy;
  with_activation(activation, [&]<Activation kind>() { multiply_derivative<kind>(dy, y, n, buffer); });
  return buffer;
}

int64_t row_seen(const ConvGeometry& g, int64_t r, int64_t kh) { return r * g.stride_height - g.pad_top + kh * g.dilation_height; }
int64_t column_seen(const ConvGeometry& g, int64_t c, int64_t kw) { return c * g.stride_width - g.pad_left + kw * g.dilation_width; }

}  // namespace

bool all_finite(int64_t n, const float* x) {
  // 0 · x is NaN for what is not finite.
  F sum = {};
  each_vector(0, n, [&](int64_t i, auto lanes) { sum += lanes.read(x + i) * 0.0f; });
  return horizontal_sum(sum) == 0.0f;
}

void exact_forward(const Context& context, const ConvGeometry& g, const float* x, const float* filter, const float* bias,
                   Activation activation, float* y) {
  for_shards(context, g.batch * g.out_height, [&](int64_t shard) {
    const int64_t n = shard / g.out_height, r = shard % g.out_height;
    float* row = y + shard * g.out_width * g.out_channels;
    for (int64_t c = 0; c < g.out_width; c++)
      each_vector(0, g.out_channels, [&](int64_t o, auto lanes) {
        F sum = bias ? lanes.read(bias + o) : F{};
        for (int64_t kh = 0; kh < g.filter_height; kh++)
          for (int64_t kw = 0; kw < g.filter_width; kw++) {
            const int64_t h = row_seen(g, r, kh), w = column_seen(g, c, kw);
            if (h < 0 || h >= g.in_height || w < 0 || w >= g.in_width) continue;
            const float* from = x + n * g.in_size() + (h * g.in_width + w) * g.in_channels;
            const float* tap = filter + (kh * g.filter_width + kw) * g.in_channels * g.out_channels + o;
            for (int64_t i = 0; i < g.in_channels; i++) sum += splat(from[i]) * lanes.read(tap + i * g.out_channels);
          }
        lanes.write(row + c * g.out_channels + o, sum);
      });
    if (activation != Activation::linear) activate_in_place(activation, g.out_width * g.out_channels, row);
  });
}

void exact_filter_gradient(const Context& context, const ConvGeometry& g, const float* x, const float* dy, const float* y,
                           Activation activation, float* d_filter) {
  const Scratch buffer(y ? g.batch * g.out_size() : 0);
  const float* d = before_activation(dy, y, g.batch * g.out_size(), activation, buffer.data());
  const int64_t tap_floats = g.in_channels * g.out_channels;
  std::memset(d_filter, 0, sizeof(float) * static_cast<size_t>(g.taps() * tap_floats));
  for_shards(context, g.taps(), [&](int64_t tap) {
    float* to = d_filter + tap * tap_floats;
    for (int64_t i = 0; i < g.batch * g.out_height * g.out_width; i++) {
      const int64_t n = i / (g.out_height * g.out_width), r = i / g.out_width % g.out_height;
      const int64_t h = row_seen(g, r, tap / g.filter_width), w = column_seen(g, i % g.out_width, tap % g.filter_width);
      if (h < 0 || h >= g.in_height || w < 0 || w >= g.in_width) continue;
      const float* from = x + n * g.in_size() + (h * g.in_width + w) * g.in_channels;
      for (int64_t c = 0; c < g.in_channels; c++)
        each_vector(0, g.out_channels, [&](int64_t o, auto lanes) {
          float* sum = to + c * g.out_channels + o;
          lanes.write(sum, lanes.read(sum) + splat(from[c]) * lanes.read(d + i * g.out_channels + o));
        });
    }
  });
}

void exact_input_gradient(const Context& context, const ConvGeometry& g, const float* dy, const float* y,
                          Activation activation, const float* filter, float* dx) {
  for_shards(context, g.batch, [&](int64_t n) {
    const Scratch buffer(y ? g.out_size() : 0);
    const int64_t at = n * g.out_size();
    const float* d = before_activation(dy + at, y ? y + at : nullptr, g.out_size(), activation, buffer.data());
    float* image = dx + n * g.in_size();
    std::memset(image, 0, sizeof(float) * static_cast<size_t>(g.in_size()));
    for (int64_t i = 0; i < g.out_height * g.out_width; i++)
      for (int64_t tap = 0; tap < g.taps(); tap++) {
        const int64_t h = row_seen(g, i / g.out_width, tap / g.filter_width), w = column_seen(g, i % g.out_width, tap % g.filter_width);
        if (h < 0 || h >= g.in_height || w < 0 || w >= g.in_width) continue;
        for (int64_t c = 0; c < g.in_channels; c++) {
          const float* from = filter + (tap * g.in_channels + c) * g.out_channels;
          F sum = {};
          each_vector(0, g.out_channels, [&](int64_t o, auto lanes) { sum += lanes.read(d + i * g.out_channels + o) * lanes.read(from + o); });
          image[(h * g.in_width + w) * g.in_channels + c] += horizontal_sum(sum);
        }
      }
  });
}

}  // namespace ductus::DUCTUS_ISA
