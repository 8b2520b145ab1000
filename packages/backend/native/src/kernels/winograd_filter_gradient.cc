// The filter gradient of 3×3 convolutions of stride 1 by Winograd's method: the inputs and gradients of a group of images
// are transformed, after which each of the 36 products is a matrix multiplication over all their tiles.
//
// With few channels each shard goes through pieces of images of its own, group by group, and has sums of its own: what a thread
// transforms it also multiplies, out of its own cache. (Cores can be far apart, and with few channels there is little
// arithmetic to hide the way.) With many, the sums would be too large for that, so the shards of a group transform an
// image each, and then take a product each.
#include "winograd_filter_gradient.h"

#include "../engine/scratch.h"
#include "each_vector.h"
#include "padded_image.h"
#include "panels.h"
#include "parallel.h"
#include "winograd.h"

namespace ductus::DUCTUS_ISA {
namespace {

// Transformed values that are kept at a time: little enough for the cache, of a core or of all, and no less than the
// sums, which each group reads and writes once.
constexpr int64_t kLeastOwnFloats = 1 << 16, kLeastSharedFloats = 1 << 20;
constexpr int64_t kMostOwnSums = kWinogradProducts * 64 * 64;
constexpr int64_t kMostOwnShards = 8;
constexpr int64_t kColumnParts = 2;  // that each product is cut in, to have enough for all threads

// Some rows of tiles of one image.
struct Piece {
  int64_t image, row, rows;
};

struct Task {
  const ConvGeometry& g;
  const float *x, *dy, *y;
  Activation activation;
  int64_t tiles_high, tiles_wide, packed, row;
  int64_t shards;      // that have sums of their own; 1 where there are too many channels for that
  int64_t piece_rows;  // of a whole image unless shards have sums of their own
  int64_t group;       // pieces

