// The gradients of filter and bias: dFilter[k][o] = Σ over pixels of x[pixel seen by tap k] · dy[pixel][o].
//
// Pixels are worked off in blocks that stay in the cache. Each shard adds up its blocks in accumulators of its own,
// which are added in order at the end; both are cut by shape alone.
#include "../engine/scratch.h"
#include "conv_exact.h"
#include "kernels.h"
#include "padded_image.h"
#include "panels.h"
#include "parallel.h"
#include "winograd.h"
#include "winograd_filter_gradient.h"

namespace ductus::DUCTUS_ISA {
namespace {

constexpr int64_t kShardWork = 100000;
constexpr int64_t kMostShards = 8;
constexpr int64_t kBlockPixels = 192;
constexpr int64_t kMostAccumulatorFloats = 16 << 20;
// Taps of a filter row that fill less than this of a tile are unfolded, so that all taps make one run. `unfold` copies
// them as one vector, so they must fit into one: where tiles are high and vectors short (Arm), that is the limit.
constexpr int64_t kShortRun = kTileRows / 2 <= kLanes ? kTileRows / 2 : kLanes + 1;

// Some images, or some rows of one image.
struct Block {
  int64_t image, images, row, rows;
};

struct Task {
  const ConvGeometry& g;
  const float *x, *dy, *y;
  Activation activation;
  int64_t depth;          // taps · inChannels
  int64_t packed;         // packed columns
  int64_t images_per_block, rows_per_block;

