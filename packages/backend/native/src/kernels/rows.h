// What softmax and its kin need of a row.
#pragma once
#include "each_vector.h"
#include "parallel.h"
#include "vec_math.h"

namespace ductus::DUCTUS_ISA {

// NaN is passed over: it comes back through the sum of exponentials.
DUCTUS_INLINE float row_max(const float* x, int64_t n) {
  F acc = splat(-kInfinity);
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const F v = load(x + i);
    acc = v > acc ? v : acc;
  }
  float result = -kInfinity;
  for (; i < n; i++) result = x[i] > result ? x[i] : result;
  for (int j = 0; j < kLanes; j++) result = acc[j] > result ? acc[j] : result;
  return result;
}

// Σ exp(x − max); write(i, lanes, e) is given each exponential. Idle lanes are left out of the sum.
template <class Write>
DUCTUS_INLINE float row_exponentials(const float* x, int64_t n, float max, const Write& write) {
  const F shift = splat(max);
  F acc = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const F e = vexp(load(x + i) - shift);
    write(i, AllLanes{}, e);
    acc += e;
  }
  if (i < n) {
    const F e = vexp(load_first(x + i, n - i) - shift);
    write(i, FirstLanes{n - i}, e);
    for (int j = 0; j < kLanes; j++)
      if (j < n - i) acc[j] += e[j];
  }
  return horizontal_sum(acc);
}

DUCTUS_INLINE int64_t rows_grain(int64_t columns) { return ceil_div(kGrain / 8, columns + 1); }

}  // namespace ductus::DUCTUS_ISA
