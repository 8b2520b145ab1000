#include "correlation.h"

#include "../engine/scratch.h"
#include "padded_image.h"
#include "panels.h"
#include "parallel.h"
#include "winograd.h"

namespace ductus::DUCTUS_ISA {
namespace {

// Multiplications that are worth waking a thread for.
constexpr int64_t kShardWork = 100000;
constexpr int64_t kFewestShards = 8;
// Pixels that share one pass over a packed panel. Few where all panels stay in the L1 and L2 caches anyway, more where
// each pass brings the panel in from afar.
constexpr int64_t kPixelsNear = 64, kPixelsFar = 512;
constexpr int64_t kNearFloats = 48 * 1024;

struct Extent {
  int64_t begin, end;
};

// Rows (or columns) of the image that the windows of output rows [begin, end) of each phase touch.
Extent touched_rows(const Correlation& t, int64_t part, int64_t parts, bool vertical) {
  Extent e = {INT64_MAX, INT64_MIN};
  for (int64_t i = 0; i < t.phase_count; i++) {
    const Phase& p = t.phases[i];
    const int64_t n = vertical ? p.rows : p.columns, taps = vertical ? p.taps_height : p.taps_width;
    const int64_t begin = n * part / parts, end = n * (part + 1) / parts;
    if (begin == end || taps == 0) continue;
    const int64_t first = vertical ? p.top : p.left, step = vertical ? t.step_height : t.step_width;
    const int64_t dilation = vertical ? p.dilation_height : p.dilation_width;
    e.begin = least(e.begin, first + begin * step);
    e.end = greatest(e.end, first + (end - 1) * step + (taps - 1) * dilation + 1);
  }
  if (e.begin > e.end) e = {0, 0};
  return e;
}

struct Source {
  const float* data;
  int64_t image, row;  // distances in floats
  int64_t top, left;   // of its first pixel, in the image
};

// Output rows [begin, end) of one phase, `images` images, panel by panel.
void phase_rows(const Correlation& t, const Phase& p, const Source& source, float* out, int64_t images, int64_t begin,
                int64_t end) {
  const int64_t depth = p.taps_height * p.taps_width * t.channels;
  TileRun run;
  run.outer = p.taps_height;
  run.outer_step = p.dilation_height * source.row;
  // Without dilation the taps of a filter row lie side by side.
  const bool joined = p.dilation_width == 1;
  run.inner = joined ? 1 : p.taps_width;
  run.inner_step = p.dilation_width * t.channels;
  run.length = joined ? p.taps_width * t.channels : t.channels;
  run.a_step = t.step_width * t.channels;

  const bool near = depth * packed_columns(t.out_channels) <= kNearFloats;
  const int64_t pixels = near ? kPixelsNear : kPixelsFar;
  const int64_t images_per_pass = greatest<int64_t>(1, least(images, pixels / greatest<int64_t>(1, (end - begin) * p.columns)));
  const int64_t rows_per_pass = images_per_pass > 1 ? end - begin : greatest<int64_t>(1, pixels / greatest<int64_t>(1, p.columns));

  for (int64_t image = 0; image < images; image += images_per_pass)
    for (int64_t row = begin; row < end; row += rows_per_pass) {
      const int64_t image_end = least(images, image + images_per_pass), row_end = least(end, row + rows_per_pass);
      for (PanelCursor panel(t.out_channels); panel.more(); panel.next()) {
        const float* b = p.filter + panel.packed() * depth;
        run.b_step = panel.width();
        TileOut tile;
        tile.row_step = t.out_pixel;
        tile.columns = panel.columns();
        tile.bias = t.bias ? t.bias + panel.packed() : nullptr;
        tile.accumulate = false;
        tile.relu = t.activation == Activation::relu;
        for (int64_t n = image; n < image_end; n++)
          for (int64_t r = row; r < row_end; r++) {
            const float* a = source.data + n * source.image + (p.top + r * t.step_height - source.top) * source.row +
                             (p.left - source.left) * t.channels;
            float* c = out + n * t.out_image + p.out_offset + r * t.out_row + panel.column();
            for (int64_t column = 0; column < p.columns;) {
              const int rows = next_tile_rows(p.columns - column, tile_rows(panel.kind()));
              tile.c = c + column * t.out_pixel;
              tile_kernel_by_rows(panel.kind(), rows)(run, a + column * run.a_step, b, tile);
              column += rows;
            }
          }
      }
      if (t.activation != Activation::linear && t.activation != Activation::relu)
        for (int64_t n = image; n < image_end; n++)
          for (int64_t r = row; r < row_end; r++)
            activate_in_place(t.activation, p.columns * t.out_channels, out + n * t.out_image + p.out_offset + r * t.out_row);
    }
}

bool suits_winograd(const Correlation& t) {
  const Phase& p = t.phases[0];
  return t.phase_count == 1 && p.taps_height == 3 && p.taps_width == 3 && p.dilation_height == 1 && p.dilation_width == 1 &&
         t.step_height == 1 && t.step_width == 1 && winograd_suits(t.channels, t.out_channels, p.rows, p.columns);
}

}  // namespace

bool correlate(const Context& context, const Correlation& t) {
  int64_t work = 0, most_pixels = 0;  // of an image
  for (int64_t i = 0; i < t.phase_count; i++) {
    const Phase& p = t.phases[i];
    most_pixels = greatest(most_pixels, p.rows * p.columns);
    work += p.rows * p.columns * (p.taps_height * p.taps_width * t.channels + 1) * t.out_channels;
  }
  if (t.batch == 0 || most_pixels == 0) return true;
  if (suits_winograd(t)) return correlate_winograd(context, t);

  // Small images go in groups, so that a panel that was fetched serves several; few large ones are cut in row parts.
  const int64_t most_shards = greatest<int64_t>(1, work * t.batch / kShardWork);
  int64_t group = greatest<int64_t>(1, least(kPixelsFar / most_pixels, t.batch / kFewestShards));
  group = greatest(group, ceil_div(t.batch, most_shards));
  const int64_t groups = ceil_div(t.batch, group);
  int64_t parts = 1;
  if (groups < kFewestShards) parts = greatest<int64_t>(1, least(ceil_div(kFewestShards, groups), most_shards / groups));

  const Extent columns = touched_rows(t, 0, 1, false);
  for_shards(context, groups * parts, [&](int64_t shard) {
    const int64_t first = shard / parts * group, part = shard % parts;
    const int64_t images = least(group, t.batch - first);
    const Extent rows = touched_rows(t, part, parts, true);
    const ImageWindow window = {rows.begin, columns.begin, rows.end - rows.begin, columns.end - columns.begin};
    const int64_t image_floats = t.in_height * t.in_width * t.channels;
    const bool inside = !t.y && window.left == 0 && window.width == t.in_width && window.top >= 0 &&
                        window.top + window.height <= t.in_height;
    const int64_t window_floats = window.height * window.width * t.channels;
    const Scratch copy = inside ? Scratch() : Scratch(images * window_floats);
    Source source = {t.x + first * image_floats, image_floats, t.in_width * t.channels, 0, 0};
    if (!inside) {
      for (int64_t n = 0; n < images; n++)
        copy_window(source.data + n * image_floats, t.y ? t.y + (first + n) * image_floats : nullptr, t.derivative,
                    t.in_height, t.in_width, t.channels, window, copy.data() + n * window_floats);
      source = {copy.data(), window_floats, window.width * t.channels, window.top, window.left};
    }
    for (int64_t i = 0; i < t.phase_count; i++) {
      const Phase& p = t.phases[i];
      phase_rows(t, p, source, t.out + first * t.out_image, images, p.rows * part / parts, p.rows * (part + 1) / parts);
    }
  });
  return true;
}

}  // namespace ductus::DUCTUS_ISA
