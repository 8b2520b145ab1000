#include "check.h"

namespace ductus::test {

// Each optimizer takes three steps, against the same formulas in double precision.
void test_optimizers(Suite& s) {
  Random& r = s.random;
  const int64_t n = r.between(0, 100);
  const Floats start = r.floats(n);
  const bool flag = r.chance(2), other = r.chance(2);
  const double decay = r.chance(2) ? 0.0 : 0.05, scale = r.chance(2) ? 1.0 : 0.5;
  std::vector<Floats> gradients;
  for (int i = 0; i < 3; i++) gradients.push_back(r.floats(n));
  const auto zeros = [&] { return floats_of(n); };
  const auto each = [&](auto body) {
    for (int t = 0; t < 3; t++)
      for (size_t i = 0; i < static_cast<size_t>(n); i++) body(t, i, static_cast<double>(gradients[static_cast<size_t>(t)][i]) * scale);
  };
  const auto empty = [&] { return std::vector<double>(static_cast<size_t>(n)); };

  {
    const Floats got = s.run("adam", n, [&](const Context& c, float* p) {
      std::copy(start.begin(), start.end(), p);
      Floats m = zeros(), v = zeros(), most = zeros();
      for (int t = 0; t < 3; t++)
        s.kernels.adam(c, {1e-2, 0.9, 0.99, 1e-8, decay, 1 - std::pow(0.9, t + 1), 1 - std::pow(0.99, t + 1), scale, flag}, n, p,
                       gradients[static_cast<size_t>(t)].data(), m.data(), v.data(), other ? most.data() : nullptr);
    });
    auto p = doubles(start), m = empty(), v = empty(), most = empty();
    each([&](int t, size_t i, double g) {
      if (flag) p[i] *= 1 - 1e-2 * decay;
      else g += decay * p[i];
      m[i] = 0.9 * m[i] + 0.1 * g;
      v[i] = 0.99 * v[i] + 0.01 * g * g;
      most[i] = std::fmax(most[i], v[i]);
      p[i] -= 1e-2 / (1 - std::pow(0.9, t + 1)) * m[i] / (std::sqrt((other ? most : v)[i] / (1 - std::pow(0.99, t + 1))) + 1e-8);
    });
    s.close("adam", got, p, 3e-6);
  }
  {
    const Floats got = s.run("adagrad", n, [&](const Context& c, float* p) {
      std::copy(start.begin(), start.end(), p);
      Floats sum = zeros();
      for (int t = 0; t < 3; t++) s.kernels.adagrad(c, {1e-2, 1e-10, decay, scale}, n, p, gradients[static_cast<size_t>(t)].data(), sum.data());
    });
    auto p = doubles(start), sum = empty();
    each([&](int, size_t i, double g) {
      g += decay * p[i];
      sum[i] += g * g;
      p[i] -= 1e-2 * g / (std::sqrt(sum[i]) + 1e-10);
    });
    s.close("adagrad", got, p, 3e-6);
  }
  {
    const double momentum = 0.9, dampening = flag ? 0.0 : 0.1;
    const Floats got = s.run("sgd", n, [&](const Context& c, float* p) {
      std::copy(start.begin(), start.end(), p);
      Floats buffer = floats_of(n, kNaN);  // the first step must not read it
      for (int t = 0; t < 3; t++)
        s.kernels.sgd(c, {1e-2, momentum, dampening, decay, scale, flag, t == 0}, n, p, gradients[static_cast<size_t>(t)].data(), other ? buffer.data() : nullptr);
    });
    auto p = doubles(start), buffer = empty();
    each([&](int t, size_t i, double g) {
      g += decay * p[i];
      if (other) {
        buffer[i] = t == 0 ? g : momentum * buffer[i] + (1 - dampening) * g;
        g = flag ? g + momentum * buffer[i] : buffer[i];
      }
      p[i] -= 1e-2 * g;
    });
    s.close("sgd", got, p, 3e-6);
  }
  {
    const Floats got = s.run("rmsprop", n, [&](const Context& c, float* p) {
      std::copy(start.begin(), start.end(), p);
      Floats square = zeros(), average = zeros(), buffer = zeros();
      for (int t = 0; t < 3; t++)
        s.kernels.rmsprop(c, {1e-3, 0.9, 1e-5, decay, 0.8, scale}, n, p, gradients[static_cast<size_t>(t)].data(), square.data(),
                          flag ? average.data() : nullptr, other ? buffer.data() : nullptr);
    });
    auto p = doubles(start), square = empty(), average = empty(), buffer = empty();
    each([&](int, size_t i, double g) {
      g += decay * p[i];
      square[i] = 0.9 * square[i] + 0.1 * g * g;
      average[i] = 0.9 * average[i] + 0.1 * g;
      double d = g / (std::sqrt(square[i] - (flag ? average[i] * average[i] : 0)) + 1e-5);
      buffer[i] = 0.8 * buffer[i] + d;
      p[i] -= 1e-3 * (other ? buffer[i] : d);
    });
    s.close("rmsprop", got, p, 1e-5);
  }
  const Floats x = r.floats(n);
  std::vector<double> want, averaged;
  for (size_t i = 0; i < x.size(); i++) {
    want.push_back(static_cast<double>(start[i]) + 0.3 * static_cast<double>(x[i]));
    averaged.push_back(0.9 * static_cast<double>(start[i]) + 0.1 * static_cast<double>(x[i]));
  }
  s.close("axpy", s.run("axpy", n, [&](const Context& c, float* y) {
            std::copy(start.begin(), start.end(), y);
            s.kernels.axpy(c, n, 0.3f, x.data(), y);
          }), want, 1e-6);
  s.close("ema", s.run("ema", n, [&](const Context& c, float* y) {
            std::copy(start.begin(), start.end(), y);
            s.kernels.ema(c, n, 0.9, x.data(), y);
          }), averaged, 1e-6);
}

}  // namespace ductus::test