  int64_t row_blocks() const { return ceil_div(g.out_height, rows_per_block); }
  int64_t blocks() const { return ceil_div(g.batch, images_per_block) * row_blocks(); }
  Block block(int64_t index) const {
    const int64_t image = index / row_blocks() * images_per_block, row = index % row_blocks() * rows_per_block;
    return {image, least(images_per_block, g.batch - image), row, least(rows_per_block, g.out_height - row)};
  }
  bool unfolds() const { return g.filter_height > 1 && g.dilation_width == 1 && g.filter_width * g.in_channels < kShortRun; }
  int64_t window_height(int64_t rows) const {
    return (rows - 1) * g.stride_height + (g.filter_height - 1) * g.dilation_height + 1;
  }
  int64_t window_width() const { return (g.out_width - 1) * g.stride_width + (g.filter_width - 1) * g.dilation_width + 1; }
};

// to[pixel][k]: for each output pixel what all taps see. Runs are no longer than a vector, so each is copied as one: what
// that writes too much, the next run overwrites.
void unfold(const Task& t, const float* window, int64_t rows, float* to) {
  const ConvGeometry& g = t.g;
  const int64_t row_floats = t.window_width() * g.in_channels, run = g.filter_width * g.in_channels;
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < g.out_width; c++) {
      const float* from = window + r * g.stride_height * row_floats + c * g.stride_width * g.in_channels;
      for (int64_t kh = 0; kh < g.filter_height; kh++, from += g.dilation_height * row_floats, to += run) store(to, load(from));
    }
}

// One vector of columns of one panel: packs it and returns its sum over the pixels.
template <Activation kind>
DUCTUS_INLINE F pack_columns(const float* dy, const float* y, int64_t pixels, int64_t channels, int64_t columns, int64_t width, float* to) {
  F sum = {};
  if (columns == kLanes) {
    for (int64_t i = 0; i < pixels; i++) {
      F v = load(dy + i * channels);
      if constexpr (kind != Activation::linear) v *= derivative<kind>(load(y + i * channels));
      store(to + i * width, v);
      sum += v;
    }
    return sum;
  }
  for (int64_t i = 0; i < pixels; i++) {
    F v = load_first(dy + i * channels, columns);
    if constexpr (kind != Activation::linear) v *= derivative<kind>(load_first(y + i * channels, columns));
    store_first(to + i * width, v, least<int64_t>(width, kLanes));
    sum += v;
  }
  return sum;
}

// Packs the block's dy by panels and adds its columns to d_bias.
template <Activation kind>
void pack_gradient(const Task& t, const Block& block, float* to, float* d_bias) {
  const ConvGeometry& g = t.g;
  const int64_t image_pixels = block.rows * g.out_width, pixels = block.images * image_pixels;
  for (int64_t n = 0; n < block.images; n++) {
    const int64_t at = (block.image + n) * g.out_size() + block.row * g.out_width * g.out_channels;
    for (PanelCursor p(g.out_channels); p.more(); p.next())
      for (int64_t j = 0; j < p.width(); j += kLanes) {
        const int64_t columns = greatest<int64_t>(0, least<int64_t>(kLanes, p.columns() - j)), from = at + p.column() + (columns ? j : 0);
        const F sum = pack_columns<kind>(t.dy + from, t.y + from, image_pixels, g.out_channels, columns, p.width(),
                                         to + p.packed() * pixels + n * image_pixels * p.width() + j);
        float* bias = d_bias + p.packed() + j;
        const int64_t width = least<int64_t>(kLanes, p.width());
        store_first(bias, load_first(bias, width) + sum, width);
      }
  }
}

void add_block(const Task& t, const Block& block, bool first, float* window, float* columns, float* gradient, float* sums) {
  const ConvGeometry& g = t.g;
  const int64_t pixels = block.images * block.rows * g.out_width;
  const ImageWindow extent = {block.row * g.stride_height - g.pad_top, -g.pad_left, t.window_height(block.rows),
                              t.window_width()};
  const int64_t row_floats = extent.width * g.in_channels, window_floats = extent.height * row_floats;
  for (int64_t n = 0; n < block.images; n++)
    copy_window(t.x + (block.image + n) * g.in_size(), nullptr, Activation::linear, g.in_height, g.in_width, g.in_channels,
                extent, window + n * window_floats);
  with_activation(t.activation, [&]<Activation kind>() { pack_gradient<kind>(t, block, gradient, sums + t.depth * t.packed); });

  TileRun run;
  run.outer = block.images;
  run.outer_step = window_floats;
  run.inner = block.rows;
  run.inner_step = g.stride_height * row_floats;
  run.length = g.out_width;
  run.a_step = g.stride_width * g.in_channels;
  const bool unfolds = t.unfolds();
  if (unfolds) {
    for (int64_t n = 0; n < block.images; n++)
      unfold(t, window + n * window_floats, block.rows, columns + n * block.rows * g.out_width * t.depth);
    run.outer = run.inner = 1;
    run.length = pixels;
    run.a_step = t.depth;
  }
  // Without dilation the taps of a filter row lie side by side and make one run of rows for the tile.
  const bool joined = g.dilation_width == 1;
  const int64_t runs = unfolds ? 1 : joined ? g.filter_height : g.taps(), run_floats = t.depth / greatest<int64_t>(runs, 1);

  for (PanelCursor p(g.out_channels); p.more(); p.next()) {
    run.b_step = p.width();
    TileOut tile = {};
    tile.row_step = p.width();
    tile.columns = p.width();
    tile.accumulate = !first;
    for (int64_t i = 0; i < runs; i++) {
      const int64_t kh = joined ? i : i / g.filter_width, kw = joined ? 0 : i % g.filter_width;
      const float* a = unfolds ? columns : window + kh * g.dilation_height * row_floats + kw * g.dilation_width * g.in_channels;
      for (int64_t r = 0; r < run_floats;) {
        const int rows = next_tile_rows(run_floats - r, tile_rows(p.kind()));
        tile.c = sums + p.packed() * t.depth + (i * run_floats + r) * p.width();
        tile_kernel_by_columns(p.kind(), rows)(run, a + r, gradient + p.packed() * pixels, tile);
        r += rows;
      }
    }
  }
}

// Adds the shards' accumulators, always in the same order.
void add_shards(const Context& context, const Task& t, int64_t shards, const float* sums, float* d_filter, float* d_bias) {
  const int64_t shard_floats = (t.depth + 1) * t.packed, columns = t.g.out_channels;
  for_ranges(context, t.depth + 1, greatest<int64_t>(1, kGrain / (columns * shards)), [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; k++) {
      float* to = k < t.depth ? d_filter + k * columns : d_bias;
      if (!to) continue;
      for (PanelCursor p(columns); p.more(); p.next()) {
        const float* from = k < t.depth ? sums + p.packed() * t.depth + k * p.width() : sums + t.depth * t.packed + p.packed();
        for (int j = 0; j < p.columns(); j++) {
          float sum = from[j];
          for (int64_t s = 1; s < shards; s++) sum += from[s * shard_floats + j];
          to[p.column() + j] = sum;
        }
      }
    }
  });
}

