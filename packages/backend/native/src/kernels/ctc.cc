// Connectionist temporal classification (Graves et al. 2006): loss and gradient by the forward-backward algorithm, in
// the logarithm and double precision. A sequence is one shard.
#include <cmath>

#include "../engine/scratch.h"
#include "kernels.h"
#include "rows.h"

namespace ductus::DUCTUS_ISA {
namespace {

constexpr double kLogZero = -__builtin_inf();

double log_add(double a, double b) {
  if (a < b) {
    const double c = a;
    a = b;
    b = c;
  }
  return b == kLogZero ? a : a + log1p(exp(b - a));
}

struct Sequence {
  const CtcGeometry& g;
  const float* logits;     // [steps, classes]
  const int32_t* labels;
  int64_t steps, states;   // states: a blank before, between and after the labels

  int64_t symbol(int64_t state) const { return state % 2 ? labels[state / 2] : g.blank; }
  // A label may follow the label before it without a blank, unless they are the same.
  bool skips(int64_t state) const { return state % 2 && state >= 2 && labels[state / 2] != labels[state / 2 - 1]; }
};

// The log-probability of each state's symbol at each step; normalizers[t] = log Σ exp(logits of t).
void emissions(const Sequence& q, double* normalizers, double* emission) {
  for (int64_t t = 0; t < q.steps; t++) {
    const float* x = q.logits + t * q.g.classes;
    const float max = row_max(x, q.g.classes);
    const float sum = row_exponentials(x, q.g.classes, max, [](int64_t, auto, F) {});
    normalizers[t] = static_cast<double>(max) + log(static_cast<double>(sum));
    for (int64_t s = 0; s < q.states; s++)
      emission[t * q.states + s] = static_cast<double>(x[q.symbol(s)]) - normalizers[t];
  }
}

// forward[t][s]: log-probability of all ways to be in state s at step t, emissions up to t included.
double forward_pass(const Sequence& q, const double* emission, double* forward) {
  for (int64_t t = 0; t < q.steps; t++)
    for (int64_t s = 0; s < q.states; s++) {
      double from = t == 0 ? (s < 2 ? 0.0 : kLogZero) : forward[(t - 1) * q.states + s];
      if (t > 0) {
        const double* before = forward + (t - 1) * q.states;
        if (s >= 1) from = log_add(from, before[s - 1]);
        if (q.skips(s)) from = log_add(from, before[s - 2]);
      }
      forward[t * q.states + s] = from + emission[t * q.states + s];
    }
  const double* last = forward + (q.steps - 1) * q.states;
  return q.states > 1 ? log_add(last[q.states - 1], last[q.states - 2]) : last[0];
}

// backward[s] at step t: log-probability of all ways on from state s, emissions from t + 1 on. Adds each state's share to
// the gradient, last step first.
void backward_pass(const Sequence& q, const double* normalizers, const double* emission, const double* forward,
                   double log_probability, double* backward, double* next, float* gradient) {
  for (int64_t t = q.steps - 1; t >= 0; t--) {
    for (int64_t s = 0; s < q.states; s++) {
      if (t == q.steps - 1) {
        backward[s] = s >= q.states - 2 ? 0.0 : kLogZero;
        continue;
      }
      const double* ahead = emission + (t + 1) * q.states;
      double on = next[s] + ahead[s];
      if (s + 1 < q.states) on = log_add(on, next[s + 1] + ahead[s + 1]);
      if (s + 2 < q.states && q.skips(s + 2)) on = log_add(on, next[s + 2] + ahead[s + 2]);
      backward[s] = on;
    }
    const float* x = q.logits + t * q.g.classes;
    float* d = gradient + t * q.g.classes;
    const F shift = splat(static_cast<float>(normalizers[t]));
    each_vector(0, q.g.classes, [&](int64_t i, auto lanes) { lanes.write(d + i, vexp(lanes.read(x + i) - shift)); });
    for (int64_t s = 0; s < q.states; s++)
      d[q.symbol(s)] -= static_cast<float>(exp(forward[t * q.states + s] + backward[s] - log_probability));
    double* swap = backward;
    backward = next;
    next = swap;
  }
}

}  // namespace

void ctc_loss(const Context& context, const CtcGeometry& g, const float* logits, const int32_t* labels,
              const int32_t* logit_lengths, const int32_t* label_lengths, float* losses, float* d_logits) {
  for_shards(context, g.batch, [&](int64_t n) {
    const int64_t first = n * g.steps * g.classes;
    const Sequence q = {g, logits + first, labels + n * g.max_labels, logit_lengths[n], 2 * int64_t{label_lengths[n]} + 1};
    const auto clear_from = [&](int64_t step) {
      if (d_logits)
        std::memset(d_logits + first + step * g.classes, 0, sizeof(float) * static_cast<size_t>((g.steps - step) * g.classes));
    };
    clear_from(q.steps);
    if (q.steps == 0) {
      losses[n] = q.states == 1 ? 0.0f : kInfinity;
      return;
    }
    const int64_t cells = q.steps * q.states;
    const Scratch memory(2 * (q.steps + 2 * cells + 2 * q.states));
    double* const normalizers = reinterpret_cast<double*>(memory.data());
    double* const emission = normalizers + q.steps;
    double* const forward = emission + cells;
    double* const rows = forward + cells;
    emissions(q, normalizers, emission);
    const double log_probability = forward_pass(q, emission, forward);
    losses[n] = static_cast<float>(-log_probability);
    if (!d_logits) return;
    if (log_probability == kLogZero) return clear_from(0);
    backward_pass(q, normalizers, emission, forward, log_probability, rows, rows + q.states, d_logits + first);
  });
}

}  // namespace ductus::DUCTUS_ISA
