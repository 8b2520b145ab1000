// The gradient of the input, without inserting zeros: input rows with the same remainder by the stride see the same
// taps of the filter, so each such phase is a correlation of stride 1 over dy with a part of the flipped filter.
#include "../engine/scratch.h"
#include "conv_exact.h"
#include "correlation.h"
#include "kernels.h"
#include "panels.h"
#include "parallel.h"

namespace ductus::DUCTUS_ISA {
namespace {

// Along one axis: input position i sees tap k and output (i + pad − k · dilation) / stride where that is whole.
struct PhaseAxis {
  int64_t taps;        // that this phase sees
  int64_t last_tap;    // the greatest; it reads the first output position
  int64_t tap_step;    // from one of them to the one before
  int64_t first;       // output position that last_tap reads for the phase's first input position
  int64_t dilation;    // between output positions
  int64_t size;        // input positions
};

PhaseAxis phase_axis(int64_t offset, int64_t in, int64_t taps, int64_t stride, int64_t dilation, int64_t pad) {
  PhaseAxis axis = {};
  axis.size = ceil_div(in - offset, stride);
  axis.tap_step = 1;
  axis.dilation = 1;
  // Whether tap k is seen repeats with a period of stride / gcd(stride, dilation).
  int64_t a = stride, b = dilation;
  while (b) {
    const int64_t rest = a % b;
    a = b;
    b = rest;
  }
  axis.tap_step = stride / a;
  axis.dilation = dilation / a;
  for (int64_t k = 0; k < least(axis.tap_step, taps); k++) {
    if ((offset + pad - k * dilation) % stride != 0) continue;
    axis.taps = (taps - 1 - k) / axis.tap_step + 1;
    axis.last_tap = k + (axis.taps - 1) * axis.tap_step;
    axis.first = (offset + pad - axis.last_tap * dilation) / stride;
  }
  return axis;
}

}  // namespace

void conv_input_gradient(const Context& context, const ConvGeometry& g, const float* dy, const float* y,
                         Activation activation, const float* filter, float* dx) {
  const int64_t phases_height = least(g.stride_height, g.in_height), phases_width = least(g.stride_width, g.in_width);
  const int64_t phase_count = phases_height * phases_width;
  if (phase_count == 0 || g.batch == 0 || g.in_channels == 0) return;
  const Scratch phase_memory(phase_count * static_cast<int64_t>(sizeof(Phase) / sizeof(float)));
  Phase* phases = reinterpret_cast<Phase*>(phase_memory.data());
  // Each tap belongs to one phase, so all phases together pack the filter once.
  const int64_t width = packed_columns(g.in_channels);
  const Scratch packed(g.taps() * g.out_channels * width);
  float* to = packed.data();
  for (int64_t i = 0; i < phase_count; i++) {
    const int64_t row = i / phases_width, column = i % phases_width;
    const PhaseAxis v = phase_axis(row, g.in_height, g.filter_height, g.stride_height, g.dilation_height, g.pad_top);
    const PhaseAxis h = phase_axis(column, g.in_width, g.filter_width, g.stride_width, g.dilation_width, g.pad_left);
    const bool seen = v.taps > 0 && h.taps > 0;
    phases[i] = {seen ? v.taps : 0, seen ? h.taps : 0, v.dilation, h.dilation, v.first, h.first, v.size, h.size,
                 (row * g.in_width + column) * g.in_channels, to};
    if (!seen) continue;
    const int64_t depth = v.taps * h.taps * g.out_channels;
    float* const phase_to = to;
    for_shards(context, depth * g.in_channels < kGrain ? 1 : v.taps * h.taps, [&](int64_t shard) {
      const bool all = depth * g.in_channels < kGrain;
      for (int64_t t = all ? 0 : shard; t < (all ? v.taps * h.taps : shard + 1); t++) {
        const int64_t kh = v.last_tap - t / h.taps * v.tap_step, kw = h.last_tap - t % h.taps * h.tap_step;
        const float* tap = filter + (kh * g.filter_width + kw) * g.in_channels * g.out_channels;
        for (PanelCursor p(g.in_channels); p.more(); p.next())
          pack_panel(p.kind(), p.columns(), g.out_channels, tap + p.column() * g.out_channels, 1, g.out_channels,
                     phase_to + p.packed() * depth + t * g.out_channels * p.width());
      }
    });
    to += depth * width;
  }

  Correlation task = {};
  task.batch = g.batch;
  task.in_height = g.out_height;
  task.in_width = g.out_width;
  task.channels = g.out_channels;
  task.x = dy;
  task.y = y;
  task.derivative = activation;
  task.phases = phases;
  task.phase_count = phase_count;
  task.step_height = 1;
  task.step_width = 1;
  task.out_channels = g.in_channels;
  task.out_image = g.in_size();
  task.out_row = g.stride_height * g.in_width * g.in_channels;
  task.out_pixel = g.stride_width * g.in_channels;
  task.activation = Activation::linear;
  task.out = dx;
  const bool finite = all_finite(g.taps() * g.in_channels * g.out_channels, filter);
  if (!correlate(context, task) || !finite) exact_input_gradient(context, g, dy, y, activation, filter, dx);
}

}  // namespace ductus::DUCTUS_ISA
