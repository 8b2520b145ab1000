// Softmax, cross-entropy and CTC: what works row by row.
#include "bindings.h"

namespace ductus {
namespace {

int64_t rows_of(Call& call, const char* name, int64_t length, int64_t classes) {
  if (length % classes != 0)
    call.fail_range(std::string("expected ") + name + " of a length that is a multiple of " + std::to_string(classes) +
                    " classes, received " + std::to_string(length));
  return length / classes;
}

int64_t read_classes(Call& call) { return call.whole(0, "classes", 1, INT32_MAX); }

void map_rows(Call& call, decltype(KernelTable::softmax) kernel) {
  const int64_t classes = read_classes(call);
  const Array<float> x = call.floats(1, "x");
  const int64_t rows = rows_of(call, "x", x.length, classes);
  kernel(call.context(), rows, classes, x.data, call.floats(2, "y", x.length).data);
}
void softmax(Call& call) { map_rows(call, call.kernels().softmax); }
void log_softmax(Call& call) { map_rows(call, call.kernels().log_softmax); }

void rows_gradient(Call& call, decltype(KernelTable::softmax_gradient) kernel) {
  const int64_t classes = read_classes(call);
  const Array<float> y = call.floats(1, "y");
  const int64_t rows = rows_of(call, "y", y.length, classes);
  const float* dy = call.floats(2, "dy", y.length).data;
  kernel(call.context(), rows, classes, y.data, dy, call.floats(3, "dx", y.length).data);
}
void softmax_gradient(Call& call) { rows_gradient(call, call.kernels().softmax_gradient); }
void log_softmax_gradient(Call& call) { rows_gradient(call, call.kernels().log_softmax_gradient); }

CrossEntropy read_cross_entropy(Call& call, int64_t length) {
  CrossEntropy t;
  t.classes = read_classes(call);
  t.rows = rows_of(call, "logits", length, t.classes);
  t.labels = call.indices(2, "labels", t.rows).data;
  t.smoothing = static_cast<float>(call.number_between(3, "smoothing", 0, 1));
  t.weights = call.floats_or_null(4, "weights", t.classes);
  t.ignored_label = static_cast<int32_t>(call.whole(5, "ignoredLabel", INT32_MIN, INT32_MAX));
  for (int64_t i = 0; i < t.rows; i++)
    if (t.labels[i] != t.ignored_label && (t.labels[i] < 0 || t.labels[i] >= t.classes))
      call.fail_range("expected labels from 0 to " + std::to_string(t.classes - 1) + ", received " + std::to_string(t.labels[i]) +
                      " at index " + std::to_string(i));
  return t;
}

void cross_entropy(Call& call) {
  const Array<float> logits = call.floats(1, "logits");
  const CrossEntropy t = read_cross_entropy(call, logits.length);
  float* losses = call.floats(6, "losses", t.rows).data;
  call.expect_apart("labels", {const_cast<int32_t*>(t.labels), t.rows}, "losses", losses, t.rows * 4);
  call.kernels().cross_entropy(call.context(), t, logits.data, losses);
}

void cross_entropy_gradient(Call& call) {
  const Array<float> logits = call.floats(1, "logits");
  const CrossEntropy t = read_cross_entropy(call, logits.length);
  const Array<float> d_losses = call.floats(6, "dLosses");
  if (d_losses.length != 1) call.expect_length("dLosses", d_losses.length, t.rows);
  float* d_logits = call.floats(7, "dLogits", logits.length).data;
  call.expect_apart("labels", {const_cast<int32_t*>(t.labels), t.rows}, "dLogits", d_logits, logits.length * 4);
  call.kernels().cross_entropy_gradient(call.context(), t, logits.data, d_losses.data, d_losses.length == 1 ? 0 : 1, d_logits);
}

void check_between(Call& call, const char* name, const Array<int32_t>& values, int64_t least, int64_t most) {
  for (int64_t i = 0; i < values.length; i++)
    if (values.data[i] < least || values.data[i] > most)
      call.fail_range(std::string("expected ") + name + " from " + std::to_string(least) + " to " + std::to_string(most) +
                      ", received " + std::to_string(values.data[i]) + " at index " + std::to_string(i));
}

void ctc_loss(Call& call) {
  const Array<int32_t> v = call.ints(0, "geometry", 5);
  const CtcGeometry g = {v.data[0], v.data[1], v.data[2], v.data[3], v.data[4]};
  if (g.batch < 0 || g.steps < 0 || g.classes < 1 || g.max_labels < 0 || g.blank < 0 || g.blank >= g.classes)
    call.fail_range("expected geometry [batch, steps, classes, maxLabels, blank] with classes of at least 1 and blank one of them");
  const int64_t length = product({g.batch, g.steps, g.classes});
  const float* logits = call.floats(1, "logits", length).data;
  const Array<int32_t> labels = call.indices(2, "labels", product({g.batch, g.max_labels}));
  const Array<int32_t> logit_lengths = call.indices(3, "logitLengths", g.batch), label_lengths = call.indices(4, "labelLengths", g.batch);
  check_between(call, "logitLengths", logit_lengths, 0, g.steps);
  check_between(call, "labelLengths", label_lengths, 0, g.max_labels);
  for (int64_t n = 0; n < g.batch; n++) {
    const Array<int32_t> own = {labels.data + n * g.max_labels, label_lengths.data[n]};
    check_between(call, "labels", own, 0, g.classes - 1);
    for (int64_t i = 0; i < own.length; i++)
      if (own.data[i] == g.blank) call.fail_range("expected labels without the blank, " + std::to_string(g.blank) + ", received it");
  }
  float* losses = call.floats(5, "losses", g.batch).data;
  float* d_logits = call.floats_or_null(6, "dLogits", length);
  for (const Array<int32_t>& read : {labels, logit_lengths, label_lengths}) {
    call.expect_apart("labels and lengths", read, "losses", losses, g.batch * 4);
    if (d_logits) call.expect_apart("labels and lengths", read, "dLogits", d_logits, length * 4);
  }
  call.kernels().ctc_loss(call.context(), g, logits, labels.data, logit_lengths.data, label_lengths.data, losses, d_logits);
}

constexpr Function kFunctions[] = {
    {"softmax", softmax},
    {"softmaxGradient", softmax_gradient},
    {"logSoftmax", log_softmax},
    {"logSoftmaxGradient", log_softmax_gradient},
    {"crossEntropy", cross_entropy},
    {"crossEntropyGradient", cross_entropy_gradient},
    {"ctcLoss", ctc_loss},
};

}  // namespace

Functions row_functions() { return {kFunctions, sizeof kFunctions / sizeof *kFunctions}; }

}  // namespace ductus
