#include "geometries.h"

namespace ductus {
namespace {

// Padded images beyond this are refused: no real layer has them, and each thread makes one.
constexpr int64_t kMostWindowFloats = int64_t{1} << 28;

int64_t at_least(Call& call, const Array<int32_t>& values, int index, int32_t least, const char* name) {
  const int32_t value = values.data[index];
  if (value < least)
    call.fail_range(std::string("expected geometry[") + std::to_string(index) + "] (" + name + ") of at least " +
                    std::to_string(least) + ", received " + std::to_string(value));
  return value;
}

// From the first row that any window touches to the last.
int64_t extent(int64_t out, int64_t stride, int64_t taps, int64_t dilation) {
  return product({out > 0 ? out - 1 : 0, stride}) + product({taps - 1, dilation}) + 1;
}

ConvCall read_conv_geometry(Call& call, int index) {
  const Array<int32_t> v = call.ints(index, "geometry", 15);
  ConvCall c;
  ConvGeometry& g = c.g;
  g.batch = at_least(call, v, 0, 0, "batch");
  g.in_height = at_least(call, v, 1, 0, "inHeight");
  g.in_width = at_least(call, v, 2, 0, "inWidth");
  g.in_channels = at_least(call, v, 3, 0, "inChannels");
  g.out_height = at_least(call, v, 4, 0, "outHeight");
  g.out_width = at_least(call, v, 5, 0, "outWidth");
  g.out_channels = at_least(call, v, 6, 0, "outChannels");
  g.filter_height = at_least(call, v, 7, 1, "filterHeight");
  g.filter_width = at_least(call, v, 8, 1, "filterWidth");
  g.stride_height = at_least(call, v, 9, 1, "strideHeight");
  g.stride_width = at_least(call, v, 10, 1, "strideWidth");
  g.dilation_height = at_least(call, v, 11, 1, "dilationHeight");
  g.dilation_width = at_least(call, v, 12, 1, "dilationWidth");
  g.pad_top = v.data[13];
  g.pad_left = v.data[14];
  c.x = product({g.batch, g.in_height, g.in_width, g.in_channels});
  c.y = product({g.batch, g.out_height, g.out_width, g.out_channels});
  const int64_t height = extent(g.out_height, g.stride_height, g.filter_height, g.dilation_height);
  const int64_t width = extent(g.out_width, g.stride_width, g.filter_width, g.dilation_width);
  const int64_t channels = g.in_channels > g.out_channels ? g.in_channels : g.out_channels;
  // The input gradient pads dy instead: by at most the filter and the input's distance from it.
  const int64_t back_height = g.out_height + extent(g.in_height, 1, g.filter_height, g.dilation_height) + (g.pad_top < 0 ? -g.pad_top : g.pad_top);
  const int64_t back_width = g.out_width + extent(g.in_width, 1, g.filter_width, g.dilation_width) + (g.pad_left < 0 ? -g.pad_left : g.pad_left);
  if (product({height, width, channels}) > kMostWindowFloats || product({back_height, back_width, channels}) > kMostWindowFloats)
    call.fail_range("expected padding, stride and dilation that leave a padded image of at most 2^28 elements, received more");
  return c;
}

}  // namespace

ConvCall read_conv(Call& call, int index) {
  ConvCall c = read_conv_geometry(call, index);
  c.filter = product({c.g.filter_height, c.g.filter_width, c.g.in_channels, c.g.out_channels});
  return c;
}

ConvCall read_depthwise(Call& call, int index) {
  ConvCall c = read_conv_geometry(call, index);
  const ConvGeometry& g = c.g;
  if (g.in_channels < 1 || g.out_channels % g.in_channels != 0)
    call.fail_range("expected outChannels to be a multiple of inChannels, received " + std::to_string(g.out_channels) +
                    " and " + std::to_string(g.in_channels));
  c.filter = product({g.filter_height, g.filter_width, g.out_channels});
  return c;
}

PoolCall read_pool(Call& call, int index) {
  const Array<int32_t> v = call.ints(index, "geometry", 14);
  PoolCall c;
  PoolGeometry& g = c.g;
  g.batch = at_least(call, v, 0, 0, "batch");
  g.in_height = at_least(call, v, 1, 0, "inHeight");
  g.in_width = at_least(call, v, 2, 0, "inWidth");
  g.channels = at_least(call, v, 3, 0, "channels");
  g.out_height = at_least(call, v, 4, 0, "outHeight");
  g.out_width = at_least(call, v, 5, 0, "outWidth");
  g.window_height = at_least(call, v, 6, 1, "windowHeight");
  g.window_width = at_least(call, v, 7, 1, "windowWidth");
  g.stride_height = at_least(call, v, 8, 1, "strideHeight");
  g.stride_width = at_least(call, v, 9, 1, "strideWidth");
  g.dilation_height = at_least(call, v, 10, 1, "dilationHeight");
  g.dilation_width = at_least(call, v, 11, 1, "dilationWidth");
  g.pad_top = v.data[12];
  g.pad_left = v.data[13];
  c.x = product({g.batch, g.in_height, g.in_width, g.channels});
  c.y = product({g.batch, g.out_height, g.out_width, g.channels});
  extent(g.out_height, g.stride_height, g.window_height, g.dilation_height);
  extent(g.out_width, g.stride_width, g.window_width, g.dilation_width);
  product({g.channels, g.window_height, g.window_width, g.out_width + 1, g.out_height + 1});
  return c;
}

GemmCall read_gemm(Call& call, int index) {
  constexpr int kFixed = 6, kMostBatchAxes = 6;
  const Array<int32_t> v = call.ints(index, "geometry");
  const int64_t batch_values = v.length - kFixed;
  if (batch_values < 0 || batch_values % 3 != 0 || batch_values / 3 > kMostBatchAxes)
    call.fail_range("expected geometry of length 6, 9, … or 24, received " + std::to_string(v.length));
  GemmCall c = {};
  for (int i = 0; i < 2; i++)
    if (v.data[i] != 0 && v.data[i] != 1) call.fail_range("expected transpose flags 0 or 1, received " + std::to_string(v.data[i]));
  c.g = {v.data[0] == 1, v.data[1] == 1, at_least(call, v, 2, 0, "m"), at_least(call, v, 3, 0, "n"), at_least(call, v, 4, 0, "k")};
  if (v.data[5] < 0 || v.data[5] >= static_cast<int>(Activation::count))
    call.fail_range("expected geometry[5] to be a code of activations, received " + std::to_string(v.data[5]));
  c.activation = static_cast<Activation>(v.data[5]);
  c.batch.rank = static_cast<int>(batch_values / 3);
  int64_t count = 1, last_a = 0, last_b = 0;
  for (int i = 0; i < c.batch.rank; i++) {
    c.batch.size[i] = at_least(call, v, kFixed + 3 * i, 0, "batch size");
    c.batch.stride_a[i] = at_least(call, v, kFixed + 3 * i + 1, 0, "batch stride of a");
    c.batch.stride_b[i] = at_least(call, v, kFixed + 3 * i + 2, 0, "batch stride of b");
    count = product({count, c.batch.size[i]});
    last_a += c.batch.size[i] > 0 ? product({c.batch.size[i] - 1, c.batch.stride_a[i]}) : 0;
    last_b += c.batch.size[i] > 0 ? product({c.batch.size[i] - 1, c.batch.stride_b[i]}) : 0;
  }
  c.c = product({count, c.g.m, c.g.n});
  c.a = count ? product({last_a + 1, c.g.m, c.g.k}) : 0;
  c.b = count ? product({last_b + 1, c.g.k, c.g.n}) : 0;
  return c;
}

BroadcastGeometry read_broadcast(Call& call, int index, int64_t a, int64_t b, int64_t y) {
  const Array<int32_t> v = call.ints_or_null(index, "geometry");
  BroadcastGeometry g = {};
  if (!v.data) {
    if (a != y && a != 1) call.expect_length("a", a, y);
    if (b != y && b != 1) call.expect_length("b", b, y);
    g.rank = 1;
    g.size[0] = y;
    g.stride_a[0] = a == y ? 1 : 0;
    g.stride_b[0] = b == y ? 1 : 0;
    return g;
  }
  if (v.length % 3 != 0 || v.length / 3 > kMaxRank)
    call.fail_range("expected geometry of at most 8 triples, received length " + std::to_string(v.length));
  g.rank = static_cast<int>(v.length / 3);
  int64_t count = 1, last_a = 0, last_b = 0;
  for (int i = 0; i < g.rank; i++) {
    g.size[i] = at_least(call, v, 3 * i, 0, "size");
    g.stride_a[i] = at_least(call, v, 3 * i + 1, 0, "stride of a");
    g.stride_b[i] = at_least(call, v, 3 * i + 2, 0, "stride of b");
    count = product({count, g.size[i]});
    last_a += g.size[i] > 0 ? product({g.size[i] - 1, g.stride_a[i]}) : 0;
    last_b += g.size[i] > 0 ? product({g.size[i] - 1, g.stride_b[i]}) : 0;
  }
  call.expect_length("y", y, count);
  if (count > 0 && last_a >= a) call.fail_range("expected strides of a within its " + std::to_string(a) + " elements, received one that reaches element " + std::to_string(last_a));
  if (count > 0 && last_b >= b) call.fail_range("expected strides of b within its " + std::to_string(b) + " elements, received one that reaches element " + std::to_string(last_b));
  return g;
}

}  // namespace ductus
