// Pooling, one output row at a time. NaN, ties and empty windows as TensorFlow.js' `cpu` backend has them: a NaN is
// never the greatest, the first of equals is, and a window with nothing in it has −Infinity, or NaN as its mean.
#include "each_vector.h"
#include "kernels.h"
#include "parallel.h"
#include "vec_math.h"
#include "window_taps.h"

namespace ductus::DUCTUS_ISA {
namespace {

// body(n, row, columns…) for each output row; shards are images or rows of them.
template <class Body>
void each_output_row(const Context& context, const PoolGeometry& g, const Body& body) {
  const int64_t row_work = g.out_width * g.channels * g.window_height * g.window_width;
  for_ranges(context, g.batch * g.out_height, ceil_div(2 * kGrain, row_work + 1), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) body(i / g.out_height, i % g.out_height);
  });
}

// The gradients scatter into overlapping windows, so an image is the least that a shard may have.
template <class Body>
void each_image(const Context& context, const PoolGeometry& g, const Body& body) {
  const int64_t work = g.out_height * g.out_width * g.channels * g.window_height * g.window_width;
  for_ranges(context, g.batch, ceil_div(kGrain, work + 1), [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; n++) body(n);
  });
}

// body(offset) for each tap of a window, offset in floats from the image's beginning.
template <class Body>
DUCTUS_INLINE void each_tap(const PoolGeometry& g, const Taps& v, const Taps& h, const Body& body) {
  for (int64_t kh = v.begin; kh < v.end; kh++)
    for (int64_t kw = h.begin; kw < h.end; kw++)
      body(((v.position + kh * g.dilation_height) * g.in_width + h.position + kw * g.dilation_width) * g.channels);
}

}  // namespace

void max_pool(const Context& context, const PoolGeometry& g, const float* x, float* y) {
  each_output_row(context, g, [&](int64_t n, int64_t row) {
    const float* image = x + n * g.in_height * g.in_width * g.channels;
    float* to = y + (n * g.out_height + row) * g.out_width * g.channels;
    const Taps v = row_taps(g, row);
    for (int64_t column = 0; column < g.out_width; column++, to += g.channels) {
      const Taps h = column_taps(g, column);
      each_vector(0, g.channels, [&](int64_t i, auto lanes) {
        F most = splat(-kInfinity);
        each_tap(g, v, h, [&](int64_t at) {
          const F value = lanes.read(image + at + i);
          most = value > most ? value : most;
        });
        lanes.write(to + i, most);
      });
    }
  });
}

void max_pool_gradient(const Context& context, const PoolGeometry& g, const float* x, const float* dy, float* dx) {
  const int64_t in_floats = g.in_height * g.in_width * g.channels;
  each_image(context, g, [&](int64_t n) {
    const float* image = x + n * in_floats;
    float* to = dx + n * in_floats;
    const float* from = dy + n * g.out_height * g.out_width * g.channels;
    std::memset(to, 0, sizeof(float) * static_cast<size_t>(in_floats));
    for (int64_t row = 0; row < g.out_height; row++) {
      const Taps v = row_taps(g, row);
      for (int64_t column = 0; column < g.out_width; column++, from += g.channels) {
        const Taps h = column_taps(g, column);
        each_vector(0, g.channels, [&](int64_t i, auto lanes) {
          F most = splat(-kInfinity);
          each_tap(g, v, h, [&](int64_t at) {
            const F value = lanes.read(image + at + i);
            most = value > most ? value : most;
          });
          // The first that equals the greatest takes it all. All NaN or −Infinity: cpu has no position, none takes.
          F left = most > -kInfinity ? lanes.read(from + i) : F{};
          each_tap(g, v, h, [&](int64_t at) {
            const I takes = lanes.read(image + at + i) == most;
            lanes.write(to + at + i, lanes.read(to + at + i) + (takes ? left : F{}));
            left = takes ? F{} : left;
          });
        });
      }
    }
  });
}

void avg_pool(const Context& context, const PoolGeometry& g, bool count_padding, const float* x, float* y) {
  each_output_row(context, g, [&](int64_t n, int64_t row) {
    const float* image = x + n * g.in_height * g.in_width * g.channels;
    float* to = y + (n * g.out_height + row) * g.out_width * g.channels;
    const Taps v = row_taps(g, row);
    for (int64_t column = 0; column < g.out_width; column++, to += g.channels) {
      const Taps h = column_taps(g, column);
      const int64_t inside = (v.end - v.begin) * (h.end - h.begin);
      const F divisor = splat(static_cast<float>(count_padding ? g.window_height * g.window_width : inside));
      each_vector(0, g.channels, [&](int64_t i, auto lanes) {
        F sum = {};
        each_tap(g, v, h, [&](int64_t at) { sum += lanes.read(image + at + i); });
        lanes.write(to + i, sum / divisor);
      });
    }
  });
}

void avg_pool_gradient(const Context& context, const PoolGeometry& g, bool count_padding, const float* dy, float* dx) {
  const int64_t in_floats = g.in_height * g.in_width * g.channels;
  each_image(context, g, [&](int64_t n) {
    float* to = dx + n * in_floats;
    const float* from = dy + n * g.out_height * g.out_width * g.channels;
    std::memset(to, 0, sizeof(float) * static_cast<size_t>(in_floats));
    for (int64_t row = 0; row < g.out_height; row++) {
      const Taps v = row_taps(g, row);
      for (int64_t column = 0; column < g.out_width; column++, from += g.channels) {
        const Taps h = column_taps(g, column);
        const int64_t inside = (v.end - v.begin) * (h.end - h.begin);
        const F factor = splat(1.0f / static_cast<float>(count_padding ? g.window_height * g.window_width : inside));
        each_vector(0, g.channels, [&](int64_t i, auto lanes) {
          const F share = lanes.read(from + i) * factor;
          each_tap(g, v, h, [&](int64_t at) { lanes.write(to + at + i, lanes.read(to + at + i) + share); });
        });
      }
    }
  });
}

}  // namespace ductus::DUCTUS_ISA
