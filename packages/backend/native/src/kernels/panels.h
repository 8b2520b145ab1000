// B, cut in panels of the widths that the register tile has, and packed so that a tile reads it straight through.
#pragma once
#include "microkernel.h"

namespace ductus::DUCTUS_ISA {

// Goes through the panels of a matrix with so many columns.
class PanelCursor {
 public:
  explicit PanelCursor(int64_t columns) : total_(columns) { look(); }
  bool more() const { return column_ < total_; }
  void next() {
    packed_ += width();
    column_ += columns_;
    look();
  }
  PanelKind kind() const { return kind_; }
  int width() const { return panel_width(kind_); }
  int64_t column() const { return column_; }  // its first column
  int columns() const { return columns_; }    // its columns, at most its width
  int64_t packed() const { return packed_; }  // the widths of the panels before it

 private:
  void look() {
    const int64_t left = total_ - column_;
    kind_ = panel_for(left);
    columns_ = static_cast<int>(least<int64_t>(left, width()));
  }
  int64_t total_, column_ = 0, packed_ = 0;
  PanelKind kind_;
  int columns_;
};

// Columns of a packed matrix, the padding of the last panel included.
inline int64_t packed_columns(int64_t columns) {
  int64_t sum = 0;
  for (PanelCursor p(columns); p.more(); p.next()) sum += p.width();
  return sum;
}

// Packs `depth` rows of one panel: to[k][j] = from[k · k_step + j · column_step], missing columns 0.
void pack_panel(PanelKind kind, int columns, int64_t depth, const float* from, int64_t k_step, int64_t column_step,
                float* to);

}  // namespace ductus::DUCTUS_ISA
