// Depthwise convolution. The window of an image is copied with each channel repeated `multiplier` times, after which
// every output channel has an input channel of its own and all loops run along the channels.
#include "../engine/scratch.h"
#include "each_vector.h"
#include "kernels.h"
#include "padded_image.h"
#include "parallel.h"

namespace ductus::DUCTUS_ISA {
namespace {

constexpr int64_t kMostShards = 8;

struct Window {
  int64_t height, width, multiplier;
  explicit Window(const ConvGeometry& g)
      : height((g.out_height - 1) * g.stride_height + (g.filter_height - 1) * g.dilation_height + 1),
        width((g.out_width - 1) * g.stride_width + (g.filter_width - 1) * g.dilation_width + 1),
        multiplier(g.out_channels / g.in_channels) {}
};

// Copies the window of one image, channels repeated; `narrow` holds as many pixels of inChannels.
void copy_repeated(const ConvGeometry& g, const Window& w, const float* x, float* narrow, float* to) {
  const ImageWindow extent = {-g.pad_top, -g.pad_left, w.height, w.width};
  copy_window(x, nullptr, Activation::linear, g.in_height, g.in_width, g.in_channels, extent, w.multiplier == 1 ? to : narrow);
  if (w.multiplier == 1) return;
  for (int64_t i = 0; i < w.height * w.width * g.in_channels; i++)
    for (int64_t m = 0; m < w.multiplier; m++) *to++ = narrow[i];
}

// Where tap (kh, kw) of output pixel (r, c) lies in the window.
DUCTUS_INLINE int64_t tap_at(const ConvGeometry& g, const Window& w, int64_t r, int64_t c, int64_t kh, int64_t kw) {
  return ((r * g.stride_height + kh * g.dilation_height) * w.width + c * g.stride_width + kw * g.dilation_width) * g.out_channels;
}

// Taps of the windows at `out` that lie in the image: others take no part, as 0 · NaN would.
struct TapRange {
  int64_t begin, end;
};
TapRange taps_inside(int64_t out, int64_t stride, int64_t pad, int64_t taps, int64_t dilation, int64_t in) {
  const int64_t first = out * stride - pad;
  const int64_t begin = first < 0 ? ceil_div(-first, dilation) : 0;
  const int64_t end = first >= in ? 0 : least(taps, ceil_div(in - first, dilation));
  return {begin, greatest(begin, end)};
}
TapRange rows_inside(const ConvGeometry& g, int64_t r) {
  return taps_inside(r, g.stride_height, g.pad_top, g.filter_height, g.dilation_height, g.in_height);
}
TapRange columns_inside(const ConvGeometry& g, int64_t c) {
  return taps_inside(c, g.stride_width, g.pad_left, g.filter_width, g.dilation_width, g.in_width);
}

const float* gradient_before(const ConvGeometry& g, const float* dy, const float* y, Activation activation, float* buffer) {
  if (!y) return dy;
  with_activation(activation, [&]<Activation kind>() { multiply_derivative<kind>(dy, y, g.out_size(), buffer); });
  return buffer;
}

bool is_empty(const ConvGeometry& g) { return g.batch * g.out_size() == 0; }

int64_t images_grain(const ConvGeometry& g) { return ceil_div(kGrain, g.out_size() * g.taps() + 1); }

}  // namespace

void depthwise_forward(const Context& context, const ConvGeometry& g, const float* x, const float* filter,
                       const float* bias, Activation activation, float* y) {
  if (is_empty(g)) return;
  const Window w(g);
  for_ranges(context, g.batch, images_grain(g), [&](int64_t begin, int64_t end) {
    const Scratch narrow(w.height * w.width * g.in_channels), window(w.height * w.width * g.out_channels);
    for (int64_t n = begin; n < end; n++) {
      copy_repeated(g, w, x + n * g.in_size(), narrow.data(), window.data());
      float* to = y + n * g.out_size();
      for (int64_t r = 0; r < g.out_height; r++)
        for (int64_t c = 0; c < g.out_width; c++, to += g.out_channels) {
          const TapRange v = rows_inside(g, r), h = columns_inside(g, c);
          each_vector(0, g.out_channels, [&](int64_t i, auto lanes) {
            F sum = bias ? lanes.read(bias + i) : F{};
            for (int64_t kh = v.begin; kh < v.end; kh++)
              for (int64_t kw = h.begin; kw < h.end; kw++)
                sum += lanes.read(window.data() + tap_at(g, w, r, c, kh, kw) + i) *
                       lanes.read(filter + (kh * g.filter_width + kw) * g.out_channels + i);
            lanes.write(to + i, sum);
          });
        }
      if (activation != Activation::linear) activate_in_place(activation, g.out_size(), y + n * g.out_size());
    }
  });
}

void depthwise_filter_gradient(const Context& context, const ConvGeometry& g, const float* x, const float* dy,
                               const float* y, Activation activation, float* d_filter, float* d_bias) {
  const int64_t filter_floats = g.taps() * g.out_channels, floats = filter_floats + g.out_channels;
  if (is_empty(g)) {
    std::memset(d_filter, 0, sizeof(float) * static_cast<size_t>(filter_floats));
    if (d_bias) std::memset(d_bias, 0, sizeof(float) * static_cast<size_t>(g.out_channels));
    return;
  }
  const Window w(g);
  const int64_t shards = least(kMostShards, ceil_div(g.batch, images_grain(g)));
  const Scratch sums(shards * floats);
  for_shards(context, shards, [&](int64_t shard) {
    const Scratch narrow(w.height * w.width * g.in_channels), window(w.height * w.width * g.out_channels);
    const Scratch buffer(y ? g.out_size() : 0);
    // Added up by row, image and shard, so that many small terms don't vanish beside a large sum.
    float* own = sums.data() + shard * floats;
    std::memset(own, 0, sizeof(float) * static_cast<size_t>(floats));
    const int64_t end = part_begin(g.batch, shards, shard + 1);
    for (int64_t n = part_begin(g.batch, shards, shard); n < end; n++) {
      copy_repeated(g, w, x + n * g.in_size(), narrow.data(), window.data());
      const int64_t at = n * g.out_size();
      const float* d = gradient_before(g, dy + at, y ? y + at : nullptr, activation, buffer.data());
      const auto add = [&](float* to, TapRange rows, TapRange columns, const auto& value) {
        each_vector(0, g.out_channels, [&](int64_t i, auto lanes) {
          F image = {};
          for (int64_t r = rows.begin; r < rows.end; r++) {
            F row = {};
            for (int64_t c = columns.begin; c < columns.end; c++)
              row += value(r, c, i, lanes, lanes.read(d + (r * g.out_width + c) * g.out_channels + i));
            image += row;
          }
          lanes.write(to + i, lanes.read(to + i) + image);
        });
      };
      for (int64_t kh = 0; kh < g.filter_height; kh++)
        for (int64_t kw = 0; kw < g.filter_width; kw++) {
          // As a tap of a window, so an output of a tap: stride and dilation change places.
          const TapRange rows = taps_inside(kh, g.dilation_height, g.pad_top, g.out_height, g.stride_height, g.in_height);
          const TapRange columns = taps_inside(kw, g.dilation_width, g.pad_left, g.out_width, g.stride_width, g.in_width);
          add(own + (kh * g.filter_width + kw) * g.out_channels, rows, columns, [&](int64_t r, int64_t c, int64_t i, auto lanes, F gradient) {
            return gradient * lanes.read(window.data() + tap_at(g, w, r, c, kh, kw) + i);
          });
        }
      add(own + filter_floats, {0, g.out_height}, {0, g.out_width}, [](int64_t, int64_t, int64_t, auto, F gradient) { return gradient; });
    }
  });
  for (int64_t i = 0; i < floats; i++) {
    double sum = 0;
    for (int64_t s = 0; s < shards; s++) sum += static_cast<double>(sums.data()[s * floats + i]);
    if (i < filter_floats) d_filter[i] = static_cast<float>(sum);
    else if (d_bias) d_bias[i - filter_floats] = static_cast<float>(sum);
  }
}

void depthwise_input_gradient(const Context& context, const ConvGeometry& g, const float* dy, const float* y,
                              Activation activation, const float* filter, float* dx) {
  if (is_empty(g)) {
    std::memset(dx, 0, sizeof(float) * static_cast<size_t>(g.batch * g.in_size()));
    return;
  }
  const Window w(g);
  for_ranges(context, g.batch, images_grain(g), [&](int64_t begin, int64_t end) {
    const int64_t window_floats = w.height * w.width * g.out_channels;
    const Scratch window(window_floats), buffer(y ? g.out_size() : 0);
    for (int64_t n = begin; n < end; n++) {
      std::memset(window.data(), 0, sizeof(float) * static_cast<size_t>(window_floats));
      const int64_t at = n * g.out_size();
      const float* d = gradient_before(g, dy + at, y ? y + at : nullptr, activation, buffer.data());
      for (int64_t r = 0; r < g.out_height; r++)
        for (int64_t c = 0; c < g.out_width; c++, d += g.out_channels)
          each_vector(0, g.out_channels, [&](int64_t i, auto lanes) {
            const F gradient = lanes.read(d + i);
            for (int64_t kh = 0; kh < g.filter_height; kh++)
              for (int64_t kw = 0; kw < g.filter_width; kw++) {
                float* to = window.data() + tap_at(g, w, r, c, kh, kw) + i;
                lanes.write(to, lanes.read(to) + gradient * lanes.read(filter + (kh * g.filter_width + kw) * g.out_channels + i));
              }
          });
      // The window may end short of the image, or reach beyond it.
      float* to = dx + n * g.in_size();
      for (int64_t r = 0; r < g.in_height; r++)
        for (int64_t c = 0; c < g.in_width; c++, to += g.in_channels) {
          const int64_t row = r + g.pad_top, column = c + g.pad_left;
          const bool inside = row >= 0 && row < w.height && column >= 0 && column < w.width;
          const float* from = window.data() + (inside ? row * w.width + column : 0) * g.out_channels;
          for (int64_t i = 0; i < g.in_channels; i++) {
            float sum = 0;
            for (int64_t m = 0; inside && m < w.multiplier; m++) sum += from[i * w.multiplier + m];
            to[i] = sum;
          }
        }
    }
  });
}

}  // namespace ductus::DUCTUS_ISA
