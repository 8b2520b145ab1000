#pragma once
#include "../engine/context.h"
#include "../engine/geometry.h"
#include "../engine/ops.h"

namespace ductus::DUCTUS_ISA {

// conv_filter_gradient for 3×3 filters, stride 1, no dilation, nothing empty.
void conv_filter_gradient_winograd(const Context& context, const ConvGeometry& g, const float* x, const float* dy, const float* y,
                                   Activation activation, float* d_filter, float* d_bias);

}  // namespace ductus::DUCTUS_ISA
