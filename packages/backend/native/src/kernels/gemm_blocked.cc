// The classical blocking: b is packed block by block and shared by all threads, each shard packs its own rows of a.
#include "../engine/scratch.h"
#include "activation.h"
#include "gemm.h"
#include "panels.h"
#include "parallel.h"

namespace ductus::DUCTUS_ISA {
namespace {

constexpr int64_t kBlockDepth = 512;     // a panel of so many k fits the L2 cache beside the rows of a
constexpr int64_t kBlockColumns = 4096;  // of b, packed at a time
constexpr int64_t kMostTiles = 12;       // of rows of a, to a shard
// Shards to aim at: enough that a thread which starts on the last one keeps the others waiting but briefly.
constexpr int64_t kManyShards = 24;
constexpr int64_t kShardWork = 100000;   // multiplications worth waking a thread for
// Rows of a that are this short lie close together and are read where they are.
constexpr int64_t kShortDepth = 96;

// An odd number of cache lines, so that the rows of a tile fall into different sets of the cache.
int64_t padded_row(int64_t floats) { return (ceil_div(floats, 16) | 1) * 16; }

struct Block {
  int64_t row, rows, column, columns, k, depth;
  const float* packed;  // b's panels of `depth` k, from `column`
};

void multiply_block(const Gemm& g, const Block& block) {
  const bool by_rows = g.a_k == 1;
  const float* a = g.a + block.row * g.a_row + block.k * g.a_k;
  int64_t a_step = by_rows ? g.a_row : g.a_k;
  const bool in_place = g.k <= kShortDepth;
  const int64_t packed_row = padded_row(by_rows ? block.depth : block.rows);
  const int64_t packed_rows = by_rows ? block.rows : block.depth;
  const Scratch copy = in_place ? Scratch() : Scratch(packed_row * packed_rows);
  if (!in_place) {
    const size_t bytes = sizeof(float) * static_cast<size_t>(by_rows ? block.depth : block.rows);
    for (int64_t i = 0; i < packed_rows; i++) std::memcpy(copy.data() + i * packed_row, a + i * a_step, bytes);
    a = copy.data();
    a_step = packed_row;
  }
  const bool last = block.k + block.depth == g.k;
  const TileRun run_of_panel = {1, 1, block.depth, 0, 0, a_step, 0};
  for (PanelCursor p(block.columns); p.more(); p.next()) {
    TileRun run = run_of_panel;
    run.b_step = p.width();
    const int64_t column = block.column + p.column();
    float bias[kWidestPanel];
    TileOut tile;
    tile.row_step = g.c_row;
    tile.columns = p.columns();
    tile.accumulate = block.k > 0;
    tile.relu = last && g.activation == Activation::relu;
    tile.bias = nullptr;
    if (last && g.bias) {
      for (int j = 0; j < p.width(); j++) bias[j] = j < p.columns() ? g.bias[column + j] : 0.0f;
      tile.bias = bias;
    }
    const float* b = block.packed + p.packed() * block.depth;
    for (int64_t i = 0; i < block.rows;) {
      const int rows = next_tile_rows(block.rows - i, tile_rows(p.kind()));
      tile.c = g.c + (block.row + i) * g.c_row + column;
      if (by_rows) tile_kernel_by_rows(p.kind(), rows)(run, a + i * a_step, b, tile);
      else tile_kernel_by_columns(p.kind(), rows)(run, a + i, b, tile);
      i += rows;
    }
  }
  if (last && g.activation != Activation::linear && g.activation != Activation::relu)
    for (int64_t i = 0; i < block.rows; i++)
      activate_in_place(g.activation, block.columns, g.c + (block.row + i) * g.c_row + block.column);
}

void pack_block(const Context& context, const Gemm& g, int64_t column, int64_t columns, int64_t k, int64_t depth, float* to) {
  const int64_t wide = ceil_div(columns, kWidestPanel);
  const int64_t parts = greatest<int64_t>(1, least(wide, columns * depth / kGrain));
  for_shards(context, parts, [&](int64_t part) {
    // Cut between wide panels, so that the parts' panels are those of the whole.
    const int64_t begin = part_begin(wide, parts, part) * kWidestPanel;
    const int64_t end = least(columns, part_begin(wide, parts, part + 1) * kWidestPanel);
    for (PanelCursor p(end - begin); p.more(); p.next())
      pack_panel(p.kind(), p.columns(), depth, g.b + k * g.b_k + (column + begin + p.column()) * g.b_column, g.b_k,
                 g.b_column, to + (begin + p.packed()) * depth);
  });
}

}  // namespace

void gemm_blocked(const Context& context, const Gemm& g) {
  const int64_t depth_blocks = ceil_div(g.k, kBlockDepth);
  const int64_t tiles = ceil_div(g.m, kTileRows);
  const int64_t work = g.m * least(g.n, kBlockColumns) * ceil_div(g.k, depth_blocks);
  const int64_t wanted = greatest<int64_t>(1, least(kManyShards, work / kShardWork));
  const int64_t rows = kTileRows * greatest<int64_t>(1, wanted == 1 ? tiles : least(kMostTiles, ceil_div(tiles, wanted)));
  const int64_t row_parts = ceil_div(g.m, rows);
  const Scratch packed(packed_columns(least(g.n, kBlockColumns)) * ceil_div(g.k, depth_blocks));
  for (int64_t column = 0; column < g.n; column += kBlockColumns) {
    const int64_t columns = least(kBlockColumns, g.n - column);
    const int64_t wide = ceil_div(columns, kWidestPanel);
    for (int64_t d = 0; d < depth_blocks; d++) {
      const int64_t k = part_begin(g.k, depth_blocks, d), depth = part_begin(g.k, depth_blocks, d + 1) - k;
      pack_block(context, g, column, columns, k, depth, packed.data());
      const int64_t column_parts = least(wide, ceil_div(wanted, row_parts));
      for_shards(context, row_parts * column_parts, [&](int64_t shard) {
        const int64_t row = shard / column_parts * rows, part = shard % column_parts;
        const int64_t begin = part_begin(wide, column_parts, part) * kWidestPanel;
        const int64_t end = least(columns, part_begin(wide, column_parts, part + 1) * kWidestPanel);
        multiply_block(g, {row, least(rows, g.m - row), column + begin, end - begin, k, depth,
                           packed.data() + begin * depth});
      });
    }
  }
}

}  // namespace ductus::DUCTUS_ISA
