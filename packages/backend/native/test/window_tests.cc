#include "check.h"

namespace ductus::test {

namespace {

PoolGeometry any_windows(Random& r) {
  PoolGeometry g;
  g.batch = r.between(0, 4);
  g.in_height = r.between(0, 12);
  g.in_width = r.between(0, 12);
  g.channels = r.chance(2) ? r.between(0, 5) : r.between(1, 40);
  g.window_height = r.between(1, 6);
  g.window_width = r.between(1, 6);
  g.stride_height = r.between(1, 4);
  g.stride_width = r.between(1, 4);
  g.dilation_height = r.between(1, 3);
  g.dilation_width = r.between(1, 3);
  g.pad_top = r.between(-2, 8);  // up to windows that lie wholly outside
  g.pad_left = r.between(-2, 8);
  g.out_height = r.between(0, 8);
  g.out_width = r.between(0, 8);
  if (r.chance(10)) {  // many shards
    g.batch = 3;
    g.in_height = g.in_width = g.out_height = g.out_width = 40;
    g.channels = 20;
    g.stride_height = g.stride_width = 1;
  }
  return g;
}

// visit(index in patches, index in x, or −1 outside the image), in the order of patches.
template <class Visit>
void each_value(const PoolGeometry& g, const Visit& visit) {
  int64_t at = 0;
  for (int64_t n = 0; n < g.batch; n++)
    for (int64_t r = 0; r < g.out_height; r++)
      for (int64_t c = 0; c < g.out_width; c++)
        for (int64_t kh = 0; kh < g.window_height; kh++)
          for (int64_t kw = 0; kw < g.window_width; kw++)
            for (int64_t i = 0; i < g.channels; i++, at++) {
              const int64_t h = r * g.stride_height - g.pad_top + kh * g.dilation_height;
              const int64_t w = c * g.stride_width - g.pad_left + kw * g.dilation_width;
              const bool inside = h >= 0 && h < g.in_height && w >= 0 && w < g.in_width;
              visit(static_cast<size_t>(at), inside ? ((n * g.in_height + h) * g.in_width + w) * g.channels + i : -1);
            }
}

// Some of them not finite, now and then.
Floats any_floats(Random& r, int64_t n) {
  Floats v = r.floats(n);
  if (n > 0 && r.chance(3))
    for (float odd : {kNaN, kInf, -kInf}) v[static_cast<size_t>(r.between(0, n - 1))] = odd;
  return v;
}

}  // namespace

void test_windows(Suite& s) {
  Random& r = s.random;
  const PoolGeometry g = any_windows(r);
  const int64_t x_floats = g.batch * g.in_height * g.in_width * g.channels;
  const int64_t patch_floats = g.batch * g.out_height * g.out_width * g.window_height * g.window_width * g.channels;
  const Floats x = any_floats(r, x_floats), patches = any_floats(r, patch_floats);
  std::vector<double> unfolded(static_cast<size_t>(patch_floats)), folded(static_cast<size_t>(x_floats));
  each_value(g, [&](size_t at, int64_t from) {
    unfolded[at] = from < 0 ? 0 : static_cast<double>(x[static_cast<size_t>(from)]);
    if (from >= 0) folded[static_cast<size_t>(from)] += static_cast<double>(patches[at]);
  });
  s.close("unfold", s.run("unfold", patch_floats, [&](const Context& c, float* out) { s.kernels.unfold(c, g, x.data(), out); }), unfolded, 0);
  s.close("fold", s.run("fold", x_floats, [&](const Context& c, float* out) { s.kernels.fold(c, g, patches.data(), out); }), folded, 1e-6);
}

}  // namespace ductus::test
