#include "../engine/scratch.h"
#include "conv_exact.h"
#include "conv_filter.h"
#include "correlation.h"
#include "kernels.h"
#include "panels.h"

namespace ductus::DUCTUS_ISA {

void conv_forward(const Context& context, const ConvGeometry& g, const float* x, const float* filter,
                  const float* bias, Activation activation, float* y) {
  const Scratch packed(g.taps() * g.in_channels * packed_columns(g.out_channels));
  pack_filter(context, g, filter, packed.data());
  const Scratch padded_bias(packed_columns(g.out_channels));
  if (bias) pad_bias(g.out_channels, bias, padded_bias.data());

  Phase phase = {};
  phase.taps_height = g.filter_height;
  phase.taps_width = g.filter_width;
  phase.dilation_height = g.dilation_height;
  phase.dilation_width = g.dilation_width;
  phase.top = -g.pad_top;
  phase.left = -g.pad_left;
  phase.rows = g.out_height;
  phase.columns = g.out_width;
  phase.filter = packed.data();

  Correlation task = {};
  task.batch = g.batch;
  task.in_height = g.in_height;
  task.in_width = g.in_width;
  task.channels = g.in_channels;
  task.x = x;
  task.phases = &phase;
  task.phase_count = 1;
  task.step_height = g.stride_height;
  task.step_width = g.stride_width;
  task.out_channels = g.out_channels;
  task.out_image = g.out_size();
  task.out_row = g.out_width * g.out_channels;
  task.out_pixel = g.out_channels;
  task.bias = bias ? padded_bias.data() : nullptr;
  task.activation = activation;
  task.out = y;
  // Without padding there is no tap that takes no part.
  const bool padded = g.pad_top > 0 || g.pad_left > 0 || (g.out_height - 1) * g.stride_height - g.pad_top + (g.filter_height - 1) * g.dilation_height >= g.in_height ||
                      (g.out_width - 1) * g.stride_width - g.pad_left + (g.filter_width - 1) * g.dilation_width >= g.in_width;
  const bool exact = (!padded || all_finite(g.taps() * g.in_channels * g.out_channels, filter));
  if (!correlate(context, task) || !exact) exact_forward(context, g, x, filter, bias, activation, y);
}

}  // namespace ductus::DUCTUS_ISA
