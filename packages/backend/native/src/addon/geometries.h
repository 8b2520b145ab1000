// Reads geometry arrays and checks them, so that kernels need not.
#pragma once
#include "call.h"

namespace ductus {

struct ConvCall {
  ConvGeometry g;
  int64_t x, filter, y;  // lengths
};
ConvCall read_conv(Call& call, int index);
ConvCall read_depthwise(Call& call, int index);

struct PoolCall {
  PoolGeometry g;
  int64_t x, y;
};
PoolCall read_pool(Call& call, int index);

struct GemmCall {
  GemmGeometry g;
  Activation activation;
  BroadcastGeometry batch;  // strides in matrices
  int64_t a, b, c;
};
GemmCall read_gemm(Call& call, int index);

// Operands a and b of lengths `a` and `b`, result of length `y`.
BroadcastGeometry read_broadcast(Call& call, int index, int64_t a, int64_t b, int64_t y);

}  // namespace ductus
