// Winograd's minimal filtering F(4×4, 3×3) (Lavin & Gray 2015): a tile of 4×4 outputs of a 3×3 convolution from 36
// multiplications instead of 144. Interpolation points 0, ±1, ±2, ∞; the relative error stays about 1e-5.
//
// Each step is a one-dimensional transform, applied along the columns and then along the rows, a vector of channels at
// a time:
//   forward          y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A
//   filter gradient  g = Gᵀ [(A dy Aᵀ) ⊙ (Bᵀ d B)] G
#pragma once
#include "vec.h"

namespace ductus::DUCTUS_ISA {

constexpr int kWinogradOut = 4;                                  // outputs of a tile, along each axis
constexpr int kWinogradIn = 6;                                   // inputs
constexpr int kWinogradProducts = kWinogradIn * kWinogradIn;

// Whether a 3×3 convolution of stride 1 is worth the transforms. By shape alone.
inline bool winograd_suits(int64_t in_channels, int64_t out_channels, int64_t rows, int64_t columns) {
  return in_channels >= 16 && out_channels >= 16 && rows >= 3 && columns >= 3;
}

struct InputTransform {  // Bᵀ
  static constexpr int from = 6, to = 6;
  DUCTUS_INLINE static void apply(const F* d, F* v) {
    const F a = d[4] - 4.0f * d[2], b = d[3] - 4.0f * d[1];
    const F c = d[4] - d[2], e = 2.0f * (d[3] - d[1]);
    v[0] = 4.0f * d[0] - 5.0f * d[2] + d[4];
    v[1] = a + b;
    v[2] = a - b;
    v[3] = c + e;
    v[4] = c - e;
    v[5] = 4.0f * d[1] - 5.0f * d[3] + d[5];
  }
};

struct OutputTransform {  // Aᵀ
  static constexpr int from = 6, to = 4;
  DUCTUS_INLINE static void apply(const F* m, F* y) {
    const F s = m[1] + m[2], d = m[1] - m[2], s2 = m[3] + m[4], d2 = m[3] - m[4];
    y[0] = m[0] + s + s2;
    y[1] = d + 2.0f * d2;
    y[2] = s + 4.0f * s2;
    y[3] = d + 8.0f * d2 + m[5];
  }
};

struct FilterTransform {  // G
  static constexpr int from = 3, to = 6;
  DUCTUS_INLINE static void apply(const F* g, F* u) {
    const F even = (g[0] + g[2]) * (-1.0f / 6), odd = g[1] * (1.0f / 6);
    const F even2 = g[0] * (1.0f / 24) + g[2] * (1.0f / 6), odd2 = g[1] * (1.0f / 12);
    u[0] = g[0] * 0.25f;
    u[1] = even - odd;
    u[2] = even + odd;
    u[3] = even2 + odd2;
    u[4] = even2 - odd2;
    u[5] = g[2];
  }
};

struct GradientTransform {  // A
  static constexpr int from = 4, to = 6;
  DUCTUS_INLINE static void apply(const F* y, F* w) {
    const F even = y[0] + y[2], odd = y[1] + y[3];
    const F even2 = y[0] + 4.0f * y[2], odd2 = 2.0f * y[1] + 8.0f * y[3];
    w[0] = y[0];
    w[1] = even + odd;
    w[2] = even - odd;
    w[3] = even2 + odd2;
    w[4] = even2 - odd2;
    w[5] = y[3];
  }
};

struct FilterGradientTransform {  // Gᵀ
  static constexpr int from = 6, to = 3;
  DUCTUS_INLINE static void apply(const F* n, F* g) {
    const F s = (n[1] + n[2]) * (1.0f / 6), s2 = n[3] + n[4];
    g[0] = n[0] * 0.25f - s + s2 * (1.0f / 24);
    g[1] = (n[2] - n[1]) * (1.0f / 6) + (n[3] - n[4]) * (1.0f / 12);
    g[2] = s2 * (1.0f / 6) - s + n[5];
  }
};

// Both dimensions. read(row, column) gives an element, write(row, column, value) takes one.
template <class T, class Read, class Write>
DUCTUS_INLINE void transform_tile(const Read& read, const Write& write) {
  F half[T::to][T::from];
  DUCTUS_UNROLL for (int j = 0; j < T::from; j++) {
    F in[T::from], out[T::to];
    DUCTUS_UNROLL for (int i = 0; i < T::from; i++) in[i] = read(i, j);
    T::apply(in, out);
    DUCTUS_UNROLL for (int i = 0; i < T::to; i++) half[i][j] = out[i];
  }
  DUCTUS_UNROLL for (int i = 0; i < T::to; i++) {
    F out[T::to];
    T::apply(half[i], out);
    DUCTUS_UNROLL for (int j = 0; j < T::to; j++) write(i, j, out[j]);
  }
}

// Rows of a matrix lie an odd number of cache lines apart, so that those of a register tile fall into different sets.
inline int64_t winograd_row(int64_t channels) { return (ceil_div(channels, 16) | 1) * 16; }

}  // namespace ductus::DUCTUS_ISA
