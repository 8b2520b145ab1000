// Softmax cross-entropy with integer labels, label smoothing and class weights: PyTorch's formula.
#include "kernels.h"
#include "rows.h"

namespace ductus::DUCTUS_ISA {
namespace {

// Of one row: the weight of its label's term and of each class's.
struct Terms {
  float label;     // (1 − ε) · w[label]
  float each;      // ε / classes
  float all;       // ε / classes · Σ w
};

float weight_sum(const CrossEntropy& t) {
  if (!t.weights) return static_cast<float>(t.classes);
  double sum = 0;
  for (int64_t c = 0; c < t.classes; c++) sum += t.weights[c];
  return static_cast<float>(sum);
}

Terms terms_of(const CrossEntropy& t, float weights, int32_t label) {
  const float each = t.smoothing / static_cast<float>(t.classes);
  return {(1.0f - t.smoothing) * (t.weights ? t.weights[label] : 1.0f), each, each * weights};
}

}  // namespace

void cross_entropy(const Context& context, const CrossEntropy& t, const float* logits, float* losses) {
  const float weights = weight_sum(t);
  for_ranges(context, t.rows, rows_grain(t.classes), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; r++) {
      const float* x = logits + r * t.classes;
      const int32_t label = t.labels[r];
      if (label == t.ignored_label) {
        losses[r] = 0.0f;
        continue;
      }
      const Terms w = terms_of(t, weights, label);
      const float max = row_max(x, t.classes);
      const float log_sum = vlog(splat(row_exponentials(x, t.classes, max, [](int64_t, auto, F) {})))[0];
      float loss = w.label * (log_sum - (x[label] - max));
      if (t.smoothing > 0.0f) {
        F acc = {};
        each_vector(0, t.classes, [&](int64_t i, auto lanes) {
          acc += (t.weights ? lanes.read(t.weights + i) : splat(1.0f)) * (lanes.read(x + i) - splat(max));
        });
        // Idle lanes read x = 0: take their share out again.
        const int64_t idle = t.weights ? 0 : ceil_div(t.classes, kLanes) * kLanes - t.classes;
        loss += w.all * log_sum - w.each * (horizontal_sum(acc) + static_cast<float>(idle) * max);
      }
      losses[r] = loss;
    }
  });
}

void cross_entropy_gradient(const Context& context, const CrossEntropy& t, const float* logits, const float* d_losses,
                            int64_t d_losses_stride, float* d_logits) {
  const float weights = weight_sum(t);
  for_ranges(context, t.rows, rows_grain(t.classes), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; r++) {
      const float* x = logits + r * t.classes;
      float* dx = d_logits + r * t.classes;
      const int32_t label = t.labels[r];
      if (label == t.ignored_label) {
        std::memset(dx, 0, sizeof(float) * static_cast<size_t>(t.classes));
        continue;
      }
      const Terms w = terms_of(t, weights, label);
      const float factor = d_losses[r * d_losses_stride];
      const float sum = row_exponentials(x, t.classes, row_max(x, t.classes),
                                         [&](int64_t i, auto lanes, F e) { lanes.write(dx + i, e); });
      const F scale = splat((w.label + w.all) / sum * factor), each = splat(w.each * factor);
      each_vector(0, t.classes, [&](int64_t i, auto lanes) {
        const F weight = t.weights ? lanes.read(t.weights + i) : splat(1.0f);
        lanes.write(dx + i, lanes.read(dx + i) * scale - each * weight);
      });
      dx[label] -= w.label * factor;
    }
  });
}

}  // namespace ductus::DUCTUS_ISA
