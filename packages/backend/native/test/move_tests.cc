#include "check.h"

namespace ductus::test {

namespace {

std::vector<uint32_t> any_words(Random& r, int64_t n) {
  std::vector<uint32_t> v;
  v.reserve(static_cast<size_t>(n > 0 ? n : 1));
  v.resize(static_cast<size_t>(n));
  for (uint32_t& x : v) x = static_cast<uint32_t>(r.bits());
  return v;
}

void test_copy(Suite& s) {
  Random& r = s.random;
  // A transposed and sliced view of a dense source.
  CopyGeometry g = {};
  g.rank = static_cast<int>(r.between(0, 5));
  int64_t source = 1, strides[kMaxRank], sizes[kMaxRank];
  for (int i = g.rank - 1; i >= 0; i--) {
    strides[i] = source;
    sizes[i] = r.between(1, r.chance(4) ? 40 : 8);
    source *= sizes[i];
  }
  int order[kMaxRank];
  for (int i = 0; i < g.rank; i++) order[i] = i;
  for (int i = g.rank - 1; i > 0; i--) std::swap(order[i], order[r.between(0, i)]);
  int64_t count = 1;
  for (int i = 0; i < g.rank; i++) {
    g.stride[i] = strides[order[i]];
    g.size[i] = r.chance(4) ? r.between(0, sizes[order[i]]) : sizes[order[i]];
    count *= g.size[i];
  }
  const auto x = any_words(r, source);
  std::vector<uint32_t> y(static_cast<size_t>(count), 0xdeadbeef);
  s.kernels.copy4(Context{3}, g, x.data(), y.data());
  std::vector<uint8_t> bytes(x.begin(), x.end()), copied(static_cast<size_t>(count), 0);
  s.kernels.copy1(Context{1}, g, bytes.data(), copied.data());
  bool right = true;
  for (int64_t i = 0; i < count; i++) {
    int64_t rest = i, at = 0;
    for (int axis = g.rank - 1; axis >= 0; axis--) {
      at += rest % g.size[axis] * g.stride[axis];
      rest /= g.size[axis];
    }
    right = right && y[static_cast<size_t>(i)] == x[static_cast<size_t>(at)] && copied[static_cast<size_t>(i)] == bytes[static_cast<size_t>(at)];
  }
  s.equal("copy", right);
}

void test_pad(Suite& s) {
  Random& r = s.random;
  PadGeometry g = {};
  g.rank = static_cast<int>(r.between(0, 4));
  int64_t in = 1, out = 1;
  for (int i = 0; i < g.rank; i++) {
    g.size[i] = r.between(0, 6);
    g.before[i] = r.between(0, 3);
    g.after[i] = r.between(0, 3);
    in *= g.size[i];
    out *= g.size[i] + g.before[i] + g.after[i];
  }
  const auto x = any_words(r, in);
  std::vector<uint32_t> y(static_cast<size_t>(out), 0xdeadbeef), want;
  if (out > 0) s.kernels.pad(Context{2}, 4, g, 77, x.data(), y.data());
  for (int64_t i = 0; i < out; i++) {
    int64_t rest = i, at = 0, stride = 1;
    bool inside = true;
    for (int axis = g.rank - 1; axis >= 0; axis--) {
      const int64_t size = g.size[axis] + g.before[axis] + g.after[axis], position = rest % size - g.before[axis];
      inside = inside && position >= 0 && position < g.size[axis];
      at += position * stride;
      stride *= g.size[axis];
      rest /= size;
    }
    want.push_back(inside ? x[static_cast<size_t>(at)] : 77);
  }
  s.equal("pad", y == want);
}

void test_indices(Suite& s) {
  Random& r = s.random;
  const ReduceGeometry g = {r.between(1, 4), r.between(1, 9), r.between(0, 40)};
  const int64_t n = r.between(0, 12);
  std::vector<int32_t> indices;
  for (int64_t i = 0; i < n; i++) indices.push_back(static_cast<int32_t>(r.between(0, g.size - 1)));
  const Floats x = r.floats(g.outer * g.size * g.inner);
  Floats want;
  for (int64_t o = 0; o < g.outer; o++)
    for (int32_t index : indices)
      for (int64_t i = 0; i < g.inner; i++) want.push_back(x[static_cast<size_t>((o * g.size + index) * g.inner + i)]);
  s.equal("gather", s.run("gather", static_cast<int64_t>(want.size()), [&](const Context& c, float* out) {
                      if (!want.empty()) s.kernels.gather(c, 4, g, n, indices.data(), x.data(), out);
                    }) == want);

  for (int32_t& index : indices) index += static_cast<int32_t>(r.between(-1, 1));  // now some lie outside
  const int64_t depth = g.size;
  Floats hot;
  for (int32_t index : indices)
    for (int64_t d = 0; d < depth; d++) hot.push_back(index == d ? 5.0f : -1.0f);
  s.equal("one-hot", s.run("one-hot", n * depth, [&](const Context& c, float* out) { s.kernels.one_hot(c, n, depth, indices.data(), 5, -1, out); }) == hot);
  const Floats rows = r.floats(n * g.inner);
  std::vector<double> sums(static_cast<size_t>(depth * g.inner));
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < g.inner; j++)
      if (indices[static_cast<size_t>(i)] >= 0 && indices[static_cast<size_t>(i)] < depth)
        sums[static_cast<size_t>(indices[static_cast<size_t>(i)] * g.inner + j)] += static_cast<double>(rows[static_cast<size_t>(i * g.inner + j)]);
  s.close("segment sum", s.run("segment sum", depth * g.inner, [&](const Context& c, float* out) {
            s.kernels.segment_sum(c, n, g.inner, depth, indices.data(), rows.data(), out);
          }), sums, 1e-6);

