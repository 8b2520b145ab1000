#include "check.h"

namespace ductus::test {

namespace {

std::vector<double> reference(const GemmGeometry& g, const float* a, const float* b, const float* bias, Activation activation) {
  std::vector<double> c(static_cast<size_t>(g.m * g.n));
  for (int64_t i = 0; i < g.m; i++)
    for (int64_t j = 0; j < g.n; j++) {
      double sum = bias ? static_cast<double>(bias[j]) : 0;
      for (int64_t k = 0; k < g.k; k++)
        sum += static_cast<double>(g.transpose_a ? a[k * g.m + i] : a[i * g.k + k]) * static_cast<double>(g.transpose_b ? b[j * g.k + k] : b[k * g.n + j]);
      c[static_cast<size_t>(i * g.n + j)] = reference_activation(activation, sum);
    }
  return c;
}

int64_t any_size(Random& r) {
  switch (r.between(0, 5)) {
    case 0: return r.between(0, 3);
    case 1: return r.between(1, 20);
    case 2: return r.between(90, 110);
    default: return r.between(1, 70);
  }
}

}  // namespace

void test_matrices(Suite& s) {
  Random& r = s.random;
  GemmGeometry g = {r.chance(2), r.chance(2), any_size(r), any_size(r), any_size(r)};
  if (r.chance(6)) g = {r.chance(2), r.chance(2), r.between(1, 30), r.between(1, 40), r.between(2048, 2500)};  // k is split
  if (r.chance(8)) g = {r.chance(2), r.chance(2), r.between(100, 200), r.between(30, 90), r.between(380, 900)};  // k in blocks
  if (r.chance(20)) g = {false, r.chance(2), r.between(1, 6), r.between(4090, 4200), r.between(1, 9)};  // columns in blocks
  const std::string what = "sgemm " + std::to_string(g.transpose_a) + std::to_string(g.transpose_b) + " " + std::to_string(g.m) + "x" +
                           std::to_string(g.n) + "x" + std::to_string(g.k);
  const Floats bias = r.floats(g.n);
  const float* bias_or_null = r.chance(2) ? bias.data() : nullptr;
  const Activation activation = r.op<Activation>();
  {
    const Floats a = r.floats(g.m * g.k), b = r.floats(g.k * g.n);
    const Floats c = s.run(what, g.m * g.n, [&](const Context& x, float* out) { s.kernels.sgemm(x, g, a.data(), b.data(), bias_or_null, activation, out); });
    s.close(what, c, reference(g, a.data(), b.data(), bias_or_null, activation));
  }
  // A batch [p, q]; a is broadcast along q, b along p.
  g = {r.chance(2), r.chance(2), r.between(1, 20), r.between(1, 40), r.between(1, 20)};
  const int64_t p = r.between(1, 4), q = r.between(1, 5);
  const BroadcastGeometry batch = {2, {p, q}, {1, 0}, {0, 1}};
  const Floats a = r.floats(p * g.m * g.k), b = r.floats(q * g.k * g.n), column_bias = r.floats(g.n);
  const Floats c = s.run("batch " + what, p * q * g.m * g.n, [&](const Context& x, float* out) {
    s.kernels.sgemm_batch(x, g, batch, a.data(), b.data(), column_bias.data(), activation, out);
  });
  std::vector<double> want;
  for (int64_t i = 0; i < p; i++)
    for (int64_t j = 0; j < q; j++) {
      const auto one = reference(g, a.data() + i * g.m * g.k, b.data() + j * g.k * g.n, column_bias.data(), activation);
      want.insert(want.end(), one.begin(), one.end());
    }
  s.close("batch sgemm", c, want);
}

}  // namespace ductus::test
