// Batch normalisation over the rows of [rows, channels]. Every pass goes once through memory: statistics are taken
// block by block while a block is in the cache, and combined in double precision, always in the same order.
#include "../engine/scratch.h"
#include "activation.h"
#include "each_vector.h"
#include "kernels.h"
#include "parallel.h"

namespace ductus::DUCTUS_ISA {
namespace {

constexpr int64_t kBlockFloats = 16384;
constexpr int64_t kFewestBlockRows = 32;
constexpr int64_t kNarrow = 64;

// Rows of few channels leave lanes idle, so kLanes of them are taken as one wide row. What is left over is a block of
// ordinary rows.
struct Layout {
  int64_t channels, factor, rows, width;  // `rows` wide ones
  int64_t rest;                           // ordinary rows after them
  int64_t block_rows;

  Layout(int64_t all_rows, int64_t channels_) : channels(channels_) {
    factor = channels < kNarrow && channels % kLanes != 0 && all_rows >= kLanes ? kLanes : 1;
    rows = all_rows / factor;
    width = channels * factor;
    rest = all_rows % factor;
    block_rows = greatest(kFewestBlockRows, kBlockFloats / greatest<int64_t>(width, 1));
  }
  int64_t whole_blocks() const { return ceil_div(rows, block_rows); }
  int64_t blocks() const { return whole_blocks() + (rest ? 1 : 0); }
};

struct Block {
  int64_t at;           // first float
  int64_t rows, width;
};

Block block_of(const Layout& l, int64_t index) {
  if (index == l.whole_blocks()) return {l.rows * l.width, l.rest, l.channels};
  const int64_t row = index * l.block_rows;
  return {row * l.width, least(l.block_rows, l.rows - row), l.width};
}

template <class Body>
void each_block(const Context& context, const Layout& l, const Body& body) {
  const int64_t floats = greatest<int64_t>(1, l.block_rows * l.width);
  for_ranges(context, l.blocks(), ceil_div(kGrain / 2, floats), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) body(i, block_of(l, i));
  });
}

// A vector by channel, repeated to the width of a wide row; `missing` where there is none.
Scratch repeat(const Layout& l, const float* by_channel, float missing) {
  Scratch copy(l.width);
  for (int64_t i = 0; i < l.width; i++) copy.data()[i] = by_channel ? by_channel[i % l.channels] : missing;
  return copy;
}

// Column sums of a block of what read(i, j, lanes) gives for element i of column j.
template <class Read>
DUCTUS_INLINE void sum_columns(const Block& b, float* sums, const Read& read) {
  each_vector(0, b.width, [&](int64_t j, auto lanes) {
    F even = {}, odd = {};
    int64_t r = 0;
    for (; r + 2 <= b.rows; r += 2) {
      even += read(b.at + r * b.width + j, j, lanes);
      odd += read(b.at + (r + 1) * b.width + j, j, lanes);
    }
    if (r < b.rows) even += read(b.at + r * b.width + j, j, lanes);
    lanes.write(sums + j, even + odd);
  });
}

template <class Body>
DUCTUS_INLINE void each_element(const Block& b, const Body& body) {
  for (int64_t r = 0; r < b.rows; r++)
    each_vector(0, b.width, [&](int64_t j, auto lanes) { body(b.at + r * b.width + j, j, lanes); });
}

// combine(channel, each) with each(visit) calling visit(place in a partial result, rows it stands for) in order.
template <class Body>
void each_channel(const Context& context, const Layout& l, const Body& body) {
  for_ranges(context, l.channels, greatest<int64_t>(1, kGrain / (4 * l.blocks() * l.factor + 1)),
             [&](int64_t begin, int64_t end) {
               for (int64_t c = begin; c < end; c++)
                 body(c, [&](const auto& visit) {
                   for (int64_t i = 0; i < l.blocks(); i++) {
                     const Block b = block_of(l, i);
                     for (int64_t j = c; j < b.width; j += l.channels) visit(i * l.width + j, b.rows);
                   }
                 });
             });
}

// (x − mean) · invStd · scale + offset, plus what a shortcut brings. The gradient computes it again where it can, with the
// same bits: x is at hand, and reading y too would take longer.
struct Normalization {
  Scratch means, factors, offsets;
  const float *x, *residual;

  Normalization(const Layout& l, const float* x_, const float* mean, const float* inv_std, const float* scale, const float* offset,
                const float* residual_)
      : means(repeat(l, mean, 0)), factors(repeat(l, inv_std, 1)), offsets(repeat(l, offset, 0)), x(x_), residual(residual_) {
    if (scale)
      for (int64_t i = 0; i < l.width; i++) factors.data()[i] *= scale[i % l.channels];
  }
  template <class Lanes>
  DUCTUS_INLINE F centered(int64_t i, int64_t j, Lanes lanes) const {
    return lanes.read(x + i) - lanes.read(means.data() + j);
  }
  template <class Lanes>
  DUCTUS_INLINE F operator()(int64_t i, int64_t j, Lanes lanes) const {
    const F z = centered(i, j, lanes) * lanes.read(factors.data() + j) + lanes.read(offsets.data() + j);
    return residual ? z + lanes.read(residual + i) : z;
  }
};

void normalize(const Context& context, const Layout& l, const Normalization& z, Activation activation, float* y) {
  with_activation(activation, [&]<Activation kind>() {
    each_block(context, l, [&](int64_t, const Block& b) {
      each_element(b, [&](int64_t i, int64_t j, auto lanes) { lanes.write(y + i, activate<kind>(z(i, j, lanes))); });
    });
  });
}

}  // namespace

