// y = amplitude · tanh(slope · x), and its gradient.
#include "each_vector.h"
#include "kernels.h"
#include "parallel.h"
#include "vec_math.h"

namespace ductus::DUCTUS_ISA {

void scaled_tanh(const Context& context, const ScaledTanh& s, int64_t n, const float* x, float* y) {
  const F slope = splat(s.slope), amplitude = splat(s.amplitude);
  for_ranges(context, n, kGrain, [&](int64_t begin, int64_t end) {
    each_vector(begin, end, [&](int64_t i, auto lanes) { lanes.write(y + i, amplitude * vtanh(slope * lanes.read(x + i))); });
  });
}

void scaled_tanh_gradient(const Context& context, const ScaledTanh& s, int64_t n, const float* dy, const float* y, float* dx) {
  const F amplitude = splat(s.amplitude), factor = splat(s.slope / s.amplitude);
  for_ranges(context, n, kGrain, [&](int64_t begin, int64_t end) {
    each_vector(begin, end, [&](int64_t i, auto lanes) {
      const F out = lanes.read(y + i);
      lanes.write(dx + i, lanes.read(dy + i) * (factor * ((amplitude - out) * (amplitude + out))));  // nothing cancels near ±amplitude
    });
  });
}

}  // namespace ductus::DUCTUS_ISA
