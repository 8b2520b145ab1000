// Reductions of the middle axis of [outer, size, inner]. The axis is cut in blocks by shape; the blocks' results are
// combined in order, sums in double precision.
#include "../engine/scratch.h"
#include "each_vector.h"
#include "kernels.h"
#include "parallel.h"
#include "vec_math.h"

namespace ductus::DUCTUS_ISA {
namespace {

constexpr int64_t kBlockFloats = 4096;
constexpr int64_t kFewestBlockRows = 64;
constexpr int kColumnVectors = 4;

template <ReduceOp op>
constexpr float neutral() {
  if constexpr (op == ReduceOp::max) return -kInfinity;
  if constexpr (op == ReduceOp::min) return kInfinity;
  return 0.0f;
}

// T is F, float or double. A NaN stays.
template <ReduceOp op, class T>
DUCTUS_INLINE T combine(T a, T b) {
  if constexpr (op == ReduceOp::max) return a != a ? a : (a > b ? a : b);
  if constexpr (op == ReduceOp::min) return a != a ? a : (a < b ? a : b);
  return a + b;
}
template <ReduceOp op>
DUCTUS_INLINE F prepare(F x) {
  return op == ReduceOp::sumOfSquares ? x * x : x;
}
template <ReduceOp op>
DUCTUS_INLINE float finish(double value, int64_t size) {
  return static_cast<float>(op == ReduceOp::mean ? value / static_cast<double>(size) : value);
}

// Contiguous elements to one.
template <ReduceOp op>
float reduce_run(const float* x, int64_t n) {
  F acc[4];
  for (F& a : acc) a = splat(neutral<op>());
  int64_t i = 0;
  for (; i + 4 * kLanes <= n; i += 4 * kLanes)
    for (int j = 0; j < 4; j++) acc[j] = combine<op>(acc[j], prepare<op>(load(x + i + j * kLanes)));
  for (; i + kLanes <= n; i += kLanes) acc[0] = combine<op>(acc[0], prepare<op>(load(x + i)));
  F rest = splat(neutral<op>());
  for (int j = 0; i + j < n; j++) rest[j] = x[i + j];
  if (i < n) acc[1] = combine<op>(acc[1], prepare<op>(rest));
  const F all = combine<op>(combine<op>(acc[0], acc[1]), combine<op>(acc[2], acc[3]));
  float result = all[0];
  for (int j = 1; j < kLanes; j++) result = combine<op>(result, static_cast<float>(all[j]));
  return result;
}

// Rows of `inner` elements to one row.
template <ReduceOp op>
void reduce_rows(const float* x, int64_t rows, int64_t inner, float* y) {
  int64_t j = 0;
  for (; j + kColumnVectors * kLanes <= inner; j += kColumnVectors * kLanes) {
    F acc[kColumnVectors];
    for (F& a : acc) a = splat(neutral<op>());
    for (int64_t r = 0; r < rows; r++)
      for (int v = 0; v < kColumnVectors; v++)
        acc[v] = combine<op>(acc[v], prepare<op>(load(x + r * inner + j + v * kLanes)));
    for (int v = 0; v < kColumnVectors; v++) store(y + j + v * kLanes, acc[v]);
  }
  each_vector(j, inner, [&](int64_t i, auto lanes) {
    F acc = splat(neutral<op>());
    for (int64_t r = 0; r < rows; r++) acc = combine<op>(acc, prepare<op>(lanes.read(x + r * inner + i)));
    lanes.write(y + i, acc);
  });
}

template <ReduceOp op>
void reduce_with(const Context& context, const ReduceGeometry& g, const float* x, float* y) {
  const int64_t block = g.inner == 1 ? kBlockFloats : greatest(kFewestBlockRows, kBlockFloats / g.inner);
  const int64_t blocks = greatest<int64_t>(1, ceil_div(g.size, block));
  const Scratch partial(g.outer * blocks * g.inner);
  const int64_t block_floats = least(block, g.size) * g.inner + 1;
  for_ranges(context, g.outer * blocks, ceil_div(kGrain, block_floats), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const int64_t row = i % blocks * block, rows = least(block, g.size - row);
      const float* from = x + (i / blocks * g.size + row) * g.inner;
      if (g.inner == 1) partial.data()[i] = reduce_run<op>(from, rows);
      else reduce_rows<op>(from, rows, g.inner, partial.data() + i * g.inner);
    }
  });
  constexpr ReduceOp combining = op == ReduceOp::sumOfSquares ? ReduceOp::sum : op;
  for_ranges(context, g.outer * g.inner, greatest<int64_t>(1, kGrain / (blocks * 4)), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const float* from = partial.data() + i / g.inner * blocks * g.inner + i % g.inner;
      double value = from[0];
      for (int64_t b = 1; b < blocks; b++) value = combine<combining>(value, static_cast<double>(from[b * g.inner]));
      y[i] = finish<op>(value, g.size);
    }
  });
}

