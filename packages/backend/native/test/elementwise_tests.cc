#include "check.h"

namespace ductus::test {

double reference_activation(Activation kind, double x) {
  switch (kind) {
    case Activation::relu: return x <= 0 ? 0 : x;
    case Activation::relu6: return x <= 0 ? 0 : (x > 6 ? 6 : x);
    case Activation::tanh: return std::tanh(x);
    case Activation::sigmoid: return 1 / (1 + std::exp(-x));
    default: return x;
  }
}

double reference_derivative(Activation kind, double y) {
  switch (kind) {
    case Activation::relu: return std::isnan(y) ? y : (y > 0 ? 1 : 0);
    case Activation::relu6: return std::isnan(y) ? y : (y > 0 && y < 6 ? 1 : 0);
    case Activation::tanh: return 1 - y * y;
    case Activation::sigmoid: return y * (1 - y);
    default: return 1;
  }
}

namespace {

double softplus(double x) { return x > 30 ? x : std::log1p(std::exp(x)); }

double reference(UnaryOp op, double x, double a, double b) {
  switch (op) {
    case UnaryOp::relu: return reference_activation(Activation::relu, x);
    case UnaryOp::relu6: return reference_activation(Activation::relu6, x);
    case UnaryOp::leakyRelu: return x < 0 ? a * x : x;
    case UnaryOp::elu: return x >= 0 ? x : a * std::expm1(x);
    case UnaryOp::selu: return x >= 0 ? 1.0507009873554805 * x : 1.0507009873554805 * 1.6732632423543772 * std::expm1(x);
    case UnaryOp::sigmoid: return 1 / (1 + std::exp(-x));
    case UnaryOp::logSigmoid: return -softplus(-x);
    case UnaryOp::softplus: return softplus(x);
    case UnaryOp::tanh: return std::tanh(x);
    case UnaryOp::exp: return std::exp(x);
    case UnaryOp::expm1: return std::expm1(x);
    case UnaryOp::log: return std::log(x);
    case UnaryOp::log1p: return std::log1p(x);
    case UnaryOp::sqrt: return std::sqrt(x);
    case UnaryOp::rsqrt: return 1 / std::sqrt(x);
    case UnaryOp::square: return x * x;
    case UnaryOp::reciprocal: return 1 / x;
    case UnaryOp::neg: return -x;
    case UnaryOp::abs: return std::fabs(x);
    case UnaryOp::sign: return x < 0 ? -1 : (x > 0 ? 1 : 0);
    case UnaryOp::step: return std::isnan(x) ? x : (x > 0 ? 1 : a);
    case UnaryOp::floor: return std::floor(x);
    case UnaryOp::ceil: return std::ceil(x);
    case UnaryOp::round: return std::nearbyint(x);
    case UnaryOp::sin: return std::sin(x);
    case UnaryOp::cos: return std::cos(x);
    case UnaryOp::erf: return std::erf(x);
    case UnaryOp::clip: return x > b ? b : (x < a ? a : x);
    default: return a * x + b;
  }
}

double reference(BinaryOp op, double a, double b) {
  const double nan = static_cast<double>(kNaN);
  const double step = std::isnan(b) ? nan : (b > 0 ? 1 : 0);
  switch (op) {
    case BinaryOp::add: return a + b;
    case BinaryOp::sub: return a - b;
    case BinaryOp::mul: return a * b;
    case BinaryOp::div: return a / b;
    case BinaryOp::divNoNan: return b == 0 ? 0 : a / b;
    case BinaryOp::maximum: return std::isnan(a) || std::isnan(b) ? nan : std::fmax(a, b);
    case BinaryOp::minimum: return std::isnan(a) || std::isnan(b) ? nan : std::fmin(a, b);
    case BinaryOp::squaredDifference: return (a - b) * (a - b);
    case BinaryOp::pow: return std::isnan(b) || (std::fabs(a) == 1 && std::isinf(b)) ? nan : std::pow(a, b);
    case BinaryOp::prelu: return a < 0 ? a * b : a;
    case BinaryOp::reluGradient: return a * step;
    case BinaryOp::relu6Gradient: return a * (b > 6 ? 0 : step);
    case BinaryOp::eluGradient: return b >= 0 ? a : a * (b + 1);
    case BinaryOp::sigmoidGradient: return a * (b * (1 - b));
    default: return a * (1 - b * b);
  }
}

// Everyday values, large ones, subnormal ones, zeros, infinities, NaN.
Floats wide_values(Random& r, int64_t n) {
  static const float edges[] = {0.0f, -0.0f, kInf, -kInf, kNaN, 1.0f, -1.0f, 6.0f, 0.5f, -0.5f, 1.5f, 2.5f, 1e-40f, -1e-40f, 88.8f, -104.5f, 3e38f, 1e-20f};
  Floats v = r.floats(n);
  for (float& x : v) {
    if (r.chance(3)) x *= 10.0f;
    else if (r.chance(5)) x *= 100.0f;
    if (r.chance(5)) x = edges[r.between(0, sizeof edges / sizeof *edges - 1)];
  }
  return v;
}

void test_unary(Suite& s) {
  Random& r = s.random;
  const int64_t n = r.chance(3) ? r.between(32000, 40000) : r.between(0, 200);
  const UnaryOp op = r.op<UnaryOp>();
  const float a = 0.25f, b = 3.0f;
  const Floats x = wide_values(r, n);
  const std::string what = "unary " + std::to_string(static_cast<int>(op));
  const Floats y = s.run(what, n, [&](const Context& c, float* out) { s.kernels.unary(c, op, n, x.data(), a, b, out); });
  std::vector<double> want;
  for (float v : x) want.push_back(reference(op, static_cast<double>(v), static_cast<double>(a), static_cast<double>(b)));
  // Cancellation leaves logSigmoid and its like an absolute error; sums of two terms too.
  const bool absolute = op == UnaryOp::affine || op == UnaryOp::sin || op == UnaryOp::cos || op == UnaryOp::softplus || op == UnaryOp::logSigmoid;
  if (absolute) {
    for (size_t i = 0; i < want.size(); i++)
      if (std::isfinite(want[i])) want[i] = std::fabs(want[i] - static_cast<double>(y[i])) <= 2e-6 * (1 + std::fabs(want[i])) ? static_cast<double>(y[i]) : want[i];
  }
  s.close_each(what, y, want, 1e-6);
  Floats in_place = x;
  s.kernels.unary(Context{2}, op, n, in_place.data(), a, b, in_place.data());
  s.equal(what + " in place", n == 0 || std::memcmp(in_place.data(), y.data(), y.size() * sizeof(float)) == 0);
}

// Random axes; each operand is broadcast along some of them.
BroadcastGeometry any_broadcast(Random& r, int64_t* a, int64_t* b, int64_t* y) {
  BroadcastGeometry g = {};
  g.rank = static_cast<int>(r.between(0, 5));
  *a = *b = *y = 1;
  const bool bias_like = r.chance(3);
  if (bias_like) g.rank = 2;
  for (int i = g.rank - 1; i >= 0; i--) {
    g.size[i] = bias_like ? r.between(1, 300) : r.chance(15) ? 0 : r.between(1, r.chance(3) ? 40 : 6);
    const bool no_a = bias_like ? false : r.chance(4), no_b = bias_like ? i == 0 : r.chance(4);
    g.stride_a[i] = no_a ? 0 : *a;
    g.stride_b[i] = no_b ? 0 : *b;
    if (!no_a) *a *= g.size[i];
    if (!no_b) *b *= g.size[i];
    *y *= g.size[i];
  }
  // Operands that are not dense in y's order, as a transposed view would be.
  if (g.rank == 2 && !bias_like && g.stride_a[0] && g.stride_a[1]) {
    g.stride_a[0] = 1;
    g.stride_a[1] = g.size[0];
  }
  if (bias_like && r.chance(2)) {
    std::swap(*a, *b);
    for (int i = 0; i < 2; i++) std::swap(g.stride_a[i], g.stride_b[i]);
  }
  return g;
}

void test_binary(Suite& s) {
  Random& r = s.random;
  int64_t a_floats, b_floats, y_floats;
  const BroadcastGeometry g = any_broadcast(r, &a_floats, &b_floats, &y_floats);
  const Floats a = wide_values(r, a_floats), b = wide_values(r, b_floats);
  const BinaryOp op = r.op<BinaryOp>();
  const CompareOp comparison = r.op<CompareOp>();
  std::string what = "binary " + std::to_string(static_cast<int>(op)) + " ";
  for (int i = 0; i < g.rank; i++)
    what += std::to_string(g.size[i]) + ":" + std::to_string(g.stride_a[i]) + ":" + std::to_string(g.stride_b[i]) + " ";
  const Floats y = s.run(what, y_floats, [&](const Context& c, float* out) { s.kernels.binary(c, op, g, a.data(), b.data(), out); });
  std::vector<uint8_t> flags(static_cast<size_t>(y_floats), 7);
  s.kernels.compare(Context{2}, comparison, g, a.data(), b.data(), flags.data());
  std::vector<double> want;
  bool flags_right = true;
  for (int64_t i = 0; i < y_floats; i++) {
    int64_t rest = i, at_a = 0, at_b = 0;
    for (int axis = g.rank - 1; axis >= 0; axis--) {
      at_a += rest % g.size[axis] * g.stride_a[axis];
      at_b += rest % g.size[axis] * g.stride_b[axis];
      rest /= g.size[axis];
    }
    const float u = a[static_cast<size_t>(at_a)], v = b[static_cast<size_t>(at_b)];
    want.push_back(reference(op, static_cast<double>(u), static_cast<double>(v)));
    const bool results[] = {u == v, u != v, u > v, u >= v, u < v, u <= v};
    flags_right = flags_right && flags[static_cast<size_t>(i)] == results[static_cast<int>(comparison)];
  }
  // 1 − b² and its like cancel near b = 1, and pass through infinity on the way; those are for the convolutions' tests.
  const bool cancels = op == BinaryOp::sigmoidGradient || op == BinaryOp::tanhGradient || op == BinaryOp::eluGradient ||
                       op == BinaryOp::squaredDifference;
  for (size_t i = 0; cancels && i < want.size(); i++)
    if (!std::isfinite(y[i]) || std::fabs(want[i] - static_cast<double>(y[i])) <= 1e-5 * (1 + std::fabs(want[i]))) want[i] = static_cast<double>(y[i]);
  s.close_each(what, y, want, 1e-6);
  s.equal("compare " + what, flags_right);
}

void test_other(Suite& s) {
  Random& r = s.random;
  const int64_t n = r.between(0, 300);
  const Floats dy = r.floats(n), y = wide_values(r, n);
  const Activation activation = r.op<Activation>();
  std::vector<double> want;
  for (size_t i = 0; i < dy.size(); i++)
    want.push_back(static_cast<double>(dy[i] * static_cast<float>(reference_derivative(activation, static_cast<double>(y[i])))));
  const Floats got = s.run("activation gradient", n, [&](const Context& c, float* out) { s.kernels.activation_gradient(c, activation, n, dy.data(), y.data(), out); });
  bool right = true;
  for (size_t i = 0; i < got.size(); i++)
    right = right && (!std::isfinite(want[i]) || !std::isfinite(got[i]) ? std::isfinite(static_cast<double>(y[i])) == false || std::fabs(y[i]) > 1e18f
                                                                        : std::fabs(static_cast<double>(got[i]) - want[i]) <= 1e-4 * (1 + std::fabs(want[i])));
  s.equal("activation gradient", right);

  const int64_t rows = r.between(1, 40), channels = r.between(1, 80);
  const Floats x = r.floats(rows * channels), bias = r.floats(channels);
  want.clear();
  for (size_t i = 0; i < x.size(); i++)
    want.push_back(reference_activation(activation, static_cast<double>(x[i]) + static_cast<double>(bias[i % bias.size()])));
  s.close("bias activation", s.run("bias activation", rows * channels, [&](const Context& c, float* out) {
            s.kernels.bias_activation(c, activation, rows, channels, x.data(), bias.data(), out);
          }), want, 1e-6);

  std::vector<uint8_t> condition(static_cast<size_t>(n));
  for (uint8_t& v : condition) v = static_cast<uint8_t>(r.between(0, 2));
  const Floats chosen = s.run("select", n, [&](const Context& c, float* out) { s.kernels.select(c, n, condition.data(), dy.data(), 1, bias.data(), 0, out); });
  right = true;
  for (size_t i = 0; i < chosen.size(); i++) right = right && chosen[i] == (condition[i] ? dy[i] : bias[0]);
  s.equal("select", right);

  const uint32_t key = static_cast<uint32_t>(r.bits());
  const double rate = r.chance(5) ? 1.0 : static_cast<double>(r.between(0, 99)) / 100;
  const uint32_t first = r.chance(2) ? 0 : static_cast<uint32_t>(r.bits());
  const Floats dropped = s.run("dropout", n, [&](const Context& c, float* out) { s.kernels.dropout(c, key, rate, first, n, dy.data(), out); });
  right = true;
  for (size_t i = 0; i < dropped.size(); i++) {
    uint32_t h = ((first + static_cast<uint32_t>(i)) * 0x9e3779b1u) ^ key;
    h = (h ^ (h >> 16)) * 0x85ebca6bu;
    h = (h ^ (h >> 13)) * 0xc2b2ae35u;
    h ^= h >> 16;
    const bool keep = (h >> 8) >= static_cast<uint32_t>(std::floor(rate * 16777216));
    right = right && dropped[i] == (keep ? dy[i] * static_cast<float>(1 / (1 - rate)) : 0.0f);
  }
  s.equal("dropout", right);
}

void test_scaled_tanh(Suite& s) {
  Random& r = s.random;
  const int64_t n = r.chance(3) ? r.between(32000, 40000) : r.between(0, 200);
  const ScaledTanh t = {r.value() * 2, r.chance(2) ? 1.716f : -0.5f};
  const double slope = static_cast<double>(t.slope), amplitude = static_cast<double>(t.amplitude);
  const Floats x = wide_values(r, n), dy = r.floats(n);
  const Floats y = s.run("scaled tanh", n, [&](const Context& c, float* out) { s.kernels.scaled_tanh(c, t, n, x.data(), out); });
  std::vector<double> want, want_dx;
  for (float v : x) want.push_back(amplitude * std::tanh(static_cast<double>(t.slope * v)));
  s.close("scaled tanh", y, want, 1e-6);
  for (size_t i = 0; i < y.size(); i++) {
    const double out = static_cast<double>(y[i]);
    want_dx.push_back(static_cast<double>(dy[i]) * slope / amplitude * (amplitude - out) * (amplitude + out));
  }
  s.close("scaled tanh gradient", s.run("scaled tanh gradient", n, [&](const Context& c, float* out) {
            s.kernels.scaled_tanh_gradient(c, t, n, dy.data(), y.data(), out);
          }), want_dx, 1e-6);
}

}  // namespace

void test_elementwise(Suite& s) {
  test_unary(s);
  test_binary(s);
  test_other(s);
  test_scaled_tanh(s);
}

}  // namespace ductus::test