void quick_filter_gradient(const Context& context, const ConvGeometry& g, const float* x, const float* dy, const float* y,
                           Activation activation, float* d_filter, float* d_bias) {
  Task t = {g, x, dy, y, activation, g.taps() * g.in_channels, packed_columns(g.out_channels), 1, 1};
  const int64_t pixels = g.out_height * g.out_width;
  if (g.batch * pixels == 0 || g.out_channels == 0) {
    std::memset(d_filter, 0, sizeof(float) * static_cast<size_t>(t.depth * g.out_channels));
    if (d_bias) std::memset(d_bias, 0, sizeof(float) * static_cast<size_t>(g.out_channels));
    return;
  }
  if (g.filter_height == 3 && g.filter_width == 3 && g.stride_height == 1 && g.stride_width == 1 && g.dilation_height == 1 &&
      g.dilation_width == 1 && winograd_suits(g.in_channels, g.out_channels, g.out_height, g.out_width))
    return conv_filter_gradient_winograd(context, g, x, dy, y, activation, d_filter, d_bias);
  t.images_per_block = greatest<int64_t>(1, least(kBlockPixels / pixels, ceil_div(g.batch, kMostShards)));
  t.rows_per_block = ceil_div(g.out_height, greatest<int64_t>(1, least(g.out_height, pixels / kBlockPixels)));

  const int64_t accumulator_floats = (t.depth + 1) * t.packed;
  int64_t shards = least(kMostShards, t.blocks());
  shards = least(shards, greatest<int64_t>(1, g.batch * pixels * t.depth * g.out_channels / kShardWork));
  shards = least(shards, greatest<int64_t>(1, kMostAccumulatorFloats / accumulator_floats));
  const Scratch sums(shards * accumulator_floats);
  for_shards(context, shards, [&](int64_t shard) {
    float* own = sums.data() + shard * accumulator_floats;
    std::memset(own + t.depth * t.packed, 0, sizeof(float) * static_cast<size_t>(t.packed));
    const int64_t block_pixels = t.images_per_block * t.rows_per_block * g.out_width;
    const Scratch window(t.images_per_block * t.window_height(t.rows_per_block) * t.window_width() * g.in_channels);
    const Scratch columns(t.unfolds() ? block_pixels * t.depth + kLanes : 0);
    const Scratch gradient(block_pixels * t.packed);
    const int64_t begin = part_begin(t.blocks(), shards, shard), end = part_begin(t.blocks(), shards, shard + 1);
    for (int64_t i = begin; i < end; i++)
      add_block(t, t.block(i), i == begin, window.data(), columns.data(), gradient.data(), own);
  });
  add_shards(context, t, shards, sums.data(), d_filter, d_bias);
}

}  // namespace

void conv_filter_gradient(const Context& context, const ConvGeometry& g, const float* x, const float* dy, const float* y,
                          Activation activation, float* d_filter, float* d_bias) {
  quick_filter_gradient(context, g, x, dy, y, activation, d_filter, d_bias);
  // A gradient that is not finite shows in every tap, those too that see padding there.
  if (!all_finite(g.taps() * g.in_channels * g.out_channels, d_filter)) exact_filter_gradient(context, g, x, dy, y, activation, d_filter);
}

}  // namespace ductus::DUCTUS_ISA