  const int64_t outer = r.between(1, 5), first = r.between(0, 9), second = r.between(0, 40);
  const Floats a = r.floats(outer * first), b = r.floats(outer * second);
  Floats joined;
  for (int64_t o = 0; o < outer; o++) {
    joined.insert(joined.end(), a.begin() + o * first, a.begin() + (o + 1) * first);
    joined.insert(joined.end(), b.begin() + o * second, b.begin() + (o + 1) * second);
  }
  const ConcatPart parts[] = {{a.data(), first}, {b.data(), second}};
  s.equal("concat", s.run("concat", outer * (first + second), [&](const Context& c, float* out) { s.kernels.concat(c, 4, outer, 2, parts, out); }) == joined);
}

void test_cast(Suite& s) {
  const float values[] = {0, -0.0f, 1.9f, -1.9f, 2147483648.0f, 4294967296.0f, -4294967297.0f, 3e9f, -3e9f, 1e30f, kNaN, kInf, -kInf, 5e15f};
  const int32_t ints[] = {0, 0, 1, -1, INT32_MIN, 0, 0, -1294967296, 1294967296, 0, 0, 0, 0, 1073741824};
  constexpr int64_t n = sizeof values / sizeof *values;
  int32_t out[n];
  s.kernels.cast(Context{1}, Element::float32, Element::int32, n, values, out);
  for (int64_t i = 0; i < n; i++) s.equal("cast to int32 [" + std::to_string(i) + "] received " + std::to_string(out[i]), out[i] == ints[i]);
  uint8_t flags[n];
  s.kernels.cast(Context{1}, Element::float32, Element::uint8, n, values, flags);
  for (int64_t i = 0; i < n; i++) s.equal("cast to bool [" + std::to_string(i) + "]", flags[i] == (values[i] != 0));
  float back[n];
  s.kernels.cast(Context{1}, Element::int32, Element::float32, n, ints, back);
  for (int64_t i = 0; i < n; i++) s.equal("cast to float32", back[i] == static_cast<float>(ints[i]));
}

}  // namespace

void test_moves(Suite& s) {
  test_copy(s);
  test_pad(s);
  test_indices(s);
  test_cast(s);
}

}  // namespace ductus::test
