// The register tile: a few rows of A times a panel of B, accumulated in registers. Matrix multiplication and all
// convolutions run through it; they differ only in how A is addressed.
//
// k runs through `outer × inner` segments of `length` each. Between segments A jumps; B, which is packed panel by
// panel as [k][width], just goes on.
#pragma once
#include "vec.h"

namespace ductus::DUCTUS_ISA {

struct TileRun {
  int64_t outer, inner, length;
  int64_t outer_step, inner_step;  // of A, in floats
  int64_t a_step;                  // by_rows: from row to row; by_columns: from k to k
  int64_t b_step;                  // from k to k
};

struct TileOut {
  float* c;
  int64_t row_step;
  int columns;        // at most the panel's width
  const float* bias;  // of the panel's width, or null
  bool accumulate;    // add to what c holds
  bool relu;
};

using TileKernel = void (*)(const TileRun&, const float* a, const float* b, const TileOut&);

template <class V, int rows, int vectors>
DUCTUS_INLINE void store_tile(const V (&acc)[rows][vectors], const TileOut& out) {
  constexpr int lanes = Lanes<V>::count;
  V bias[vectors] = {};
  if (out.bias)
    for (int j = 0; j < vectors; j++) bias[j] = load<V>(out.bias + j * lanes);
  // The same comparison serves with and without ReLU, and lets NaN through.
  const V least_value = splat<V>(out.relu ? 0.0f : -__builtin_inff());
  const auto finish = [&](V v, int j) {
    v += bias[j];
    return v <= least_value ? least_value : v;
  };
  if (out.columns == lanes * vectors) {
    if (out.accumulate) {
      DUCTUS_UNROLL for (int r = 0; r < rows; r++) DUCTUS_UNROLL for (int j = 0; j < vectors; j++) {
        float* c = out.c + r * out.row_step + j * lanes;
        store(c, finish(load<V>(c) + acc[r][j], j));
      }
    } else {
      DUCTUS_UNROLL for (int r = 0; r < rows; r++) DUCTUS_UNROLL for (int j = 0; j < vectors; j++)
          store(out.c + r * out.row_step + j * lanes, finish(acc[r][j], j));
    }
    return;
  }
  V parked[rows][vectors];
  DUCTUS_UNROLL for (int r = 0; r < rows; r++) DUCTUS_UNROLL for (int j = 0; j < vectors; j++) parked[r][j] = acc[r][j];
  DUCTUS_NO_UNROLL for (int r = 0; r < rows; r++) {
    float* c = out.c + r * out.row_step;
    for (int j = 0, left = out.columns; j < vectors && left > 0; j++, left -= lanes, c += lanes) {
      const int columns = least(left, lanes);
      V v = parked[r][j];
      if (out.accumulate) v = load_first<V>(c, columns) + v;
      store_first(c, finish(v, j), columns);
    }
  }
}

#if defined(__AVX2__) && !defined(DUCTUS_SANITIZE)
#define DUCTUS_SPELLED_OUT  // sanitizers don't look into instructions
#endif

#if defined(DUCTUS_SPELLED_OUT)
// One load to all lanes, kept in a register: left to itself the compiler loads again for each use.
#define DUCTUS_BROADCAST(x, p) asm("vbroadcastss %1, %0" : "=v"(x) : "m"(*(p)))
#else
#define DUCTUS_BROADCAST(x, p) x = splat<V>(*(p))
#endif

// What an instruction reads that is given an address. Clang refuses arrays of unknown size, and takes any operand in memory to
// mean that all memory may be read.
#if defined(__clang__)
#define DUCTUS_ALL_FROM(p) *(p)
#else
#define DUCTUS_ALL_FROM(p) *(const float(*)[])(p)
#endif

// Rows of A lie `a_step` apart, k runs contiguously in each.
template <class V, int rows, int vectors>
void tile_by_rows(const TileRun& run, const float* a, const float* b, const TileOut& out) {
  constexpr int lanes = Lanes<V>::count;
  V acc[rows][vectors];
  DUCTUS_UNROLL for (int r = 0; r < rows; r++) for (int j = 0; j < vectors; j++) acc[r][j] = V{};
  const int64_t b_step = run.b_step;
#if defined(DUCTUS_SPELLED_OUT)
  // Three pointers and an index scaled by 1 to 4 address 15 rows with five registers. Spelled out, because the
  // compiler would keep a pointer for each row and spill them.
  const int64_t s1 = run.a_step * 4, s3 = s1 * 3;
#define DUCTUS_ROW(row, p, address)                                                                          \
  if constexpr (rows > row) {                                                                                \
    V x;                                                                                                     \
    asm("vbroadcastss " address ", %0" : "=v"(x) : "r"(p), "r"(s1), "r"(s3), "m"(DUCTUS_ALL_FROM(p)));       \
    DUCTUS_UNROLL for (int j = 0; j < vectors; j++) acc[rows > row ? row : 0][j] += x * bv[j];               \
  }
#endif
  for (int64_t i = 0; i < run.outer; i++, a += run.outer_step) {
    const float* segment = a;
    for (int64_t s = 0; s < run.inner; s++, segment += run.inner_step) {
      const float* p0 = segment;
#if defined(DUCTUS_SPELLED_OUT)
      const float *p1 = p0 + 5 * run.a_step, *p2 = p0 + 10 * run.a_step;
      for (int64_t k = 0; k < run.length; k++, b += b_step, p0++, p1++, p2++) {
        V bv[vectors];
        DUCTUS_UNROLL for (int j = 0; j < vectors; j++) bv[j] = load<V>(b + j * lanes);
        DUCTUS_ROW(0, p0, "(%1)")
        DUCTUS_ROW(1, p0, "(%1,%2,1)")
        DUCTUS_ROW(2, p0, "(%1,%2,2)")
        DUCTUS_ROW(3, p0, "(%1,%3,1)")
        DUCTUS_ROW(4, p0, "(%1,%2,4)")
        DUCTUS_ROW(5, p1, "(%1)")
        DUCTUS_ROW(6, p1, "(%1,%2,1)")
        DUCTUS_ROW(7, p1, "(%1,%2,2)")
        DUCTUS_ROW(8, p1, "(%1,%3,1)")
        DUCTUS_ROW(9, p1, "(%1,%2,4)")
        DUCTUS_ROW(10, p2, "(%1)")
        DUCTUS_ROW(11, p2, "(%1,%2,1)")
        DUCTUS_ROW(12, p2, "(%1,%2,2)")
        DUCTUS_ROW(13, p2, "(%1,%3,1)")
      }
#else
      for (int64_t k = 0; k < run.length; k++, b += b_step, p0++) {
        V bv[vectors];
        DUCTUS_UNROLL for (int j = 0; j < vectors; j++) bv[j] = load<V>(b + j * lanes);
        DUCTUS_UNROLL for (int r = 0; r < rows; r++) {
          const V x = splat<V>(p0[r * run.a_step]);
          DUCTUS_UNROLL for (int j = 0; j < vectors; j++) acc[r][j] += x * bv[j];
        }
      }
#endif
    }
  }
#undef DUCTUS_ROW
  store_tile<V, rows, vectors>(acc, out);
}

// Steps of k lie `a_step` apart, the rows of A contiguously in each: A transposed, or packed.
template <class V, int rows, int vectors>
void tile_by_columns(const TileRun& run, const float* a, const float* b, const TileOut& out) {
  constexpr int lanes = Lanes<V>::count;
  V acc[rows][vectors];
  DUCTUS_UNROLL for (int r = 0; r < rows; r++) for (int j = 0; j < vectors; j++) acc[r][j] = V{};
  const int64_t b_step = run.b_step;
  for (int64_t i = 0; i < run.outer; i++, a += run.outer_step) {
    const float* segment = a;
    for (int64_t s = 0; s < run.inner; s++, segment += run.inner_step) {
      const float* p = segment;
      for (int64_t k = 0; k < run.length; k++, b += b_step, p += run.a_step) {
        V bv[vectors];
        DUCTUS_UNROLL for (int j = 0; j < vectors; j++) bv[j] = load<V>(b + j * lanes);
        DUCTUS_UNROLL for (int r = 0; r < rows; r++) {
          V x;
          DUCTUS_BROADCAST(x, p + r);
          DUCTUS_UNROLL for (int j = 0; j < vectors; j++) acc[r][j] += x * bv[j];
        }
      }
    }
  }
  store_tile<V, rows, vectors>(acc, out);
}

// Widths of a panel, widest first. Narrow panels use narrow vectors, so that few columns waste few lanes.
enum class PanelKind { wide, full, half, quarter };

constexpr int panel_width(PanelKind kind) {
  return kind == PanelKind::wide ? 2 * kLanes : kLanes >> (static_cast<int>(kind) - 1);
}
constexpr int kWidestPanel = 2 * kLanes;

// Rows that a tile of this kind may have.
constexpr int kNarrowTileRows = kLanes == 16 ? 14 : 12;
constexpr int tile_rows(PanelKind kind) { return kind == PanelKind::wide ? kTileRows : kNarrowTileRows; }

// The narrowest kind that takes `columns` in one, or the first of several panels.
inline PanelKind panel_for(int64_t columns) {
  if (columns > kLanes + kLanes / 2 && kLanes > 4) return PanelKind::wide;
  if (columns > kLanes && kLanes == 4) return PanelKind::wide;
  if (columns > kLanes / 2 || kLanes < 8) return PanelKind::full;
  if (columns > kLanes / 4 || kLanes < 16) return PanelKind::half;
  return PanelKind::quarter;
}

// Kernels for 1 … tile_rows(kind) rows; `rows` indexes from 1.
TileKernel tile_kernel_by_rows(PanelKind kind, int rows);
TileKernel tile_kernel_by_columns(PanelKind kind, int rows);

// Rows of the next tile when `left` are left: as even as can be, so that no tile is left with a row or two.
inline int next_tile_rows(int64_t left, int most) {
  const int64_t tiles = ceil_div(left, most);
  return static_cast<int>(ceil_div(left, tiles));
}

}  // namespace ductus::DUCTUS_ISA