  int64_t image_pieces() const { return ceil_div(tiles_high, piece_rows); }
  int64_t pieces() const { return g.batch * image_pieces(); }
  Piece piece(int64_t index) const {
    const int64_t row = index % image_pieces() * piece_rows;
    return {index / image_pieces(), row, least(piece_rows, tiles_high - row)};
  }
  int64_t piece_tiles() const { return piece_rows * tiles_wide; }
  // Room for the tiles of a group: an odd number, so that the 36 places that a tile is written to fall into different
  // sets of the cache.
  int64_t group_tiles() const { return group * piece_tiles() | 1; }
  int64_t sum_floats() const { return kWinogradProducts * g.in_channels * packed; }
  int64_t input_floats() const { return kWinogradProducts * group_tiles() * row + kLanes; }
  int64_t gradient_floats() const { return kWinogradProducts * group_tiles() * packed; }
  ImageWindow input_window(const Piece& p) const {
    return {p.row * kWinogradOut - g.pad_top, -g.pad_left, p.rows * kWinogradOut + 2, tiles_wide * kWinogradOut + 2};
  }
  ImageWindow gradient_window(const Piece& p) const {
    return {p.row * kWinogradOut, 0, p.rows * kWinogradOut, tiles_wide * kWinogradOut};
  }
  int64_t window_floats() const {
    const ImageWindow w = input_window({0, 0, piece_rows});
    return w.height * w.width * greatest(g.in_channels, g.out_channels);
  }
};

// A piece, whose first tile is number `tile` of the group.
void transform_piece(const Task& t, int64_t index, int64_t tile, float* window, float* inputs, float* gradients, float* bias) {
  const ConvGeometry& g = t.g;
  const Piece piece = t.piece(index);
  const ImageWindow in = t.input_window(piece), out = t.gradient_window(piece);
  const int64_t tiles = piece.rows * t.tiles_wide, group_tiles = t.group_tiles();
  copy_window(t.x + piece.image * g.in_size(), nullptr, Activation::linear, g.in_height, g.in_width, g.in_channels, in, window);
  for (int64_t i = 0; i < tiles; i++) {
    const float* from = window + (i / t.tiles_wide * in.width + i % t.tiles_wide) * kWinogradOut * g.in_channels;
    float* to = inputs + (tile + i) * t.row;
    each_vector(0, g.in_channels, [&](int64_t c, auto lanes) {
      transform_tile<InputTransform>([&](int r, int k) { return lanes.read(from + (r * in.width + k) * g.in_channels + c); },
                                     [&](int r, int k, F v) { store(to + (r * kWinogradIn + k) * group_tiles * t.row + c, v); });
    });
  }
  const int64_t at = piece.image * g.out_size();
  copy_window(t.dy + at, t.y ? t.y + at : nullptr, t.activation, g.out_height, g.out_width, g.out_channels, out, window);
  for (PanelCursor p(g.out_channels); p.more(); p.next())
    each_vector(0, p.columns(), [&](int64_t c, auto lanes) {
      F sum = {};
      for (int64_t i = 0; i < tiles; i++) {
        const float* from = window + (i / t.tiles_wide * out.width + i % t.tiles_wide) * kWinogradOut * g.out_channels + p.column() + c;
        float* to = gradients + p.packed() * group_tiles + (tile + i) * p.width() + c;
        transform_tile<GradientTransform>(
            [&](int r, int k) {
              const F v = lanes.read(from + (r * out.width + k) * g.out_channels);
              sum += v;
              return v;
            },
            [&](int r, int k, F v) { lanes.write(to + (r * kWinogradIn + k) * group_tiles * t.packed, v); });
      }
      lanes.write(bias + index * t.packed + p.packed() + c, sum);
    });
}

// Columns that a panel has beyond the matrix's are multiplied too; they have to hold something finite.
void clear_padding(const Task& t, float* gradients) {
  const int64_t group_tiles = t.group_tiles();
  for (PanelCursor p(t.g.out_channels); p.more(); p.next())
    for (int64_t i = 0; i < kWinogradProducts * group_tiles && p.columns() < p.width(); i++)
      std::memset(gradients + i / group_tiles * group_tiles * t.packed + p.packed() * group_tiles + i % group_tiles * p.width() + p.columns(), 0,
                  sizeof(float) * static_cast<size_t>(p.width() - p.columns()));
}

// One part of the columns of one product, added to its sums.
void multiply_product(const Task& t, int64_t product, int64_t part, int64_t parts, int64_t tiles, bool first, const float* all_inputs,
                      const float* all_gradients, float* all_sums) {
  const int64_t group_tiles = t.group_tiles();
  const float* inputs = all_inputs + product * group_tiles * t.row;
  const float* gradients = all_gradients + product * group_tiles * t.packed;
  float* sums = all_sums + product * t.g.in_channels * t.packed;
  const TileRun whole = {1, 1, tiles, 0, 0, t.row, 0};
  int64_t panel = 0;
  for (PanelCursor p(t.g.out_channels); p.more(); p.next(), panel++) {
    if (panel % parts != part) continue;
    TileRun run = whole;
    run.b_step = p.width();
    TileOut out = {nullptr, p.width(), p.width(), nullptr, !first, false};
    for (int64_t c = 0; c < t.g.in_channels;) {
      const int rows = next_tile_rows(t.g.in_channels - c, tile_rows(p.kind()));
      out.c = sums + p.packed() * t.g.in_channels + c * p.width();
      tile_kernel_by_columns(p.kind(), rows)(run, inputs + c, gradients + p.packed() * group_tiles, out);
      c += rows;
    }
  }
}

// Pieces [begin, end), with sums of their own.
void add_pieces(const Task& t, int64_t begin, int64_t end, float* sums, float* bias) {
  const Scratch inputs(t.input_floats()), gradients(t.gradient_floats()), window(t.window_floats());
  clear_padding(t, gradients.data());
  for (int64_t first = begin; first < end; first += t.group) {
    int64_t tiles = 0;
    for (int64_t i = first; i < least(first + t.group, end); tiles += t.piece(i++).rows * t.tiles_wide)
      transform_piece(t, i, tiles, window.data(), inputs.data(), gradients.data(), bias);
    for (int64_t product = 0; product < kWinogradProducts; product++)
      multiply_product(t, product, 0, 1, tiles, first == begin, inputs.data(), gradients.data(), sums);
  }
}

// All images, the shards side by side in each group.
void add_groups(const Context& context, const Task& t, float* sums, float* bias) {
  const Scratch inputs(t.input_floats()), gradients(t.gradient_floats());
  clear_padding(t, gradients.data());
  for (int64_t first = 0; first < t.g.batch; first += t.group) {
    const int64_t images = least(t.group, t.g.batch - first);
    for_shards(context, images, [&](int64_t n) {
      const Scratch window(t.window_floats());
      transform_piece(t, first + n, n * t.piece_tiles(), window.data(), inputs.data(), gradients.data(), bias);
    });
    for_shards(context, kWinogradProducts * kColumnParts, [&](int64_t item) {
      multiply_product(t, item / kColumnParts, item % kColumnParts, kColumnParts, images * t.piece_tiles(), first == 0, inputs.data(),
                       gradients.data(), sums);
    });
  }
}

void transform_sums(const Context& context, const Task& t, const float* sums, float* d_filter) {
  const ConvGeometry& g = t.g;
  const int64_t product_floats = g.in_channels * t.packed;
  for_ranges(context, g.in_channels, ceil_div(kGrain, 45 * t.packed * t.shards), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++)
      for (PanelCursor p(g.out_channels); p.more(); p.next())
        each_vector(0, p.columns(), [&](int64_t c, auto lanes) {
          const float* from = sums + p.packed() * g.in_channels + i * p.width() + c;
          float* to = d_filter + i * g.out_channels + p.column() + c;
          transform_tile<FilterGradientTransform>(
              [&](int r, int k) {
                const float* own = from + (r * kWinogradIn + k) * product_floats;
                F sum = lanes.read(own);
                for (int64_t shard = 1; shard < t.shards; shard++) sum += lanes.read(own + shard * t.sum_floats());
                return sum;
              },
              [&](int r, int k, F v) { lanes.write(to + (r * 3 + k) * g.in_channels * g.out_channels, v); });
        });
  });
}

}  // namespace

