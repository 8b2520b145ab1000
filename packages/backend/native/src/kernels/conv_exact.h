// Convolution as it is defined: a tap that lies in the padding takes no part. The quick kernels multiply it by zero, and
// Winograd's transforms add up what lies in a tile, so that they spread NaN and infinity where there are any. These
// plain loops are for that case alone.
#pragma once
#include "../engine/kernel_table.h"

namespace ductus::DUCTUS_ISA {

bool all_finite(int64_t n, const float* x);

void exact_forward(const Context& context, const ConvGeometry& g, const float* x, const float* filter, const float* bias,
                   Activation activation, float* y);
void exact_filter_gradient(const Context& context, const ConvGeometry& g, const float* x, const float* dy, const float* y,
                           Activation activation, float* d_filter);
void exact_input_gradient(const Context& context, const ConvGeometry& g, const float* dy, const float* y,
                          Activation activation, const float* filter, float* dx);

}  // namespace ductus::DUCTUS_ISA
