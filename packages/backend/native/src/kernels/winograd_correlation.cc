// The forward pass and the input gradient of 3×3 convolutions of stride 1 by Winograd's method: transform the filter
// once; then block by block transform the input, multiply 36 pairs of matrices [tiles, channels] · [channels,
// outChannels], and transform the products to outputs.
#include "../engine/scratch.h"
#include "correlation.h"
#include "each_vector.h"
#include "padded_image.h"
#include "panels.h"
#include "parallel.h"
#include "winograd.h"

namespace ductus::DUCTUS_ISA {
namespace {

constexpr int64_t kBlockTiles = kTileRows * (kTileRows < 10 ? 4 : 2);
// Room for a block: an odd number, so that the 36 places that a tile is written to fall into different sets of the cache.
constexpr int64_t kBlockRoom = kBlockTiles + 1;

struct Sizes {
  int64_t tiles_high, tiles_wide, tiles;  // of an image
  int64_t window_height, window_width;
  int64_t row;                            // of transformed inputs, in floats
  int64_t packed;                         // of products
};

Sizes sizes_of(const Correlation& t) {
  const Phase& p = t.phases[0];
  Sizes s;
  s.tiles_high = ceil_div(p.rows, kWinogradOut);
  s.tiles_wide = ceil_div(p.columns, kWinogradOut);
  s.tiles = s.tiles_high * s.tiles_wide;
  s.window_height = s.tiles_high * kWinogradOut + 2;
  s.window_width = s.tiles_wide * kWinogradOut + 2;
  s.row = winograd_row(t.channels);
  s.packed = packed_columns(t.out_channels);
  return s;
}

// [panel][tap][channel][width] to [product][panel][channel][width].
void transform_filter(const Context& context, const Correlation& t, const Sizes& s, const float* filter, float* to) {
  const int64_t product_floats = t.channels * s.packed, tap_rows = t.channels;
  for_ranges(context, t.channels, ceil_div(kGrain, 45 * s.packed), [&](int64_t begin, int64_t end) {
    for (PanelCursor p(t.out_channels); p.more(); p.next()) {
      const float* from = filter + p.packed() * 9 * tap_rows;
      float* panel = to + p.packed() * t.channels;
      each_vector(begin * p.width(), end * p.width(), [&](int64_t i, auto lanes) {
        transform_tile<FilterTransform>([&](int r, int c) { return lanes.read(from + (r * 3 + c) * tap_rows * p.width() + i); },
                                        [&](int r, int c, F v) { lanes.write(panel + (r * kWinogradIn + c) * product_floats + i, v); });
      });
    }
  });
}

// One tile of a padded image to its rows in [product][tile][channel].
void transform_input(const Correlation& t, const Sizes& s, const float* window, int64_t tile, float* to) {
  const float* from = window + (tile / s.tiles_wide * s.window_width + tile % s.tiles_wide) * kWinogradOut * t.channels;
  each_vector(0, t.channels, [&](int64_t i, auto lanes) {
    transform_tile<InputTransform>([&](int r, int c) { return lanes.read(from + (r * s.window_width + c) * t.channels + i); },
                                   [&](int r, int c, F v) { store(to + (r * kWinogradIn + c) * kBlockRoom * s.row + i, v); });
  });
}

void multiply(const Correlation& t, const Sizes& s, const float* input, const float* filter, int64_t tiles, float* products) {
  TileRun run = {1, 1, t.channels, 0, 0, s.row, 0};
  for (int64_t product = 0; product < kWinogradProducts; product++)
    for (PanelCursor p(t.out_channels); p.more(); p.next()) {
      run.b_step = p.width();
      TileOut out = {nullptr, s.packed, p.width(), nullptr, false, false};
      const float* b = filter + product * t.channels * s.packed + p.packed() * t.channels;
      for (int64_t i = 0; i < tiles;) {
        const int rows = next_tile_rows(tiles - i, tile_rows(p.kind()));
        out.c = products + (product * kBlockRoom + i) * s.packed + p.packed();
        tile_kernel_by_rows(p.kind(), rows)(run, input + (product * kBlockRoom + i) * s.row, b, out);
        i += rows;
      }
    }
}

// Marks the pixels of a padded image that are 0 in every channel; false where there are none.
bool mark_blank(int64_t pixels, int64_t channels, const float* window, uint8_t* blank) {
  bool any = false;
  for (int64_t pixel = 0; pixel < pixels; pixel++) {
    const float* from = window + pixel * channels;
    blank[pixel] = 0;
    if (from[0] != 0.0f) continue;
    I bits = {};
    each_vector(0, channels, [&](int64_t i, auto lanes) { bits |= (I)lanes.read(from + i); });
    int32_t all = 0;
    for (int lane = 0; lane < kLanes; lane++) all |= bits[lane];
    blank[pixel] = (all & 0x7fffffff) == 0;
    any |= blank[pixel] != 0;
  }
  return any;
}

// Outputs of a tile that see blank pixels alone: bit 4 · row + column. `blank` is that of the tile's first input.
unsigned blank_outputs(const uint8_t* blank, int64_t row_pixels) {
  unsigned outputs = 0;
  uint8_t three[kWinogradIn][kWinogradOut];  // pixels side by side
  for (int r = 0; r < kWinogradIn; r++)
    for (int c = 0; c < kWinogradOut; c++) {
      const uint8_t* from = blank + r * row_pixels + c;
      three[r][c] = from[0] & from[1] & from[2];
    }
  for (int r = 0; r < kWinogradOut; r++)
    for (int c = 0; c < kWinogradOut; c++)
      if (three[r][c] & three[r + 1][c] & three[r + 2][c]) outputs |= 1u << (r * kWinogradOut + c);
  return outputs;
}

// A pixel whose products are all 0, before any activation but ReLU.
void write_bias(const Correlation& t, float* to) {
  const F least_value = splat(t.activation == Activation::relu ? 0.0f : -__builtin_inff());
  for (PanelCursor panel(t.out_channels); panel.more(); panel.next())
    each_vector(0, panel.columns(), [&](int64_t i, auto lanes) {
      const F bias = t.bias ? lanes.read(t.bias + panel.packed() + i) : F{};
      lanes.write(to + panel.column() + i, bias <= least_value ? least_value : bias);
    });
}

// One tile of products to at most 4×4 outputs. Whether they are finite.
//
// The transforms leave a rounding error where all that an output sees is 0. `blank` says where that is so: there the
// products count for nothing, so that the sum is exactly the bias, and without one a ReLU is dead, as by definition.
bool transform_output(const Correlation& t, const Sizes& s, const float* products, int64_t tile, unsigned blank, float* image) {
  const Phase& p = t.phases[0];
  const int64_t row = tile / s.tiles_wide * kWinogradOut, column = tile % s.tiles_wide * kWinogradOut;
  const int64_t rows = least<int64_t>(kWinogradOut, p.rows - row), columns = least<int64_t>(kWinogradOut, p.columns - column);
  float* to = image + row * t.out_row + column * t.out_pixel;
  // The same comparison serves with and without ReLU, and lets NaN through.
  F zeros = {};  // 0 times each output: NaN for what is not finite
  const F least_value = splat(t.activation == Activation::relu ? 0.0f : -__builtin_inff());
  for (PanelCursor panel(t.out_channels); panel.more(); panel.next())
    each_vector(0, panel.columns(), [&](int64_t i, auto lanes) {
      const float* from = products + panel.packed() + i;
      const F bias = t.bias ? lanes.read(t.bias + panel.packed() + i) : F{};
      transform_tile<OutputTransform>(
          [&](int r, int c) { return lanes.read(from + (r * kWinogradIn + c) * kBlockRoom * s.packed); },
          [&](int r, int c, F v) {
            v += bias;
            zeros += v * 0.0f;
            if (r < rows && c < columns) lanes.write(to + r * t.out_row + c * t.out_pixel + panel.column() + i, v <= least_value ? least_value : v);
          });
    });
  const bool finite = horizontal_sum(zeros) == 0.0f;
  for (int64_t r = 0; blank && r < rows; r++)
    for (int64_t c = 0; c < columns; c++)
      if (blank >> (r * kWinogradOut + c) & 1) write_bias(t, to + r * t.out_row + c * t.out_pixel);
  if (t.activation == Activation::linear || t.activation == Activation::relu) return finite;
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < columns; c++) activate_in_place(t.activation, t.out_channels, to + r * t.out_row + c * t.out_pixel);
  return finite;
}

}  // namespace

