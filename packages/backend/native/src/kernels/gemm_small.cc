// Products in which packing b would cost as much as the multiplication.
#include "activation.h"
#include "gemm.h"
#include "panels.h"
#include "parallel.h"
#include "../engine/scratch.h"

namespace ductus::DUCTUS_ISA {
namespace {

constexpr int64_t kSplits = 8;

// Dot products of `rows` rows of a with `columns` columns of b.
template <int rows, int columns>
void dot_tile(const Gemm& g, int64_t i, int64_t j) {
  F acc[rows][columns] = {};
  const float* a = g.a + i * g.a_row;
  const float* b = g.b + j * g.b_column;
  const auto add = [&](auto read) {
    F bv[columns];
    DUCTUS_UNROLL for (int c = 0; c < columns; c++) bv[c] = read(b + c * g.b_column);
    DUCTUS_UNROLL for (int r = 0; r < rows; r++) {
      const F av = read(a + r * g.a_row);
      DUCTUS_UNROLL for (int c = 0; c < columns; c++) acc[r][c] += av * bv[c];
    }
  };
  int64_t k = 0;
  for (; k + kLanes <= g.k; k += kLanes) add([&](const float* p) { return load(p + k); });
  if (k < g.k) add([&](const float* p) { return load_first(p + k, g.k - k); });
  for (int r = 0; r < rows; r++)
    for (int c = 0; c < columns; c++) g.c[(i + r) * g.c_row + j + c] = horizontal_sum(acc[r][c]);
}

template <int rows>
void dot_rows(const Gemm& g, int64_t i, int64_t begin, int64_t end) {
  int64_t j = begin;
  for (; j + 4 <= end; j += 4) dot_tile<rows, 4>(g, i, j);
  for (; j < end; j++) dot_tile<rows, 1>(g, i, j);
}

}  // namespace

void finish_rows(const Gemm& g, int64_t row_begin, int64_t row_end) {
  for (int64_t i = row_begin; i < row_end; i++) {
    float* c = g.c + i * g.c_row;
    if (g.bias)
      for (int64_t j = 0; j < g.n; j++) c[j] += g.bias[j];
    if (g.activation != Activation::linear) activate_in_place(g.activation, g.n, c);
  }
}

void gemm_dot(const Context& context, const Gemm& g) {
  // A multiple of four, so that no cut falls into a tile.
  const int64_t grain = greatest<int64_t>(4, ceil_div(kGrain * 2, g.k * g.m + 1) * 4);
  for_ranges(context, g.n, grain, [&](int64_t begin, int64_t end) {
    int64_t i = 0;
    for (; i + 2 <= g.m; i += 2) dot_rows<2>(g, i, begin, end);
    if (i < g.m) dot_rows<1>(g, i, begin, end);
  });
  finish_rows(g, 0, g.m);
}

void gemm_few_rows(const Context& context, const Gemm& g) {
  const int64_t wide = ceil_div(g.n, kWidestPanel);
  const int64_t parts = greatest<int64_t>(1, least(wide, g.m * g.n * g.k / (4 * kGrain)));
  for_shards(context, parts, [&](int64_t part) {
    const int64_t begin = part_begin(wide, parts, part) * kWidestPanel;
    const int64_t end = least(g.n, part_begin(wide, parts, part + 1) * kWidestPanel);
    for (PanelCursor p(end - begin); p.more(); p.next()) {
      const int64_t column = begin + p.column();
      // A panel that is not full would be read beyond its end: that one is packed.
      const bool full = p.columns() == p.width();
      const Scratch packed = full ? Scratch() : Scratch(g.k * p.width());
      if (!full) pack_panel(p.kind(), p.columns(), g.k, g.b + column, g.b_k, 1, packed.data());
      float bias[kWidestPanel] = {};
      if (g.bias)
        for (int j = 0; j < p.columns(); j++) bias[j] = g.bias[column + j];
      const TileRun run = {1, 1, g.k, 0, 0, g.a_k == 1 ? g.a_row : g.a_k, full ? g.b_k : p.width()};
      TileOut tile = {nullptr, g.c_row, p.columns(), g.bias ? bias : nullptr, false, g.activation == Activation::relu};
      for (int64_t i = 0; i < g.m;) {
        const int rows = next_tile_rows(g.m - i, tile_rows(p.kind()));
        tile.c = g.c + i * g.c_row + column;
        const float* b = full ? g.b + column : packed.data();
        if (g.a_k == 1) tile_kernel_by_rows(p.kind(), rows)(run, g.a + i * g.a_row, b, tile);
        else tile_kernel_by_columns(p.kind(), rows)(run, g.a + i, b, tile);
        i += rows;
      }
    }
    if (g.activation != Activation::linear && g.activation != Activation::relu)
      for (int64_t i = 0; i < g.m; i++) activate_in_place(g.activation, end - begin, g.c + i * g.c_row + begin);
  });
}

void gemm_split_k(const Context& context, const Gemm& g) {
  const int64_t floats = g.m * g.n;
  const Scratch sums(kSplits * floats);
  for_shards(context, kSplits, [&](int64_t split) {
    const int64_t k = part_begin(g.k, kSplits, split);
    Gemm part = g;
    part.a += k * g.a_k;
    part.b += k * g.b_k;
    part.k = part_begin(g.k, kSplits, split + 1) - k;
    part.bias = nullptr;
    part.activation = Activation::linear;
    part.c = sums.data() + split * floats;
    part.c_row = g.n;
    if (g.m <= kTileRows && g.b_column == 1) gemm_few_rows(Context{1}, part);
    else gemm_blocked(Context{1}, part);
  });
  for_ranges(context, g.m, greatest<int64_t>(1, kGrain / (kSplits * g.n + 1)), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      float* c = g.c + i * g.c_row;
      const float* from = sums.data() + i * g.n;
      for (int64_t j = 0; j < g.n; j++) {
        float sum = from[j];
        for (int64_t split = 1; split < kSplits; split++) sum += from[split * floats + j];
        c[j] = sum;
      }
    }
    finish_rows(g, begin, end);
  });
}

}  // namespace ductus::DUCTUS_ISA
