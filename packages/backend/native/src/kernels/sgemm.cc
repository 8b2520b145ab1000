// Picks a strategy by shape.
#include "gemm.h"
#include "kernels.h"
#include "parallel.h"
#include "vec.h"

namespace ductus::DUCTUS_ISA {
namespace {

constexpr int64_t kDotRows = 4;
constexpr int64_t kSplitDepth = 2048;
constexpr int64_t kSplitFloats = 64 * 1024;
// From this many matrices on, each is one thread's.
constexpr int64_t kManyMatrices = 8;

}  // namespace

void sgemm(const Context& context, const GemmGeometry& geometry, const float* a, const float* b, const float* bias,
           Activation activation, float* c) {
  Gemm g;
  g.m = geometry.m;
  g.n = geometry.n;
  g.k = geometry.k;
  g.a = a;
  g.a_row = geometry.transpose_a ? 1 : g.k;
  g.a_k = geometry.transpose_a ? g.m : 1;
  g.b = b;
  g.b_k = geometry.transpose_b ? 1 : g.n;
  g.b_column = geometry.transpose_b ? g.k : 1;
  g.bias = bias;
  g.activation = activation;
  g.c = c;
  g.c_row = g.n;
  if (g.m == 0 || g.n == 0) return;
  if (g.k == 0) {
    std::memset(c, 0, sizeof(float) * static_cast<size_t>(g.m * g.n));
    return finish_rows(g, 0, g.m);
  }
  if (g.m <= kDotRows && geometry.transpose_b && !geometry.transpose_a && g.k >= kLanes) return gemm_dot(context, g);
  if (g.m * g.n <= kSplitFloats && g.k >= kSplitDepth) return gemm_split_k(context, g);
  if (g.m <= kTileRows && !geometry.transpose_b) return gemm_few_rows(context, g);
  gemm_blocked(context, g);
}

void sgemm_batch(const Context& context, const GemmGeometry& geometry, const BroadcastGeometry& batch, const float* a,
                 const float* b, const float* bias, Activation activation, float* c) {
  int64_t matrices = 1;
  for (int i = 0; i < batch.rank; i++) matrices *= batch.size[i];
  const auto one = [&](const Context& own, int64_t index) {
    int64_t at_a = 0, at_b = 0, rest = index;
    for (int i = batch.rank - 1; i >= 0; i--) {
      at_a += rest % batch.size[i] * batch.stride_a[i];
      at_b += rest % batch.size[i] * batch.stride_b[i];
      rest /= batch.size[i];
    }
    sgemm(own, geometry, a + at_a * geometry.m * geometry.k, b + at_b * geometry.k * geometry.n, bias, activation,
          c + index * geometry.m * geometry.n);
  };
  if (matrices < kManyMatrices) {
    for (int64_t i = 0; i < matrices; i++) one(context, i);
    return;
  }
  const int64_t work = geometry.m * geometry.n * geometry.k + 1;
  for_ranges(context, matrices, ceil_div(4 * kGrain, work), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) one(Context{1}, i);
  });
}

}  // namespace ductus::DUCTUS_ISA