// In double precision and in order, as JavaScript does: a long product soon leaves the range of single precision.
void reduce_product(const Context& context, const ReduceGeometry& g, const float* x, float* y) {
  for_ranges(context, g.outer * g.inner, greatest<int64_t>(1, kGrain / (g.size + 1)), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const float* from = x + i / g.inner * g.size * g.inner + i % g.inner;
      double product = 1;
      for (int64_t j = 0; j < g.size; j++) product *= static_cast<double>(from[j * g.inner]);
      y[i] = static_cast<float>(product);
    }
  });
}

// NaN is never greater nor less: it is passed over, unless it comes first. So does the `cpu` backend.
template <class Better>
void arg_reduce(const Context& context, const ReduceGeometry& g, const float* x, int32_t* y, Better better) {
  for_ranges(context, g.outer * g.inner, greatest<int64_t>(1, kGrain / (g.size + 1)), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const float* from = x + i / g.inner * g.size * g.inner + i % g.inner;
      int64_t best = 0;
      for (int64_t j = 1; j < g.size; j++)
        if (better(from[j * g.inner], from[best * g.inner])) best = j;
      y[i] = static_cast<int32_t>(best);
    }
  });
}

}  // namespace

void reduce(const Context& context, ReduceOp op, const ReduceGeometry& g, const float* x, float* y) {
  if (g.outer * g.inner == 0) return;
  switch (op) {
    case ReduceOp::sum: return reduce_with<ReduceOp::sum>(context, g, x, y);
    case ReduceOp::mean: return reduce_with<ReduceOp::mean>(context, g, x, y);
    case ReduceOp::max: return reduce_with<ReduceOp::max>(context, g, x, y);
    case ReduceOp::min: return reduce_with<ReduceOp::min>(context, g, x, y);
    case ReduceOp::prod: return reduce_product(context, g, x, y);
    default: return reduce_with<ReduceOp::sumOfSquares>(context, g, x, y);
  }
}

void arg_max(const Context& context, const ReduceGeometry& g, const float* x, int32_t* y) {
  arg_reduce(context, g, x, y, [](float a, float b) { return a > b; });
}
void arg_min(const Context& context, const ReduceGeometry& g, const float* x, int32_t* y) {
  arg_reduce(context, g, x, y, [](float a, float b) { return a < b; });
}

void sum_of_squares(const Context& context, int64_t n, const float* x, double* result) {
  const int64_t blocks = ceil_div(n, kGrain);
  const Scratch memory(2 * blocks);
  double* partial = reinterpret_cast<double*>(memory.data());
  for_shards(context, blocks, [&](int64_t block) {
    double sums[8] = {};
    const int64_t begin = block * kGrain, end = least(n, begin + kGrain);
    for (int64_t i = begin; i < end; i++) sums[i % 8] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    partial[block] = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
  });
  *result = 0;
  for (int64_t block = 0; block < blocks; block++) *result += partial[block];
}

}  // namespace ductus::DUCTUS_ISA
