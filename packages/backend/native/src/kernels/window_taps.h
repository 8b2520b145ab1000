// Which of a window's taps lie in the input.
#pragma once
#include "../engine/geometry.h"
#include "vec.h"

namespace ductus::DUCTUS_ISA {

// First and one past the last, as tap numbers.
struct Taps {
  int64_t begin, end;
  int64_t position;  // of tap 0 in the input
};

inline Taps taps_at(int64_t out, int64_t stride, int64_t pad, int64_t window, int64_t dilation, int64_t in) {
  const int64_t position = out * stride - pad;
  const int64_t begin = position < 0 ? least(window, ceil_div(-position, dilation)) : 0;
  const int64_t end = position >= in ? 0 : least(window, ceil_div(in - position, dilation));
  return {begin, greatest(begin, end), position};
}

inline Taps row_taps(const PoolGeometry& g, int64_t row) {
  return taps_at(row, g.stride_height, g.pad_top, g.window_height, g.dilation_height, g.in_height);
}
inline Taps column_taps(const PoolGeometry& g, int64_t column) {
  return taps_at(column, g.stride_width, g.pad_left, g.window_width, g.dilation_width, g.in_width);
}

}  // namespace ductus::DUCTUS_ISA
