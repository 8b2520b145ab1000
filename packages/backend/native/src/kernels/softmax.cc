#include "kernels.h"
#include "rows.h"

namespace ductus::DUCTUS_ISA {

void softmax(const Context& context, int64_t rows, int64_t classes, const float* x, float* y) {
  for_ranges(context, rows, rows_grain(classes), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; r++) {
      const float* from = x + r * classes;
      float* to = y + r * classes;
      const float sum = row_exponentials(from, classes, row_max(from, classes),
                                         [&](int64_t i, auto lanes, F e) { lanes.write(to + i, e); });
      const F divisor = splat(sum);
      each_vector(0, classes, [&](int64_t i, auto lanes) { lanes.write(to + i, lanes.read(to + i) / divisor); });
    }
  });
}

void softmax_gradient(const Context& context, int64_t rows, int64_t classes, const float* y, const float* dy, float* dx) {
  for_ranges(context, rows, rows_grain(classes), [&](int64_t begin, int64_t end) {
    for (int64_t at = begin * classes; at < end * classes; at += classes) {
      F acc = {};
      each_vector(at, at + classes, [&](int64_t i, auto lanes) { acc += lanes.read(y + i) * lanes.read(dy + i); });
      const F sum = splat(horizontal_sum(acc));
      each_vector(at, at + classes,
                  [&](int64_t i, auto lanes) { lanes.write(dx + i, lanes.read(y + i) * (lanes.read(dy + i) - sum)); });
    }
  });
}

void log_softmax(const Context& context, int64_t rows, int64_t classes, const float* x, float* y) {
  for_ranges(context, rows, rows_grain(classes), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; r++) {
      const float* from = x + r * classes;
      float* to = y + r * classes;
      const float max = row_max(from, classes);
      const float sum = row_exponentials(from, classes, max, [](int64_t, auto, F) {});
      const F shift = splat(max), log_sum = vlog(splat(sum));
      each_vector(0, classes, [&](int64_t i, auto lanes) { lanes.write(to + i, lanes.read(from + i) - shift - log_sum); });
    }
  });
}

void log_softmax_gradient(const Context& context, int64_t rows, int64_t classes, const float* y, const float* dy, float* dx) {
  for_ranges(context, rows, rows_grain(classes), [&](int64_t begin, int64_t end) {
    for (int64_t at = begin * classes; at < end * classes; at += classes) {
      F acc = {};
      each_vector(at, at + classes, [&](int64_t i, auto lanes) { acc += lanes.read(dy + i); });
      const F sum = splat(horizontal_sum(acc));
      each_vector(at, at + classes, [&](int64_t i, auto lanes) {
        lanes.write(dx + i, lanes.read(dy + i) - vexp(lanes.read(y + i)) * sum);
      });
    }
  });
}

}  // namespace ductus::DUCTUS_ISA
