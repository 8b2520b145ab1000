#include "check.h"

namespace ductus::test {

namespace {

int64_t out_size(int64_t in, int64_t filter, int64_t stride, int64_t dilation, int64_t pad_before, int64_t pad_after) {
  const int64_t reach = (filter - 1) * dilation + 1;
  return in + pad_before + pad_after < reach ? 0 : (in + pad_before + pad_after - reach) / stride + 1;
}

ConvGeometry any_geometry(Random& r) {
  ConvGeometry g;
  g.batch = r.chance(12) ? 0 : r.chance(4) ? r.between(8, 20) : r.between(1, 4);
  g.in_height = r.between(1, 14);
  g.in_width = r.between(1, 17);
  g.in_channels = r.chance(3) ? r.between(1, 4) : r.between(1, 40);
  g.out_channels = r.chance(3) ? r.between(1, 8) : r.between(1, 70);
  g.filter_height = r.between(1, 5);
  g.filter_width = r.between(1, 5);
  g.stride_height = r.chance(2) ? 1 : r.between(1, 4);
  g.stride_width = r.chance(2) ? g.stride_height : r.between(1, 3);
  g.dilation_height = r.chance(3) ? r.between(1, 3) : 1;
  g.dilation_width = r.chance(3) ? r.between(1, 3) : 1;
  // The usual 3×3, same, stride 1, with sizes that fill tiles.
  if (r.chance(4)) {
    g.filter_height = g.filter_width = 3;
    g.stride_height = g.stride_width = g.dilation_height = g.dilation_width = 1;
    g.in_height = g.in_width = r.chance(2) ? 14 : r.between(4, 16);
  }
  g.pad_top = r.chance(2) ? g.filter_height / 2 : r.between(0, 5);
  g.pad_left = r.chance(2) ? g.filter_width / 2 : r.between(0, 5);
  g.out_height = out_size(g.in_height, g.filter_height, g.stride_height, g.dilation_height, g.pad_top, r.chance(2) ? g.pad_top : r.between(0, 4));
  g.out_width = out_size(g.in_width, g.filter_width, g.stride_width, g.dilation_width, g.pad_left, r.chance(2) ? g.pad_left : r.between(0, 4));
  return g;
}

std::string name_of(const ConvGeometry& g) {
  std::string text;
  for (int64_t v : {g.batch, g.in_height, g.in_width, g.in_channels, g.out_height, g.out_width, g.out_channels, g.filter_height, g.filter_width,
                    g.stride_height, g.stride_width, g.dilation_height, g.dilation_width, g.pad_top, g.pad_left})
    text += (text.empty() ? "" : ",") + std::to_string(v);
  return "[" + text + "]";
}

// visit(x index, filter index, y index) for every product of the convolution.
template <class Visit>
void each_product(const ConvGeometry& g, bool depthwise, const Visit& visit) {
  const int64_t multiplier = depthwise ? g.out_channels / g.in_channels : 1;
  for (int64_t n = 0; n < g.batch; n++)
    for (int64_t r = 0; r < g.out_height; r++)
      for (int64_t c = 0; c < g.out_width; c++)
        for (int64_t kh = 0; kh < g.filter_height; kh++)
          for (int64_t kw = 0; kw < g.filter_width; kw++) {
            const int64_t h = r * g.stride_height - g.pad_top + kh * g.dilation_height;
            const int64_t w = c * g.stride_width - g.pad_left + kw * g.dilation_width;
            if (h < 0 || h >= g.in_height || w < 0 || w >= g.in_width) continue;
            const int64_t x = ((n * g.in_height + h) * g.in_width + w) * g.in_channels;
            const int64_t y = ((n * g.out_height + r) * g.out_width + c) * g.out_channels;
            const int64_t tap = kh * g.filter_width + kw;
            if (depthwise)
              for (int64_t o = 0; o < g.out_channels; o++) visit(x + o / multiplier, tap * g.out_channels + o, y + o);
            else
              for (int64_t i = 0; i < g.in_channels; i++)
                for (int64_t o = 0; o < g.out_channels; o++) visit(x + i, (tap * g.in_channels + i) * g.out_channels + o, y + o);
          }
}

// Sets some of the pixels to 0 in all channels, rows and more at a time.
void blank_some(Random& r, int64_t pixels, int64_t channels, Floats& values) {
  for (int64_t begin = 0; begin < pixels;) {
    const int64_t end = std::min(pixels, begin + r.between(1, 200));
    if (r.chance(2)) std::fill(values.begin() + begin * channels, values.begin() + end * channels, 0.0f);
    begin = end;
  }
}

void test_all(Suite& s, const ConvGeometry& g, bool depthwise) {
  Random& r = s.random;
  const KernelTable& k = s.kernels;
  const int64_t x_floats = g.batch * g.in_size(), y_floats = g.batch * g.out_size();
  const int64_t filter_floats = g.taps() * g.out_channels * (depthwise ? 1 : g.in_channels);
  Floats x = r.floats(x_floats), filter = r.floats(filter_floats), dy = r.floats(y_floats);
  const Floats bias = r.floats(g.out_channels);
  if (r.chance(3)) {
    blank_some(r, g.batch * g.in_height * g.in_width, g.in_channels, x);
    blank_some(r, g.batch * g.out_height * g.out_width, g.out_channels, dy);
  }
  // NaN and infinity reach what they take part in and nothing else: padding does not.
  if (r.chance(4))
    for (Floats* some : {&x, &filter, &dy})
      if (r.chance(2) && !some->empty()) (*some)[static_cast<size_t>(r.between(0, static_cast<int64_t>(some->size()) - 1))] = r.chance(2) ? kNaN : r.chance(2) ? kInfinite : -kInfinite;
  const float* bias_or_null = r.chance(2) ? bias.data() : nullptr;
  const Activation activation = r.op<Activation>();
  // Winograd's method, which 3×3 filters of stride 1 may take, is allowed a larger error.
  const double tolerance = g.taps() == 9 && g.stride_height == 1 && g.stride_width == 1 ? 1e-4 : 2e-5;
  const std::string what = (depthwise ? "depthwise " : "conv ") + name_of(g);

  const Floats y = s.run(what, y_floats, [&](const Context& c, float* out) {
    (depthwise ? k.depthwise_forward : k.conv_forward)(c, g, x.data(), filter.data(), bias_or_null, activation, out);
  });
  std::vector<double> want_y(static_cast<size_t>(y_floats));
  for (size_t i = 0; i < want_y.size(); i++) want_y[i] = bias_or_null ? static_cast<double>(bias[i % static_cast<size_t>(g.out_channels)]) : 0;
  // What sees nothing but zeros is the bias, exactly: by definition a ReLU there is dead.
  std::vector<bool> sees(want_y.size());
  std::vector<double> blank_y = want_y;
  each_product(g, depthwise, [&](int64_t i, int64_t f, int64_t o) {
    if (x[static_cast<size_t>(i)] * filter[static_cast<size_t>(f)] != 0.0f) sees[static_cast<size_t>(o)] = true;
    want_y[static_cast<size_t>(o)] += static_cast<double>(x[static_cast<size_t>(i)]) * static_cast<double>(filter[static_cast<size_t>(f)]);
  });
  for (double& v : want_y) v = reference_activation(activation, v);
  s.close(what + " forward", y, want_y, tolerance);
  bool exact = true;
  if (activation == Activation::linear || activation == Activation::relu)
    for (size_t i = 0; i < y.size(); i++) exact &= sees[i] || static_cast<double>(y[i]) == reference_activation(activation, blank_y[i]);
  s.equal(what + " forward of zeros", exact);

  std::vector<double> d(static_cast<size_t>(y_floats)), want_filter(filter.size()), want_bias(bias.size()), want_x(x.size());
  for (size_t i = 0; i < d.size(); i++) {
    d[i] = static_cast<double>(dy[i]) * reference_derivative(activation, static_cast<double>(y[i]));
    want_bias[i % bias.size()] += d[i];
  }
  std::vector<bool> gets(want_x.size());
  each_product(g, depthwise, [&](int64_t i, int64_t f, int64_t o) {
    if (filter[static_cast<size_t>(f)] * d[static_cast<size_t>(o)] != 0) gets[static_cast<size_t>(i)] = true;
    want_filter[static_cast<size_t>(f)] += static_cast<double>(x[static_cast<size_t>(i)]) * d[static_cast<size_t>(o)];
    want_x[static_cast<size_t>(i)] += static_cast<double>(filter[static_cast<size_t>(f)]) * d[static_cast<size_t>(o)];
  });
  const float* y_or_null = activation == Activation::linear ? nullptr : y.data();
  const bool with_bias = r.chance(2);
  const auto gradients = s.run(what + " filter gradient", {filter_floats, with_bias ? g.out_channels : 0}, [&](const Context& c, std::vector<Floats>& out) {
    (depthwise ? k.depthwise_filter_gradient : k.conv_filter_gradient)(c, g, x.data(), dy.data(), y_or_null, activation, out[0].data(),
                                                                       with_bias ? out[1].data() : nullptr);
  });
  s.close(what + " filter gradient", gradients[0], want_filter, tolerance);
  if (with_bias) s.close(what + " bias gradient", gradients[1], want_bias);
  const Floats dx = s.run(what + " input gradient", x_floats, [&](const Context& c, float* out) {
    (depthwise ? k.depthwise_input_gradient : k.conv_input_gradient)(c, g, dy.data(), y_or_null, activation, filter.data(), out);
  });
  s.close(what + " input gradient", dx, want_x, tolerance);
  exact = true;
  for (size_t i = 0; i < dx.size(); i++) exact &= gets[i] || dx[i] == 0.0f;
  s.equal(what + " input gradient of zeros", exact);
}

}  // namespace

void test_convolutions(Suite& s) { test_all(s, any_geometry(s.random), false); }

void test_depthwise(Suite& s) {
  ConvGeometry g = any_geometry(s.random);
  g.out_channels = g.in_channels * (s.random.chance(2) ? 1 : s.random.between(1, 3));
  test_all(s, g, true);
}

}  // namespace ductus::test
