#include "check.h"

namespace ductus::test {

namespace {

PoolGeometry any_pool(Random& r) {
  PoolGeometry g;
  g.batch = r.between(0, 5);
  g.in_height = r.between(1, 12);
  g.in_width = r.between(1, 12);
  g.channels = r.chance(2) ? r.between(1, 8) : r.between(1, 40);
  g.window_height = r.between(1, 4);
  g.window_width = r.between(1, 4);
  g.stride_height = r.between(1, 3);
  g.stride_width = r.between(1, 3);
  g.dilation_height = r.chance(4) ? 2 : 1;
  g.dilation_width = r.chance(4) ? 2 : 1;
  g.pad_top = r.chance(2) ? 0 : r.between(0, 4);  // up to windows that lie wholly in the padding
  g.pad_left = r.chance(2) ? 0 : r.between(0, 4);
  g.out_height = r.between(0, 6);
  g.out_width = r.between(0, 6);
  if (r.chance(3)) {  // 2×2, tiling the image
    g.window_height = g.window_width = g.stride_height = g.stride_width = 2;
    g.dilation_height = g.dilation_width = 1;
    g.pad_top = g.pad_left = 0;
    g.out_height = g.in_height / 2;
    g.out_width = g.in_width / 2;
  }
  return g;
}

// visit(out index, in indices of its window) for every output element.
template <class Visit>
void each_window(const PoolGeometry& g, const Visit& visit) {
  for (int64_t n = 0; n < g.batch; n++)
    for (int64_t r = 0; r < g.out_height; r++)
      for (int64_t c = 0; c < g.out_width; c++)
        for (int64_t i = 0; i < g.channels; i++) {
          std::vector<size_t> window;
          for (int64_t kh = 0; kh < g.window_height; kh++)
            for (int64_t kw = 0; kw < g.window_width; kw++) {
              const int64_t h = r * g.stride_height - g.pad_top + kh * g.dilation_height;
              const int64_t w = c * g.stride_width - g.pad_left + kw * g.dilation_width;
              if (h < 0 || h >= g.in_height || w < 0 || w >= g.in_width) continue;
              window.push_back(static_cast<size_t>(((n * g.in_height + h) * g.in_width + w) * g.channels + i));
            }
          visit(static_cast<size_t>(((n * g.out_height + r) * g.out_width + c) * g.channels + i), window);
        }
}

}  // namespace

void test_pools(Suite& s) {
  Random& r = s.random;
  const PoolGeometry g = any_pool(r);
  const int64_t x_floats = g.batch * g.in_height * g.in_width * g.channels, y_floats = g.batch * g.out_height * g.out_width * g.channels;
  Floats x = r.chance(2) ? r.coarse(x_floats) : r.floats(x_floats);
  if (!x.empty())
    for (int i = 0; i < 4; i++) x[static_cast<size_t>(r.between(0, x_floats - 1))] = i == 0 ? -kInf : kNaN;
  const Floats dy = r.floats(y_floats);
  std::vector<double> want(static_cast<size_t>(y_floats)), want_dx(x.size());
  each_window(g, [&](size_t at, const std::vector<size_t>& window) {
    double most = static_cast<double>(-kInf);
    size_t taker = x.size();
    for (size_t i : window)
      if (static_cast<double>(x[i]) > most) {
        most = static_cast<double>(x[i]);
        taker = i;
      }
    want[at] = most;
    if (taker < x.size()) want_dx[taker] += static_cast<double>(dy[at]);
  });
  s.close("max pool", s.run("max pool", y_floats, [&](const Context& c, float* out) { s.kernels.max_pool(c, g, x.data(), out); }), want);
  s.close("max pool gradient",
          s.run("max pool gradient", x_floats, [&](const Context& c, float* out) { s.kernels.max_pool_gradient(c, g, x.data(), dy.data(), out); }), want_dx);

  const bool count_padding = r.chance(2);
  want_dx.assign(x.size(), 0);
  each_window(g, [&](size_t at, const std::vector<size_t>& window) {
    const double divisor = count_padding ? static_cast<double>(g.window_height * g.window_width) : static_cast<double>(window.size());
    double sum = 0;
    for (size_t i : window) {
      sum += static_cast<double>(x[i]);
      want_dx[i] += static_cast<double>(dy[at]) / divisor;
    }
    want[at] = sum / divisor;
  });
  s.close("average pool", s.run("average pool", y_floats, [&](const Context& c, float* out) { s.kernels.avg_pool(c, g, count_padding, x.data(), out); }), want);
  s.close("average pool gradient", s.run("average pool gradient", x_floats, [&](const Context& c, float* out) {
            s.kernels.avg_pool_gradient(c, g, count_padding, dy.data(), out);
          }), want_dx);
}

void test_batch_norm(Suite& s) {
  Random& r = s.random;
  const int64_t channels = r.chance(2) ? r.between(1, 12) : r.between(1, 100), rows = r.chance(4) ? r.between(1000, 3000) : r.between(1, 200);
  const int64_t floats = rows * channels;
  const std::string what = "batch norm " + std::to_string(rows) + "x" + std::to_string(channels);
  Floats x = r.floats(floats);
  for (size_t i = 0; i < x.size(); i++) x[i] += 3.0f * static_cast<float>(i % static_cast<size_t>(channels));
  const Floats dy = r.floats(floats), scale = r.floats(channels), offset = r.floats(channels);
  const bool scaled = r.chance(2), shifted = r.chance(2), joined = r.chance(2);
  const Floats residual = r.floats(floats);
  const Activation activation = r.op<Activation>();
  const float epsilon = 1e-3f;
  const size_t width = static_cast<size_t>(channels);

  const auto out = s.run(what, {floats, channels, channels, channels}, [&](const Context& c, std::vector<Floats>& o) {
    s.kernels.batch_norm_train(c, rows, channels, x.data(), scaled ? scale.data() : nullptr, shifted ? offset.data() : nullptr,
                               joined ? residual.data() : nullptr, epsilon, activation, o[0].data(), o[1].data(), o[2].data(), o[3].data());
  });
  std::vector<double> mean(width), variance(width), inverse(width), y(x.size());
  for (size_t i = 0; i < x.size(); i++) mean[i % width] += static_cast<double>(x[i]) / static_cast<double>(rows);
  for (size_t i = 0; i < x.size(); i++) variance[i % width] += std::pow(static_cast<double>(x[i]) - mean[i % width], 2) / static_cast<double>(rows);
  for (size_t c = 0; c < width; c++) inverse[c] = 1 / std::sqrt(variance[c] + static_cast<double>(epsilon));
  const auto scale_of = [&](size_t i) { return scaled ? static_cast<double>(scale[i % width]) : 1.0; };
  const auto normal = [&](size_t i) { return (static_cast<double>(x[i]) - mean[i % width]) * inverse[i % width]; };
  for (size_t i = 0; i < x.size(); i++)
    y[i] = reference_activation(activation, normal(i) * scale_of(i) + (shifted ? static_cast<double>(offset[i % width]) : 0) +
                                            (joined ? static_cast<double>(residual[i]) : 0));
  s.close(what + " mean", out[1], mean);
  s.close(what + " variance", out[2], variance);
  s.close(what + " invStd", out[3], inverse, 1e-4);
  s.close(what, out[0], y, 2e-4);

  std::vector<double> d(x.size()), d_scale(width), d_offset(width), dx(x.size());
  for (size_t i = 0; i < x.size(); i++) {
    d[i] = static_cast<double>(dy[i]) * reference_derivative(activation, static_cast<double>(out[0][i]));
    d_offset[i % width] += d[i];
    d_scale[i % width] += d[i] * normal(i);
  }
  const double n = static_cast<double>(rows);
  for (size_t i = 0; i < x.size(); i++)
    dx[i] = scale_of(i) * inverse[i % width] * (d[i] - d_offset[i % width] / n - normal(i) * d_scale[i % width] / n);
  const bool alone = !joined || r.chance(3);  // no gradient of the residual is wanted
  const float* y_again = joined || r.chance(3) ? out[0].data() : nullptr;
  const auto gradients = s.run(what + " gradient", {floats, channels, channels, alone ? 0 : floats}, [&](const Context& c, std::vector<Floats>& o) {
    s.kernels.batch_norm_gradient(c, rows, channels, x.data(), dy.data(), y_again, activation, scaled ? scale.data() : nullptr, shifted ? offset.data() : nullptr, out[1].data(), out[3].data(), o[0].data(),
                                  alone ? nullptr : o[3].data(), o[1].data(), o[2].data());
  });
  if (!alone) s.close(what + " dResidual", gradients[3], d);
  s.close(what + " dx", gradients[0], dx, 5e-4);
  s.close(what + " dScale", gradients[1], d_scale, 2e-4);
  s.close(what + " dOffset", gradients[2], d_offset);

  const Floats again = s.run(what + " inference", floats, [&](const Context& c, float* o) {
    s.kernels.batch_norm_inference(c, rows, channels, x.data(), out[1].data(), out[2].data(), scaled ? scale.data() : nullptr,
                                   shifted ? offset.data() : nullptr, joined ? residual.data() : nullptr, epsilon, activation, o);
  });
  s.close(what + " inference", again, y, 2e-4);
}

}  // namespace ductus::test
