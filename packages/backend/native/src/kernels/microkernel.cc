#include "microkernel.h"

#include <utility>

namespace ductus::DUCTUS_ISA {
namespace {

template <class V, int vectors, int... index>
constexpr auto by_rows_table(std::integer_sequence<int, index...>) {
  struct Table {
    TileKernel kernels[sizeof...(index)];
  };
  return Table{{tile_by_rows<V, index + 1, vectors>...}};
}
template <class V, int vectors, int... index>
constexpr auto by_columns_table(std::integer_sequence<int, index...>) {
  struct Table {
    TileKernel kernels[sizeof...(index)];
  };
  return Table{{tile_by_columns<V, index + 1, vectors>...}};
}

constexpr std::make_integer_sequence<int, tile_rows(PanelKind::wide)> kWide;
constexpr std::make_integer_sequence<int, tile_rows(PanelKind::full)> kNarrow;

constexpr auto wide_rows = by_rows_table<F, 2>(kWide);
constexpr auto wide_columns = by_columns_table<F, 2>(kWide);
constexpr auto full_rows = by_rows_table<F, 1>(kNarrow);
constexpr auto full_columns = by_columns_table<F, 1>(kNarrow);
#if defined(__AVX2__)
constexpr auto quarter_rows = by_rows_table<F4, 1>(kNarrow);
constexpr auto quarter_columns = by_columns_table<F4, 1>(kNarrow);
#endif
#if defined(__AVX512F__)
constexpr auto half_rows = by_rows_table<F8, 1>(kNarrow);
constexpr auto half_columns = by_columns_table<F8, 1>(kNarrow);
#elif defined(__AVX2__)
constexpr auto& half_rows = quarter_rows;
constexpr auto& half_columns = quarter_columns;
#endif

}  // namespace

TileKernel tile_kernel_by_rows(PanelKind kind, int rows) {
  switch (kind) {
    case PanelKind::wide: return wide_rows.kernels[rows - 1];
#if defined(__AVX2__)
    case PanelKind::half: return half_rows.kernels[rows - 1];
    case PanelKind::quarter: return quarter_rows.kernels[rows - 1];
#endif
    default: return full_rows.kernels[rows - 1];
  }
}

TileKernel tile_kernel_by_columns(PanelKind kind, int rows) {
  switch (kind) {
    case PanelKind::wide: return wide_columns.kernels[rows - 1];
#if defined(__AVX2__)
    case PanelKind::half: return half_columns.kernels[rows - 1];
    case PanelKind::quarter: return quarter_columns.kernels[rows - 1];
#endif
    default: return full_columns.kernels[rows - 1];
  }
}

}  // namespace ductus::DUCTUS_ISA
