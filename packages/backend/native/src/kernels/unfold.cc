// Windows of images laid out one after another (im2col), and put back in their places.
#include "each_vector.h"
#include "kernels.h"
#include "parallel.h"
#include "window_taps.h"

namespace ductus::DUCTUS_ISA {
namespace {

DUCTUS_INLINE void copy_run(const float* from, int64_t n, float* to) {
  each_vector(0, n, [&](int64_t i, auto lanes) { lanes.write(to + i, lanes.read(from + i)); });
}
DUCTUS_INLINE void add_run(const float* from, int64_t n, float* to) {
  each_vector(0, n, [&](int64_t i, auto lanes) { lanes.write(to + i, lanes.read(to + i) + lanes.read(from + i)); });
}
DUCTUS_INLINE void clear_run(float* to, int64_t n) {
  each_vector(0, n, [&](int64_t i, auto lanes) { lanes.write(to + i, F{}); });
}

// body(in a row of the image, in a row of the window, n): runs of neighbours in both, of the taps that lie in the image.
template <class Body>
DUCTUS_INLINE void each_run(const PoolGeometry& g, const Taps& taps, const Body& body) {
  if (g.dilation_width == 1) {
    if (taps.begin < taps.end) body((taps.position + taps.begin) * g.channels, taps.begin * g.channels, (taps.end - taps.begin) * g.channels);
    return;
  }
  for (int64_t tap = taps.begin; tap < taps.end; tap++)
    body((taps.position + tap * g.dilation_width) * g.channels, tap * g.channels, g.channels);
}

}  // namespace

void unfold(const Context& context, const PoolGeometry& g, const float* x, float* patches) {
  const int64_t run = g.window_width * g.channels, patch = g.window_height * run, row_floats = g.out_width * patch;
  for_ranges(context, g.batch * g.out_height, ceil_div(2 * kGrain, row_floats + 1), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) {
      const float* image = x + row / g.out_height * g.in_height * g.in_width * g.channels;
      const Taps v = row_taps(g, row % g.out_height);
      float* to = patches + row * row_floats;
      for (int64_t column = 0; column < g.out_width; column++) {
        const Taps h = column_taps(g, column);
        for (int64_t tap = 0; tap < g.window_height; tap++, to += run) {
          if (tap < v.begin || tap >= v.end) {
            clear_run(to, run);
            continue;
          }
          const float* line = image + (v.position + tap * g.dilation_height) * g.in_width * g.channels;
          clear_run(to, h.begin * g.channels);
          each_run(g, h, [&](int64_t in_line, int64_t in_window, int64_t n) { copy_run(line + in_line, n, to + in_window); });
          clear_run(to + h.end * g.channels, run - h.end * g.channels);
        }
      }
    }
  });
}

// By rows of the image, each of which takes what windows have of it: no two shards write to the same place.
void fold(const Context& context, const PoolGeometry& g, const float* patches, float* x) {
  const int64_t run = g.window_width * g.channels, patch = g.window_height * run, row_floats = g.out_width * patch;
  const int64_t line_floats = g.in_width * g.channels;
  for_ranges(context, g.batch * g.in_height, ceil_div(kGrain, line_floats + row_floats / g.stride_height + 1), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) {
      float* line = x + row * line_floats;
      clear_run(line, line_floats);
      for (int64_t tap = 0; tap < g.window_height; tap++) {
        const int64_t from_top = row % g.in_height + g.pad_top - tap * g.dilation_height, out = from_top / g.stride_height;
        if (from_top < 0 || from_top % g.stride_height != 0 || out >= g.out_height) continue;
        const float* from = patches + (row / g.in_height * g.out_height + out) * row_floats + tap * run;
        for (int64_t column = 0; column < g.out_width; column++, from += patch)
          each_run(g, column_taps(g, column), [&](int64_t in_line, int64_t in_window, int64_t n) { add_run(from + in_window, n, line + in_line); });
      }
    }
  });
}

}  // namespace ductus::DUCTUS_ISA
