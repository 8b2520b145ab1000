// Strided copies: transpose, slice, and what else only moves elements.
#include "kernels.h"
#include "parallel.h"
#include "vec.h"

namespace ductus::DUCTUS_ISA {
namespace {

constexpr int64_t kTile = 16;

CopyGeometry collapse_copy(const CopyGeometry& g) {
  CopyGeometry c = {};
  for (int i = 0; i < g.rank; i++) {
    if (g.size[i] == 1) continue;
    const int last = c.rank - 1;
    if (last >= 0 && c.stride[last] == g.stride[i] * g.size[i]) {
      c.size[last] *= g.size[i];
      c.stride[last] = g.stride[i];
    } else {
      c.size[c.rank] = g.size[i];
      c.stride[c.rank++] = g.stride[i];
    }
  }
  if (c.rank == 0) {
    c.rank = 1;
    c.size[0] = c.stride[0] = 1;
  }
  return c;
}

template <class T>
void strided_copy(const Context& context, const CopyGeometry& full, const T* x, T* y) {
  for (int i = 0; i < full.rank; i++)
    if (full.size[i] == 0) return;
  const CopyGeometry g = collapse_copy(full);
  const int inner = g.rank - 1;
  // Where the innermost axis jumps, the axis that x runs along is taken with it, tile by tile, so that whole cache
  // lines of both are used.
  int along = inner;
  for (int i = 0; i < inner; i++)
    if (g.stride[inner] != 1 && g.stride[i] == 1) along = i;
  int64_t out_stride[kMaxRank];
  out_stride[inner] = 1;
  for (int i = inner; i > 0; i--) out_stride[i - 1] = out_stride[i] * g.size[i];

  const int64_t columns = g.size[inner], rows = along == inner ? 1 : g.size[along];
  const int64_t row_tiles = ceil_div(rows, kTile);
  int64_t outer = 1;
  for (int i = 0; i < inner; i++)
    if (i != along) outer *= g.size[i];
  const int64_t piece = along == inner ? least(columns, kGrain) : columns, pieces = ceil_div(columns, piece);
  const int64_t items = outer * row_tiles * pieces;
  for_ranges(context, items, ceil_div(kGrain, piece * least(rows, kTile)), [&](int64_t begin, int64_t end) {
    for (int64_t item = begin; item < end; item++) {
      int64_t rest = item / pieces / row_tiles;
      const int64_t row = item / pieces % row_tiles * kTile, column = item % pieces * piece;
      const T* from = x + column * g.stride[inner];
      T* to = y + column;
      for (int i = inner - 1; i >= 0; i--) {
        if (i == along) continue;
        from += rest % g.size[i] * g.stride[i];
        to += rest % g.size[i] * out_stride[i];
        rest /= g.size[i];
      }
      const int64_t n = least(piece, columns - column);
      if (along == inner) {
        if (g.stride[inner] == 1) std::memcpy(to, from, sizeof(T) * static_cast<size_t>(n));
        else
          for (int64_t i = 0; i < n; i++) to[i] = from[i * g.stride[inner]];
        continue;
      }
      from += row;
      to += row * out_stride[along];
      const int64_t tile_rows = least(kTile, rows - row);
      for (int64_t c0 = 0; c0 < n; c0 += kTile) {
        const int64_t c1 = least(n, c0 + kTile);
        for (int64_t r = 0; r < tile_rows; r++)
          for (int64_t c = c0; c < c1; c++) to[r * out_stride[along] + c] = from[c * g.stride[inner] + r];
      }
    }
  });
}

}  // namespace

void copy4(const Context& context, const CopyGeometry& g, const uint32_t* x, uint32_t* y) { strided_copy(context, g, x, y); }
void copy1(const Context& context, const CopyGeometry& g, const uint8_t* x, uint8_t* y) { strided_copy(context, g, x, y); }

void one_hot(const Context& context, int64_t n, int64_t depth, const int32_t* indices, float on, float off, float* y) {
  for_ranges(context, n, ceil_div(kGrain, depth + 1), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      for (int64_t j = 0; j < depth; j++) y[i * depth + j] = off;
      if (indices[i] >= 0 && indices[i] < depth) y[i * depth + indices[i]] = on;
    }
  });
}

void segment_sum(const Context& context, int64_t n, int64_t inner, int64_t segments, const int32_t* indices, const float* x,
                 float* y) {
  // Cut by columns: each shard goes through all rows, in order.
  for_ranges(context, inner, greatest<int64_t>(16, kGrain / (n + segments + 1)), [&](int64_t begin, int64_t end) {
    for (int64_t s = 0; s < segments; s++)
      std::memset(y + s * inner + begin, 0, sizeof(float) * static_cast<size_t>(end - begin));
    for (int64_t i = 0; i < n; i++) {
      if (indices[i] < 0 || indices[i] >= segments) continue;
      float* to = y + indices[i] * inner;
      for (int64_t j = begin; j < end; j++) to[j] += x[i * inner + j];
    }
  });
}

}  // namespace ductus::DUCTUS_ISA