bool correlate_winograd(const Context& context, const Correlation& t) {
  const Sizes s = sizes_of(t);
  const Phase& p = t.phases[0];
  const Scratch filter(kWinogradProducts * t.channels * s.packed);
  transform_filter(context, t, s, p.filter, filter.data());
  // A block is some images, or some tiles of one.
  const int64_t images = greatest<int64_t>(1, kBlockTiles / s.tiles);
  const int64_t parts = ceil_div(s.tiles, kBlockTiles);
  const ImageWindow window = {p.top, p.left, s.window_height, s.window_width};
  bool finite = true;
  for_shards(context, ceil_div(t.batch, images) * parts, [&](int64_t shard) {
    const int64_t first = shard / parts * images, count = least(images, t.batch - first);
    const int64_t tile_begin = part_begin(s.tiles, parts, shard % parts), tile_end = part_begin(s.tiles, parts, shard % parts + 1);
    const int64_t tile_count = tile_end - tile_begin;
    // Only the rows of the window that these tiles see.
    const int64_t tile_row = tile_begin / s.tiles_wide, tile_rows_end = ceil_div(tile_end, s.tiles_wide);
    ImageWindow seen = window;
    seen.top += tile_row * kWinogradOut;
    seen.height = (tile_rows_end - tile_row) * kWinogradOut + 2;
    const Scratch copy(seen.height * seen.width * t.channels);
    const Scratch input(kWinogradProducts * kBlockRoom * s.row + kLanes);
    const Scratch products(kWinogradProducts * kBlockRoom * s.packed);
    const int64_t seen_pixels = seen.height * seen.width;
    const Scratch blank_memory(ceil_div(count * (seen_pixels + 1), static_cast<int64_t>(sizeof(float))));
    uint8_t* const blank = reinterpret_cast<uint8_t*>(blank_memory.data());  // image by image
    uint8_t* const has_blank = blank + count * seen_pixels;
    for (int64_t n = 0; n < count; n++) {
      const int64_t at = (first + n) * t.in_height * t.in_width * t.channels;
      copy_window(t.x + at, t.y ? t.y + at : nullptr, t.derivative, t.in_height, t.in_width, t.channels, seen, copy.data());
      has_blank[n] = mark_blank(seen_pixels, t.channels, copy.data(), blank + n * seen_pixels);
      for (int64_t i = 0; i < tile_count; i++)
        transform_input(t, s, copy.data(), tile_begin + i - tile_row * s.tiles_wide, input.data() + (n * tile_count + i) * s.row);
    }
    multiply(t, s, input.data(), filter.data(), count * tile_count, products.data());
    for (int64_t n = 0; n < count; n++)
      for (int64_t i = 0; i < tile_count; i++) {
        const int64_t tile = tile_begin + i, row = tile / s.tiles_wide - tile_row, column = tile % s.tiles_wide;
        const uint8_t* from = blank + n * seen_pixels + (row * seen.width + column) * kWinogradOut;
        const unsigned outputs = has_blank[n] ? blank_outputs(from, seen.width) : 0;
        if (!transform_output(t, s, products.data() + (n * tile_count + i) * s.packed, tile, outputs,
                              t.out + (first + n) * t.out_image + p.out_offset))
          __atomic_store_n(&finite, false, __ATOMIC_RELAXED);
      }
  });
  return finite;
}

}  // namespace ductus::DUCTUS_ISA
