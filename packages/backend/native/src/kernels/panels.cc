#include "panels.h"

namespace ductus::DUCTUS_ISA {
namespace {

// to[k][j] = from[j][k] for four columns and four k.
DUCTUS_INLINE void transpose_4x4(const float* from, int64_t from_step, float* to, int64_t to_step) {
  const F4 a = load<F4>(from), b = load<F4>(from + from_step);
  const F4 c = load<F4>(from + 2 * from_step), d = load<F4>(from + 3 * from_step);
  const F4 ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const F4 cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  store(to, __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5));
  store(to + to_step, __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7));
  store(to + 2 * to_step, __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5));
  store(to + 3 * to_step, __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7));
}

void pack_transposed(int width, int columns, int64_t depth, const float* from, int64_t column_step, float* to) {
  const int whole_columns = columns / 4 * 4;
  const int64_t whole_depth = depth / 4 * 4;
  for (int64_t k = 0; k < whole_depth; k += 4)
    for (int j = 0; j < whole_columns; j += 4)
      transpose_4x4(from + j * column_step + k, column_step, to + k * width + j, width);
  for (int64_t k = 0; k < depth; k++)
    for (int j = k < whole_depth ? whole_columns : 0; j < width; j++)
      to[k * width + j] = j < columns ? from[j * column_step + k] : 0.0f;
}

}  // namespace

void pack_panel(PanelKind kind, int columns, int64_t depth, const float* from, int64_t k_step, int64_t column_step,
                float* to) {
  const int width = panel_width(kind);
  if (column_step != 1) {
    if (k_step == 1) return pack_transposed(width, columns, depth, from, column_step, to);
    for (int64_t k = 0; k < depth; k++, to += width)
      for (int j = 0; j < width; j++) to[j] = j < columns ? from[k * k_step + j * column_step] : 0.0f;
    return;
  }
  if (columns == 2 * kLanes) {
    for (int64_t k = 0; k < depth; k++, from += k_step, to += 2 * kLanes) {
      store(to, load(from));
      store(to + kLanes, load(from + kLanes));
    }
    return;
  }
  for (int64_t k = 0; k < depth; k++, from += k_step, to += width)
    for (int j = 0; j < width; j += 4) {
      // Panels narrower than the widest vector come here too, so by fours.
      const int left = columns - j;
      store(to + j, left >= 4 ? load<F4>(from + j) : load_first<F4>(from + j, left > 0 ? left : 0));
    }
}

}  // namespace ductus::DUCTUS_ISA
