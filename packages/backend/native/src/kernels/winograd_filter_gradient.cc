// The filter gradient of 3×3 convolutions of stride 1 by Winograd's method. The transformed inputs and gradients of a
// group of images are kept, after which each of the 36 products is a matrix multiplication over all their tiles and
// one thread's: there is nothing to add up between threads.
#include "winograd_filter_gradient.h"

#include "../engine/scratch.h"
#include "each_vector.h"
#include "padded_image.h"
#include "panels.h"
#include "parallel.h"
#include "winograd.h"

namespace ductus::DUCTUS_ISA {
namespace {

// Transformed values that are kept at a time: little enough for the cache, and no less than the sums, which each group
// reads and writes once.
constexpr int64_t kLeastGroupFloats = 1 << 20;
constexpr int64_t kColumnParts = 2;        // that each product is cut in, to have enough for all threads

struct Task {
  const ConvGeometry& g;
  const float *x, *dy, *y;
  Activation activation;
  int64_t tiles_high, tiles_wide, packed, row;
  int64_t group;  // images

  int64_t tiles() const { return tiles_high * tiles_wide; }
  // Room for the tiles of a group: an odd number, so that the 36 places that a tile is written to fall into different
  // sets of the cache.
  int64_t group_tiles() const { return group * tiles() | 1; }
  ImageWindow input_window() const {
    return {-g.pad_top, -g.pad_left, tiles_high * kWinogradOut + 2, tiles_wide * kWinogradOut + 2};
  }
  ImageWindow gradient_window() const { return {0, 0, tiles_high * kWinogradOut, tiles_wide * kWinogradOut}; }
};

// Image n of the batch, whose first tile is number `tile` of the group.
void transform_image(const Task& t, int64_t n, int64_t tile, int64_t group_tiles, float* window, float* inputs, float* gradients,
                     float* bias) {
  const ConvGeometry& g = t.g;
  const ImageWindow in = t.input_window(), out = t.gradient_window();
  copy_window(t.x + n * g.in_size(), nullptr, Activation::linear, g.in_height, g.in_width, g.in_channels, in, window);
  for (int64_t i = 0; i < t.tiles(); i++) {
    const float* from = window + (i / t.tiles_wide * in.width + i % t.tiles_wide) * kWinogradOut * g.in_channels;
    float* to = inputs + (tile + i) * t.row;
    each_vector(0, g.in_channels, [&](int64_t c, auto lanes) {
      transform_tile<InputTransform>([&](int r, int k) { return lanes.read(from + (r * in.width + k) * g.in_channels + c); },
                                     [&](int r, int k, F v) { store(to + (r * kWinogradIn + k) * group_tiles * t.row + c, v); });
    });
  }
  const int64_t at = n * g.out_size();
  copy_window(t.dy + at, t.y ? t.y + at : nullptr, t.activation, g.out_height, g.out_width, g.out_channels, out, window);
  for (PanelCursor p(g.out_channels); p.more(); p.next())
    each_vector(0, p.columns(), [&](int64_t c, auto lanes) {
      F sum = {};
      for (int64_t i = 0; i < t.tiles(); i++) {
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
      lanes.write(bias + p.packed() + c, sum);
    });
}

// Columns that a panel has beyond the matrix's are multiplied too; they have to hold something finite.
void clear_padding(const Task& t, int64_t group_tiles, float* gradients) {
  for (PanelCursor p(t.g.out_channels); p.more(); p.next())
    for (int64_t i = 0; i < kWinogradProducts * group_tiles && p.columns() < p.width(); i++)
      std::memset(gradients + i / group_tiles * group_tiles * t.packed + p.packed() * group_tiles + i % group_tiles * p.width() + p.columns(), 0,
                  sizeof(float) * static_cast<size_t>(p.width() - p.columns()));
}

void multiply_product(const Task& t, int64_t part, int64_t tiles, int64_t group_tiles, bool first, const float* inputs, const float* gradients,
                      float* sums) {
  const TileRun whole = {1, 1, tiles, 0, 0, t.row, 0};
  int64_t panel = 0;
  for (PanelCursor p(t.g.out_channels); p.more(); p.next(), panel++) {
    if (panel % kColumnParts != part) continue;
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

void transform_sums(const Context& context, const Task& t, const float* sums, float* d_filter) {
  const ConvGeometry& g = t.g;
  const int64_t product_floats = g.in_channels * t.packed;
  for_ranges(context, g.in_channels, ceil_div(kGrain, 45 * t.packed), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++)
      for (PanelCursor p(g.out_channels); p.more(); p.next())
        each_vector(0, p.columns(), [&](int64_t c, auto lanes) {
          const float* from = sums + p.packed() * g.in_channels + i * p.width() + c;
          float* to = d_filter + i * g.out_channels + p.column() + c;
          transform_tile<FilterGradientTransform>(
              [&](int r, int k) { return lanes.read(from + (r * kWinogradIn + k) * product_floats); },
              [&](int r, int k, F v) { lanes.write(to + (r * 3 + k) * g.in_channels * g.out_channels, v); });
        });
  });
}

}  // namespace

void conv_filter_gradient_winograd(const Context& context, const ConvGeometry& g, const float* x, const float* dy, const float* y,
                                   Activation activation, float* d_filter, float* d_bias) {
  Task t = {g, x, dy, y, activation, ceil_div(g.out_height, kWinogradOut), ceil_div(g.out_width, kWinogradOut),
            packed_columns(g.out_channels), winograd_row(g.in_channels), 1};
  const int64_t group_floats = greatest(kLeastGroupFloats, kWinogradProducts * g.in_channels * t.packed);
  t.group = greatest<int64_t>(1, least(g.batch, group_floats / (kWinogradProducts * t.tiles() * (t.row + t.packed))));
  const int64_t group_tiles = t.group_tiles();
  const Scratch inputs(kWinogradProducts * group_tiles * t.row + kLanes), gradients(kWinogradProducts * group_tiles * t.packed);
  const Scratch sums(kWinogradProducts * g.in_channels * t.packed), bias(g.batch * t.packed);
  const int64_t window_floats = t.input_window().height * t.input_window().width * greatest(g.in_channels, g.out_channels);
  clear_padding(t, group_tiles, gradients.data());
  for (int64_t first = 0; first < g.batch; first += t.group) {
    const int64_t images = least(t.group, g.batch - first);
    for_shards(context, images, [&](int64_t n) {
      const Scratch window(window_floats);
      transform_image(t, first + n, n * t.tiles(), group_tiles, window.data(), inputs.data(), gradients.data(),
                      bias.data() + (first + n) * t.packed);
    });
    for_shards(context, kWinogradProducts * kColumnParts, [&](int64_t item) {
      const int64_t product = item / kColumnParts;
      multiply_product(t, item % kColumnParts, images * t.tiles(), group_tiles, first == 0, inputs.data() + product * group_tiles * t.row,
                       gradients.data() + product * group_tiles * t.packed, sums.data() + product * g.in_channels * t.packed);
    });
  }
  transform_sums(context, t, sums.data(), d_filter);
  if (!d_bias) return;
  for (PanelCursor p(g.out_channels); p.more(); p.next())
    for (int j = 0; j < p.columns(); j++) {
      double sum = 0;
      for (int64_t n = 0; n < g.batch; n++) sum += static_cast<double>(bias.data()[n * t.packed + p.packed() + j]);
      d_bias[p.column() + j] = static_cast<float>(sum);
    }
}

}  // namespace ductus::DUCTUS_ISA
