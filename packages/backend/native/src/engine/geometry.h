// Shapes as the kernels take them. They have been checked: sizes are not negative, strides and dilations are at
// least 1, and the arrays that come along have the lengths that follow.
#pragma once
#include <cstdint>

namespace ductus {

struct ConvGeometry {
  int64_t batch, in_height, in_width, in_channels, out_height, out_width, out_channels;
  int64_t filter_height, filter_width, stride_height, stride_width, dilation_height, dilation_width;
  int64_t pad_top, pad_left;

  int64_t in_size() const { return in_height * in_width * in_channels; }
  int64_t out_size() const { return out_height * out_width * out_channels; }
  int64_t taps() const { return filter_height * filter_width; }
};

struct PoolGeometry {
  int64_t batch, in_height, in_width, channels, out_height, out_width;
  int64_t window_height, window_width, stride_height, stride_width, dilation_height, dilation_width;
  int64_t pad_top, pad_left;
};

struct GemmGeometry {
  bool transpose_a, transpose_b;
  int64_t m, n, k;
};

constexpr int kMaxRank = 8;

// Axes of an element-wise operation with two operands, outermost first; stride 0 broadcasts.
struct BroadcastGeometry {
  int rank;
  int64_t size[kMaxRank], stride_a[kMaxRank], stride_b[kMaxRank];
};

// Axes of a copy from a strided source to a dense result.
struct CopyGeometry {
  int rank;
  int64_t size[kMaxRank], stride[kMaxRank];
};

// Axes of a source, with what is put before and after.
struct PadGeometry {
  int rank;
  int64_t size[kMaxRank], before[kMaxRank], after[kMaxRank];
};

// The middle axis of [outer, size, inner] is reduced.
struct ReduceGeometry {
  int64_t outer, size, inner;
};

}  // namespace ductus