void batch_norm_train(const Context& context, int64_t rows, int64_t channels, const float* x, const float* scale,
                      const float* offset, const float* residual, float epsilon, Activation activation, float* y, float* mean,
                      float* variance, float* inv_std) {
  if (channels == 0) return;
  const Layout l(rows, channels);
  // Of each block: its means, and the sums of squares about them.
  const Scratch means(l.blocks() * l.width), squares(l.blocks() * l.width);
  each_block(context, l, [&](int64_t index, const Block& b) {
    float* m = means.data() + index * l.width;
    sum_columns(b, m, [&](int64_t i, int64_t, auto lanes) { return lanes.read(x + i); });
    const F rows_inverse = splat(1.0f / static_cast<float>(b.rows));
    each_vector(0, b.width, [&](int64_t j, auto lanes) { lanes.write(m + j, lanes.read(m + j) * rows_inverse); });
    sum_columns(b, squares.data() + index * l.width, [&](int64_t i, int64_t j, auto lanes) {
      const F centered = lanes.read(x + i) - lanes.read(m + j);
      return centered * centered;
    });
  });
  each_channel(context, l, [&](int64_t c, const auto& each) {
    double sum = 0, square = 0;
    each([&](int64_t at, int64_t n) { sum += static_cast<double>(means.data()[at]) * static_cast<double>(n); });
    const double m = sum / static_cast<double>(rows);
    each([&](int64_t at, int64_t n) {
      const double distance = static_cast<double>(means.data()[at]) - m;
      square += static_cast<double>(squares.data()[at]) + distance * distance * static_cast<double>(n);
    });
    const double v = square / static_cast<double>(rows);
    mean[c] = static_cast<float>(m);
    variance[c] = static_cast<float>(v);
    inv_std[c] = static_cast<float>(1.0 / __builtin_sqrt(v + static_cast<double>(epsilon)));
  });
  normalize(context, l, {l, x, mean, inv_std, scale, offset, residual}, activation, y);
}

void batch_norm_inference(const Context& context, int64_t rows, int64_t channels, const float* x, const float* mean,
                          const float* variance, const float* scale, const float* offset, const float* residual,
                          float epsilon, Activation activation, float* y) {
  if (channels == 0) return;
  const Scratch inv_std(channels);
  for (int64_t c = 0; c < channels; c++)
    inv_std.data()[c] = static_cast<float>(1.0 / __builtin_sqrt(static_cast<double>(variance[c]) + static_cast<double>(epsilon)));
  const Layout l(rows, channels);
  normalize(context, l, {l, x, mean, inv_std.data(), scale, offset, residual}, activation, y);
}

// With z = (x − mean) · invStd and d = dy · f′: dOffset = Σ d, dScale = Σ d · z, dResidual = d,
// dx = scale · invStd · (d − dOffset / rows − z · dScale / rows). Without y it is computed again.
void batch_norm_gradient(const Context& context, int64_t rows, int64_t channels, const float* x, const float* dy,
                         const float* y, Activation activation, const float* scale, const float* shift, const float* mean,
                         const float* inv_std, float* dx, float* d_residual, float* d_scale, float* d_offset) {
  if (channels == 0) return;
  const Layout l(rows, channels);
  const Normalization z(l, x, mean, inv_std, scale, shift, nullptr);
  const Scratch offsets(l.blocks() * l.width), scales(l.blocks() * l.width);
  const Scratch offset(channels), slope(channels), factor(channels);
  with_activation(activation, [&]<Activation kind>() {
    const auto gradient = [&](int64_t i, int64_t j, auto lanes) {
      const F d = lanes.read(dy + i);
      if constexpr (kind == Activation::linear) return d;
      else return d * derivative<kind>(y ? lanes.read(y + i) : activate<kind>(z(i, j, lanes)));
    };
    each_block(context, l, [&](int64_t index, const Block& b) {
      sum_columns(b, offsets.data() + index * l.width, [&](int64_t i, int64_t j, auto lanes) {
        const F d = gradient(i, j, lanes);
        if (d_residual) lanes.write(d_residual + i, d);
        return d;
      });
      sum_columns(b, scales.data() + index * l.width, [&](int64_t i, int64_t j, auto lanes) {
        return (d_residual ? lanes.read(d_residual + i) : gradient(i, j, lanes)) * z.centered(i, j, lanes);
      });
    });
    each_channel(context, l, [&](int64_t c, const auto& each) {
      double sum_offset = 0, sum_scale = 0;
      each([&](int64_t at, int64_t) {
        sum_offset += static_cast<double>(offsets.data()[at]);
        sum_scale += static_cast<double>(scales.data()[at]);
      });
      const double inverse = static_cast<double>(inv_std[c]), n = static_cast<double>(rows);
      if (d_offset) d_offset[c] = static_cast<float>(sum_offset);
      if (d_scale) d_scale[c] = static_cast<float>(sum_scale * inverse);
      offset.data()[c] = static_cast<float>(sum_offset / n);
      slope.data()[c] = static_cast<float>(sum_scale * inverse * inverse / n);
      factor.data()[c] = static_cast<float>((scale ? static_cast<double>(scale[c]) : 1.0) * inverse);
    });
    const Scratch offset_rows = repeat(l, offset.data(), 0), slope_rows = repeat(l, slope.data(), 0);
    const Scratch factor_rows = repeat(l, factor.data(), 1);
    each_block(context, l, [&](int64_t, const Block& b) {
      each_element(b, [&](int64_t i, int64_t j, auto lanes) {
        const F d = d_residual ? lanes.read(d_residual + i) : gradient(i, j, lanes);
        const F inner = d - lanes.read(offset_rows.data() + j) - z.centered(i, j, lanes) * lanes.read(slope_rows.data() + j);
        lanes.write(dx + i, inner * lanes.read(factor_rows.data() + j));
      });
    });
  });
}

}  // namespace ductus::DUCTUS_ISA
