#include "check.h"

namespace ductus::test {

void test_reductions(Suite& s) {
  Random& r = s.random;
  ReduceGeometry g = {r.between(0, 6), r.between(0, 60), r.chance(2) ? 1 : r.between(0, 80)};
  if (r.chance(4)) g = {r.between(1, 3), r.between(4000, 9000), 1};
  if (r.chance(6)) g = {1, r.between(500, 3000), r.between(1, 70)};
  const ReduceOp op = r.op<ReduceOp>();
  Floats x = r.floats(g.outer * g.size * g.inner);
  if (!x.empty() && r.chance(3)) x[static_cast<size_t>(r.between(0, static_cast<int64_t>(x.size()) - 1))] = r.chance(2) ? kNaN : kInf;
  const std::string what = "reduce " + std::to_string(static_cast<int>(op)) + " " + std::to_string(g.outer) + "x" + std::to_string(g.size) + "x" + std::to_string(g.inner);
  std::vector<double> want;
  std::vector<int32_t> want_max, want_min;
  double squares = 0;
  for (float v : x) squares += static_cast<double>(v) * static_cast<double>(v);
  for (int64_t o = 0; o < g.outer; o++)
    for (int64_t i = 0; i < g.inner; i++) {
      const auto at = [&](int64_t j) { return x[static_cast<size_t>((o * g.size + j) * g.inner + i)]; };
      double value = op == ReduceOp::max ? static_cast<double>(-kInf) : op == ReduceOp::min ? static_cast<double>(kInf) : op == ReduceOp::prod ? 1 : 0;
      int32_t most = 0, least = 0;
      for (int64_t j = 0; j < g.size; j++) {
        const double v = static_cast<double>(at(j));
        if (at(j) > at(most)) most = static_cast<int32_t>(j);
        if (at(j) < at(least)) least = static_cast<int32_t>(j);
        if (op == ReduceOp::max) value = std::isnan(v) || v > value ? v : value;
        else if (op == ReduceOp::min) value = std::isnan(v) || v < value ? v : value;
        else if (op == ReduceOp::prod) value *= v;
        else if (op == ReduceOp::sumOfSquares) value += v * v;
        else value += v;
      }
      want.push_back(op == ReduceOp::mean ? value / static_cast<double>(g.size) : value);
      want_max.push_back(most);
      want_min.push_back(least);
    }
  s.close(what, s.run(what, g.outer * g.inner, [&](const Context& c, float* out) { s.kernels.reduce(c, op, g, x.data(), out); }), want);
  std::vector<int32_t> indices(want_max.size(), -1);
  s.kernels.arg_max(Context{3}, g, x.data(), indices.data());
  s.equal("arg max", indices == want_max);
  s.kernels.arg_min(Context{3}, g, x.data(), indices.data());
  s.equal("arg min", indices == want_min);
  double sum[2];
  s.kernels.sum_of_squares(Context{1}, static_cast<int64_t>(x.size()), x.data(), &sum[0]);
  s.kernels.sum_of_squares(Context{4}, static_cast<int64_t>(x.size()), x.data(), &sum[1]);
  s.equal("sum of squares", std::memcmp(&sum[0], &sum[1], sizeof sum[0]) == 0 &&
                                (std::isfinite(squares) ? std::fabs(sum[0] - squares) <= 1e-9 * squares : !std::isfinite(sum[0])));
}

namespace {

std::vector<double> log_softmax(const float* x, int64_t classes) {
  double most = -1e300, sum = 0;
  for (int64_t c = 0; c < classes; c++) most = std::fmax(most, static_cast<double>(x[c]));
  for (int64_t c = 0; c < classes; c++) sum += std::exp(static_cast<double>(x[c]) - most);
  std::vector<double> y;
  for (int64_t c = 0; c < classes; c++) y.push_back(static_cast<double>(x[c]) - most - std::log(sum));
  return y;
}

void test_cross_entropy(Suite& s, int64_t rows, int64_t classes, const Floats& x) {
  Random& r = s.random;
  const Floats weights = r.floats(classes), d_losses = r.floats(rows);
  std::vector<int32_t> labels;
  for (int64_t i = 0; i < rows; i++) labels.push_back(r.chance(6) ? -1 : static_cast<int32_t>(r.between(0, classes - 1)));
  const CrossEntropy t = {rows, classes, r.chance(2) ? 0.0f : 0.1f, -1, labels.data(), r.chance(2) ? weights.data() : nullptr};
  std::vector<double> want, want_dx(x.size());
  for (int64_t i = 0; i < rows; i++) {
    const auto log_p = log_softmax(x.data() + i * classes, classes);
    const int32_t label = labels[static_cast<size_t>(i)];
    const auto weight = [&](int64_t c) { return t.weights ? static_cast<double>(weights[static_cast<size_t>(c)]) : 1.0; };
    double loss = 0;
    for (int64_t c = 0; label >= 0 && c < classes; c++) {
      const double share = weight(c) * (static_cast<double>(t.smoothing) / static_cast<double>(classes) + (c == label ? 1 - static_cast<double>(t.smoothing) : 0));
      loss -= share * log_p[static_cast<size_t>(c)];
      for (int64_t d = 0; d < classes; d++)
        want_dx[static_cast<size_t>(i * classes + d)] +=
            static_cast<double>(d_losses[static_cast<size_t>(i)]) * share * (std::exp(log_p[static_cast<size_t>(d)]) - (c == d ? 1 : 0));
    }
    want.push_back(loss);
  }
  s.close("cross-entropy", s.run("cross-entropy", rows, [&](const Context& c, float* out) { s.kernels.cross_entropy(c, t, x.data(), out); }), want);
  s.close("cross-entropy gradient", s.run("cross-entropy gradient", rows * classes, [&](const Context& c, float* out) {
            s.kernels.cross_entropy_gradient(c, t, x.data(), d_losses.data(), 1, out);
          }), want_dx);
}

// The loss as the sum over all ways, found by trying every one of classes^steps.
double ctc_by_enumeration(const float* logits, int64_t steps, int64_t classes, int64_t blank, const int32_t* labels, int64_t length) {
  std::vector<std::vector<double>> log_p;
  for (int64_t t = 0; t < steps; t++) log_p.push_back(log_softmax(logits + t * classes, classes));
  double total = 0;
  std::vector<int64_t> path(static_cast<size_t>(steps));
  int64_t paths = 1;
  for (int64_t t = 0; t < steps; t++) paths *= classes;
  for (int64_t p = 0; p < paths; p++) {
    int64_t rest = p, last = blank;
    double log_probability = 0;
    std::vector<int32_t> spelled;
    for (int64_t t = 0; t < steps; t++) {
      const int64_t symbol = rest % classes;
      rest /= classes;
      log_probability += log_p[static_cast<size_t>(t)][static_cast<size_t>(symbol)];
      if (symbol != blank && symbol != last) spelled.push_back(static_cast<int32_t>(symbol));
      last = symbol;
    }
    if (spelled == std::vector<int32_t>(labels, labels + length)) total += std::exp(log_probability);
  }
  return -std::log(total);
}

void test_ctc(Suite& s) {
  Random& r = s.random;
  const CtcGeometry g = {r.between(1, 3), r.between(1, 5), r.between(2, 4), r.between(0, 3), 0};
  Floats x = r.floats(g.batch * g.steps * g.classes);
  std::vector<int32_t> labels, steps, lengths;
  for (int64_t n = 0; n < g.batch; n++) {
    steps.push_back(static_cast<int32_t>(r.between(0, g.steps)));
    lengths.push_back(static_cast<int32_t>(r.between(0, g.max_labels)));
    for (int64_t i = 0; i < g.max_labels; i++) labels.push_back(static_cast<int32_t>(r.between(1, g.classes - 1)));
  }
  const auto loss_of = [&](int64_t n) {
    return ctc_by_enumeration(x.data() + n * g.steps * g.classes, steps[static_cast<size_t>(n)], g.classes, g.blank,
                              labels.data() + n * g.max_labels, lengths[static_cast<size_t>(n)]);
  };
  const auto out = s.run("ctc", {g.batch, g.batch * g.steps * g.classes}, [&](const Context& c, std::vector<Floats>& o) {
    s.kernels.ctc_loss(c, g, x.data(), labels.data(), steps.data(), lengths.data(), o[0].data(), o[1].data());
  });
  std::vector<double> want, want_dx(x.size());
  for (int64_t n = 0; n < g.batch; n++) want.push_back(loss_of(n));
  for (size_t i = 0; i < x.size(); i++) {
    const int64_t n = static_cast<int64_t>(i) / (g.steps * g.classes);
    if (std::isinf(want[static_cast<size_t>(n)])) continue;
    const float keep = x[i], step = 1.0f / 256;
    x[i] = keep + step;
    const double above = loss_of(n);
    x[i] = keep - step;
    const double below = loss_of(n);
    x[i] = keep;
    want_dx[i] = (above - below) / (2 * static_cast<double>(step));
  }
  s.close("ctc loss", out[0], want, 1e-5);
  s.close("ctc gradient", out[1], want_dx, 1e-4);
}

}  // namespace

void test_rows(Suite& s) {
  Random& r = s.random;
  const int64_t rows = r.between(0, 40), classes = r.chance(4) ? r.between(100, 700) : r.between(1, 50);
  Floats x = r.floats(rows * classes);
  for (float& v : x) v *= 8;
  const Floats dy = r.floats(rows * classes);
  std::vector<double> log_p, p;
  for (int64_t i = 0; i < rows; i++)
    for (double v : log_softmax(x.data() + i * classes, classes)) {
      log_p.push_back(v);
      p.push_back(std::exp(v));
    }
  const Floats y = s.run("softmax", rows * classes, [&](const Context& c, float* out) { s.kernels.softmax(c, rows, classes, x.data(), out); });
  s.close("softmax", y, p, 1e-6);
  const Floats log_y = s.run("log softmax", rows * classes, [&](const Context& c, float* out) { s.kernels.log_softmax(c, rows, classes, x.data(), out); });
  s.close("log softmax", log_y, log_p, 1e-6);
  std::vector<double> want, want_log;
  for (int64_t i = 0; i < rows; i++) {
    double dot = 0, sum = 0;
    const size_t begin = static_cast<size_t>(i * classes), end = begin + static_cast<size_t>(classes);
    for (size_t j = begin; j < end; j++) {
      dot += p[j] * static_cast<double>(dy[j]);
      sum += static_cast<double>(dy[j]);
    }
    for (size_t j = begin; j < end; j++) {
      want.push_back(p[j] * (static_cast<double>(dy[j]) - dot));
      want_log.push_back(static_cast<double>(dy[j]) - p[j] * sum);
    }
  }
  s.close("softmax gradient", s.run("softmax gradient", rows * classes, [&](const Context& c, float* out) {
            s.kernels.softmax_gradient(c, rows, classes, y.data(), dy.data(), out);
          }), want);
  s.close("log softmax gradient", s.run("log softmax gradient", rows * classes, [&](const Context& c, float* out) {
            s.kernels.log_softmax_gradient(c, rows, classes, log_y.data(), dy.data(), out);
          }), want_log);
  test_cross_entropy(s, rows, classes, x);
  test_ctc(s);
}

}  // namespace ductus::test