void conv_filter_gradient_winograd(const Context& context, const ConvGeometry& g, const float* x, const float* dy, const float* y,
                                   Activation activation, float* d_filter, float* d_bias) {
  Task t = {g, x, dy, y, activation, ceil_div(g.out_height, kWinogradOut), ceil_div(g.out_width, kWinogradOut),
            packed_columns(g.out_channels), winograd_row(g.in_channels), 1, 0, 0};
  t.piece_rows = t.tiles_high;
  const int64_t row_floats = kWinogradProducts * t.tiles_wide * (t.row + t.packed);
  const bool own = t.sum_floats() <= kMostOwnSums;
  const int64_t group_floats = greatest(own ? kLeastOwnFloats : kLeastSharedFloats, t.sum_floats());
  if (own) {
    t.piece_rows = greatest<int64_t>(1, least(t.tiles_high, group_floats / row_floats));
    t.shards = greatest<int64_t>(1, least(kMostOwnShards, t.pieces()));
  }
  t.group = greatest<int64_t>(1, least(ceil_div(t.pieces(), t.shards), group_floats / (t.piece_rows * row_floats)));
  const Scratch sums(t.shards * t.sum_floats()), bias(t.pieces() * t.packed);
  if (!own) add_groups(context, t, sums.data(), bias.data());
  else
    for_shards(context, t.shards, [&](int64_t shard) {
      add_pieces(t, part_begin(t.pieces(), t.shards, shard), part_begin(t.pieces(), t.shards, shard + 1), sums.data() + shard * t.sum_floats(),
                 bias.data());
    });
  transform_sums(context, t, sums.data(), d_filter);
  if (!d_bias) return;
  for (PanelCursor p(g.out_channels); p.more(); p.next())
    for (int j = 0; j < p.columns(); j++) {
      double sum = 0;
      for (int64_t i = 0; i < t.pieces(); i++) sum += static_cast<double>(bias.data()[i * t.packed + p.packed() + j]);
      d_bias[p.column() + j] = static_cast<float>(sum);
    }
}

}  // namespace ductus::DUCTUS_ISA
