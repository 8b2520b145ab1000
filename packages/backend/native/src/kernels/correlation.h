// Direct convolution: the register tile runs straight over a zero-padded copy of each image, without im2col. The
// forward pass is one such correlation, the input gradient one for each phase of the stride.
#pragma once
#include "../engine/context.h"
#include "activation.h"

namespace ductus::DUCTUS_ISA {

// Some of the output's pixels: those that see the same taps.
struct Phase {
  int64_t taps_height, taps_width;
  int64_t dilation_height, dilation_width;
  int64_t top, left;        // of the first output pixel's window, in the image
  int64_t rows, columns;    // output pixels
  int64_t out_offset;       // of the first, in floats
  const float* filter;      // packed panels of [taps][channels][width]
};

struct Correlation {
  int64_t batch, in_height, in_width, channels;
  const float* x;
  const float* y;  // with an activation to differentiate, else null: see copy_window
  Activation derivative;

  const Phase* phases;
  int64_t phase_count;
  int64_t step_height, step_width;  // of the window, from one output pixel to the next

  int64_t out_channels;
  int64_t out_image, out_row, out_pixel;  // distances in floats
  const float* bias;                      // padded to the packed width, or null
  Activation activation;                  // other than linear and ReLU only where output rows are dense
  float* out;
};

// False where Winograd's method met values that are not finite: those of a tile are then mixed up.
bool correlate(const Context& context, const Correlation& task);
// The same for one phase of 3×3 taps, steps of 1, no dilation, nothing empty.
bool correlate_winograd(const Context& context, const Correlation& task);

}  // namespace ductus::DUCTUS_ISA
