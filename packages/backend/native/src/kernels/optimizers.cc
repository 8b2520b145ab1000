// One pass over a tensor's parameters, gradients and state. Formulas and their order of operations: PyTorch
// (torch.optim, single-tensor implementations).
#include "each_vector.h"
#include "kernels.h"
#include "parallel.h"
#include "vec_math.h"

namespace ductus::DUCTUS_ISA {
namespace {

F splat_double(double x) { return splat(static_cast<float>(x)); }

// A product that stays one.
DUCTUS_INLINE double apart(double x) {
#if defined(__aarch64__)
  asm("" : "+w"(x));
#elif defined(__x86_64__)
  asm("" : "+x"(x));
#endif
  return x;
}

template <class Body>
void each(const Context& context, int64_t n, const Body& body) {
  for_ranges(context, n, kGrain, [&](int64_t begin, int64_t end) { each_vector(begin, end, body); });
}

}  // namespace

void adam(const Context& context, const AdamStep& s, int64_t n, float* p, const float* g, float* m, float* v, float* v_max) {
  const F beta1 = splat_double(s.beta1), beta2 = splat_double(s.beta2);
  const F rest1 = splat_double(1 - s.beta1), rest2 = splat_double(1 - s.beta2);
  const F epsilon = splat_double(s.epsilon), step = splat_double(s.lr / s.correction1);
  const F root_correction = splat_double(__builtin_sqrt(s.correction2));
  const F scale = splat_double(s.gradient_scale);
  const F decay = splat_double(s.decoupled ? 0.0 : s.weight_decay), keep = splat_double(s.decoupled ? 1 - s.lr * s.weight_decay : 1.0);
  each(context, n, [&](int64_t i, auto lanes) {
    const F parameter = lanes.read(p + i) * keep;
    const F gradient = lanes.read(g + i) * scale + decay * parameter;
    const F first = lanes.read(m + i) * beta1 + rest1 * gradient;
    const F second = lanes.read(v + i) * beta2 + rest2 * gradient * gradient;
    lanes.write(m + i, first);
    lanes.write(v + i, second);
    F largest = second;
    if (v_max) {
      const F before = lanes.read(v_max + i);
      largest = second > before ? second : before;
      lanes.write(v_max + i, largest);
    }
    const F denominator = vsqrt(largest) / root_correction + epsilon;
    lanes.write(p + i, parameter - step * (first / denominator));
  });
}

void sgd(const Context& context, const SgdStep& s, int64_t n, float* p, const float* g, float* buffer) {
  const F lr = splat_double(s.lr), decay = splat_double(s.weight_decay), scale = splat_double(s.gradient_scale);
  const F momentum = splat_double(s.momentum), share = splat_double(1 - s.dampening);
  each(context, n, [&](int64_t i, auto lanes) {
    const F parameter = lanes.read(p + i);
    F direction = lanes.read(g + i) * scale + decay * parameter;
    if (buffer) {
      const F velocity = s.first ? direction : lanes.read(buffer + i) * momentum + share * direction;
      lanes.write(buffer + i, velocity);
      direction = s.nesterov ? direction + momentum * velocity : velocity;
    }
    lanes.write(p + i, parameter - lr * direction);
  });
}

void rmsprop(const Context& context, const RmspropStep& s, int64_t n, float* p, const float* g, float* square, float* average,
             float* buffer) {
  const F lr = splat_double(s.lr), decay = splat_double(s.weight_decay), scale = splat_double(s.gradient_scale);
  const F alpha = splat_double(s.alpha), rest = splat_double(1 - s.alpha);
  const F epsilon = splat_double(s.epsilon), momentum = splat_double(s.momentum);
  each(context, n, [&](int64_t i, auto lanes) {
    const F parameter = lanes.read(p + i);
    const F gradient = lanes.read(g + i) * scale + decay * parameter;
    const F second = lanes.read(square + i) * alpha + rest * gradient * gradient;
    lanes.write(square + i, second);
    F centered = second;
    if (average) {
      const F mean = lanes.read(average + i) * alpha + rest * gradient;
      lanes.write(average + i, mean);
      centered = second - mean * mean;
    }
    F direction = gradient / (vsqrt(centered) + epsilon);
    if (buffer) {
      direction = lanes.read(buffer + i) * momentum + direction;
      lanes.write(buffer + i, direction);
    }
    lanes.write(p + i, parameter - lr * direction);
  });
}

// In double precision, rounded where JavaScript rounds: an accumulator of all gradients so far soon is large beside the
// next. Products are kept from being fused with sums, which would give other bits.
void adagrad(const Context& context, const AdagradStep& s, int64_t n, float* p, const float* g, float* sum) {
  for_ranges(context, n, kGrain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const double scaled = apart(s.gradient_scale * static_cast<double>(g[i]));
      const double gradient = scaled + apart(s.weight_decay * static_cast<double>(p[i]));
      const float total = static_cast<float>(static_cast<double>(sum[i]) + apart(gradient * gradient));
      sum[i] = total;
      p[i] = static_cast<float>(static_cast<double>(p[i]) - s.rate * gradient / (__builtin_sqrt(static_cast<double>(total)) + s.epsilon));
    }
  });
}

void axpy(const Context& context, int64_t n, float alpha, const float* x, float* y) {
  const F factor = splat(alpha);
  each(context, n, [&](int64_t i, auto lanes) { lanes.write(y + i, lanes.read(y + i) + factor * lanes.read(x + i)); });
}

void ema(const Context& context, int64_t n, double decay, const float* x, float* y) {
  const F rest = splat_double(1 - decay);
  each(context, n, [&](int64_t i, auto lanes) {
    const F before = lanes.read(y + i);
    lanes.write(y + i, before + rest * (lanes.read(x + i) - before));
  });
}

}  // namespace ductus::DUCTUS_ISA
