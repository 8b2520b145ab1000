// Brings an operation on broadcast operands down to runs of contiguous elements.
#pragma once
#include "../engine/geometry.h"
#include "../engine/scratch.h"
#include "parallel.h"
#include "vec.h"

namespace ductus::DUCTUS_ISA {

// Drops axes of size 1 and joins axes that both operands go through as if they were one.
inline BroadcastGeometry collapse(const BroadcastGeometry& g) {
  BroadcastGeometry c = {};
  for (int i = 0; i < g.rank; i++) {
    if (g.size[i] == 1) continue;
    const int last = c.rank - 1;
    if (last >= 0 && c.stride_a[last] == g.stride_a[i] * g.size[i] && c.stride_b[last] == g.stride_b[i] * g.size[i]) {
      c.size[last] *= g.size[i];
      c.stride_a[last] = g.stride_a[i];
      c.stride_b[last] = g.stride_b[i];
    } else {
      c.size[c.rank] = g.size[i];
      c.stride_a[c.rank] = g.stride_a[i];
      c.stride_b[c.rank] = g.stride_b[i];
      c.rank++;
    }
  }
  if (c.rank == 0) {
    c.rank = 1;
    c.size[0] = 1;
    c.stride_a[0] = c.stride_b[0] = 1;
  }
  return c;
}

constexpr int64_t kGatherRun = 256;

// A run of one operand: contiguous, or one value for all of it.
struct Run {
  const float* data;
  bool scalar;
};

// Reads `n` ≤ kGatherRun elements of any stride, through `buffer` where they are not contiguous.
inline Run gather_run(const float* from, int64_t stride, int64_t n, float* buffer) {
  if (stride == 1 || n == 1) return {from, false};
  if (stride == 0) return {from, true};
  for (int64_t i = 0; i < n; i++) buffer[i] = from[i * stride];
  return {buffer, false};
}

// Short rows that one operand repeats are joined to rows of about this length, by writing the repetition out.
constexpr int64_t kJoinedRow = 512;

// body(a, b, n, y) with Runs a and b, for all of y; y counts elements from the first.
template <class Body>
inline void each_run(const Context& context, const BroadcastGeometry& full, const float* a, const float* b, const Body& body) {
  for (int i = 0; i < full.rank; i++)
    if (full.size[i] == 0) return;
  const BroadcastGeometry g = collapse(full);
  const int inner = g.rank - 1;
  // [rows, inner] with a row vector, such as a bias: [rows / r, r · inner] with the vector r times over.
  if (g.rank == 2 && g.stride_a[1] == 1 && g.stride_b[1] == 1 && g.size[1] < kJoinedRow / 2 &&
      (g.stride_a[0] == 0) != (g.stride_b[0] == 0)) {
    const int64_t repeats = least(kJoinedRow / g.size[1], g.size[0]);
    const Scratch repeated(repeats * g.size[1]);
    const float* row = g.stride_b[0] == 0 ? b : a;
    for (int64_t i = 0; i < repeats * g.size[1]; i++) repeated.data()[i] = row[i % g.size[1]];
    const float* joined_a = g.stride_a[0] == 0 ? repeated.data() : a;
    const float* joined_b = g.stride_b[0] == 0 ? repeated.data() : b;
    const int64_t row_floats = repeats * g.size[1], total = g.size[0] * g.size[1];
    for_ranges(context, total, ceil_div(kGrain, row_floats) * row_floats, [&](int64_t begin, int64_t end) {
      for (int64_t at = begin; at < end; at += row_floats)
        body(Run{joined_a + (g.stride_a[0] == 0 ? 0 : at), false}, Run{joined_b + (g.stride_b[0] == 0 ? 0 : at), false},
             least(row_floats, end - at), at);
    });
    return;
  }

  const int64_t n = g.size[inner];
  const bool direct = g.stride_a[inner] <= 1 && g.stride_b[inner] <= 1;
  const int64_t piece = direct ? least(n, kGrain) : least(n, kGatherRun);
  const int64_t pieces = ceil_div(n, piece);
  int64_t rows = 1;
  for (int i = 0; i < inner; i++) rows *= g.size[i];
  for_ranges(context, rows * pieces, ceil_div(kGrain, piece), [&](int64_t begin, int64_t end) {
    float buffer_a[kGatherRun], buffer_b[kGatherRun];
    for (int64_t index = begin; index < end; index++) {
      int64_t row = index / pieces;
      const int64_t at = index % pieces * piece, y = row * n + at;
      const float *from_a = a + at * g.stride_a[inner], *from_b = b + at * g.stride_b[inner];
      for (int i = inner - 1; i >= 0; i--) {
        from_a += row % g.size[i] * g.stride_a[i];
        from_b += row % g.size[i] * g.stride_b[i];
        row /= g.size[i];
      }
      const int64_t count = least(piece, n - at);
      body(gather_run(from_a, g.stride_a[inner], count, buffer_a), gather_run(from_b, g.stride_b[inner], count, buffer_b),
           count, y);
    }
  });
}

}  // namespace ductus::DUCTUS_ISA
