// Moving and converting elements.
#include "bindings.h"

namespace ductus {
namespace {

void expect_same_type(Call& call, const AnyArray& x, const AnyArray& y, int index) {
  if (x.element != y.element) call.fail_type("y", "an array of x's type", index);
}

// Groups of `size` values for each axis.
int axes_of(Call& call, const Array<int32_t>& values, int size) {
  if (values.length % size != 0 || values.length / size > kMaxRank)
    call.fail_range("expected geometry of at most 8 groups of " + std::to_string(size) + ", received length " + std::to_string(values.length));
  return static_cast<int>(values.length / size);
}

int64_t not_negative(Call& call, const Array<int32_t>& values, int index) {
  const int32_t value = values.data[index];  // read once: the array may be shared
  if (value < 0)
    call.fail_range("expected geometry[" + std::to_string(index) + "] of at least 0, received " + std::to_string(value));
  return value;
}

void copy(Call& call, const CopyGeometry& g, const AnyArray& x, int64_t offset, const AnyArray& y) {
  if (x.element == Element::uint8)
    call.kernels().copy1(call.context(), g, static_cast<const uint8_t*>(x.data) + offset, static_cast<uint8_t*>(y.data));
  else call.kernels().copy4(call.context(), g, static_cast<const uint32_t*>(x.data) + offset, static_cast<uint32_t*>(y.data));
}

void transpose(Call& call) {
  const Array<int32_t> v = call.ints(0, "geometry");
  const int rank = axes_of(call, v, 2);
  const AnyArray x = call.array(1, "x"), y = call.array(2, "y");
  expect_same_type(call, x, y, 2);
  CopyGeometry g = {};
  g.rank = rank;
  int32_t source[kMaxRank];
  int64_t source_size[kMaxRank], source_stride[kMaxRank], count = 1;
  bool seen[kMaxRank] = {};
  for (int i = 0; i < rank; i++) {
    g.size[i] = not_negative(call, v, 2 * i);
    const int32_t axis = v.data[2 * i + 1];
    if (axis < 0 || axis >= rank || seen[axis]) call.fail_range("expected source axes to be a permutation, received " + std::to_string(axis) + " out of place");
    seen[axis] = true;
    source[i] = axis;
    source_size[axis] = g.size[i];
    count = product({count, g.size[i]});
  }
  call.expect_length("x", x.length, count);
  call.expect_length("y", y.length, count);
  int64_t stride = 1;
  for (int i = rank - 1; i >= 0; i--) {
    source_stride[i] = stride;
    stride *= source_size[i];
  }
  for (int i = 0; i < rank; i++) g.stride[i] = source_stride[source[i]];
  copy(call, g, x, 0, y);
}

void slice(Call& call) {
  const Array<int32_t> v = call.ints(0, "geometry");
  const int rank = axes_of(call, v, 3);
  const AnyArray x = call.array(1, "x"), y = call.array(2, "y");
  expect_same_type(call, x, y, 2);
  CopyGeometry g = {};
  g.rank = rank;
  int64_t stride = 1, offset = 0, count = 1;
  for (int i = rank - 1; i >= 0; i--) {
    const int64_t size = not_negative(call, v, 3 * i), begin = not_negative(call, v, 3 * i + 1), out = not_negative(call, v, 3 * i + 2);
    if (begin + out > size)
      call.fail_range("expected a slice within axis " + std::to_string(i) + " of size " + std::to_string(size) + ", received " +
                      std::to_string(begin) + " to " + std::to_string(begin + out));
    g.size[i] = out;
    g.stride[i] = stride;
    offset += begin * stride;
    stride = product({stride, size});
    count = product({count, out});
  }
  call.expect_length("x", x.length, stride);
  call.expect_length("y", y.length, count);
  if (count > 0) copy(call, g, x, offset, y);
}

void strided_slice(Call& call) {
  const Array<int32_t> v = call.ints(0, "geometry");
  const int rank = axes_of(call, v, 4);
  const AnyArray x = call.array(1, "x"), y = call.array(2, "y");
  expect_same_type(call, x, y, 2);
  CopyGeometry g = {};
  g.rank = rank;
  int64_t stride = 1, offset = 0, count = 1;
  for (int i = rank - 1; i >= 0; i--) {
    const int64_t size = not_negative(call, v, 4 * i), begin = v.data[4 * i + 1], step = v.data[4 * i + 2];
    const int64_t out = not_negative(call, v, 4 * i + 3), last = out > 0 ? begin + (out - 1) * step : begin;
    if (out > 0 && (begin < 0 || begin >= size || last < 0 || last >= size))
      call.fail_range("expected a slice within axis " + std::to_string(i) + " of size " + std::to_string(size) + ", received " +
                      std::to_string(begin) + " to " + std::to_string(last));
    g.size[i] = out;
    g.stride[i] = step * stride;
    offset += begin * stride;
    stride = product({stride, size});
    count = product({count, out});
  }
  call.expect_length("x", x.length, stride);
  call.expect_length("y", y.length, count);
  if (count > 0) copy(call, g, x, offset, y);
}

void pad(Call& call) {
  const Array<int32_t> v = call.ints(0, "geometry");
  const int rank = axes_of(call, v, 3);
  const double value = call.number(1, "value");
  const AnyArray x = call.array(2, "x"), y = call.array(3, "y");
  expect_same_type(call, x, y, 3);
  PadGeometry g = {};
  g.rank = rank;
  int64_t in = 1, out = 1;
  for (int i = 0; i < rank; i++) {
    g.size[i] = not_negative(call, v, 3 * i);
    g.before[i] = not_negative(call, v, 3 * i + 1);
    g.after[i] = not_negative(call, v, 3 * i + 2);
    in = product({in, g.size[i]});
    out = product({out, g.size[i] + g.before[i] + g.after[i]});
  }
  call.expect_length("x", x.length, in);
  call.expect_length("y", y.length, out);
  uint32_t bits = 0;
  if (x.element == Element::float32) {
    const float f = static_cast<float>(value);
    __builtin_memcpy(&bits, &f, sizeof bits);
  } else {
    bits = static_cast<uint32_t>(call.whole(1, "value", x.element == Element::int32 ? INT32_MIN : 0, x.element == Element::int32 ? INT32_MAX : 255));
  }
  if (out > 0) call.kernels().pad(call.context(), x.bytes(), g, bits, x.data, y.data);
}

void concat(Call& call) {
  const std::vector<AnyArray> xs = call.list(1, "xs");
  const int64_t outer = call.size(0, "outer");
  const AnyArray y = call.array(2, "y");
  std::vector<ConcatPart> parts;
  int64_t total = 0;
  for (const AnyArray& x : xs) {
    expect_same_type(call, x, y, 2);
    if (outer == 0 ? x.length != 0 : x.length % outer != 0)
      call.fail_range("expected xs of lengths that are multiples of outer, " + std::to_string(outer) + ", received " + std::to_string(x.length));
    parts.push_back({x.data, outer == 0 ? 0 : x.length / outer});
    total += x.length;
  }
  call.expect_length("y", y.length, total);
  if (total > 0) call.kernels().concat(call.context(), y.bytes(), outer, static_cast<int>(parts.size()), parts.data(), y.data);
}

void gather(Call& call) {
  const ReduceGeometry g = {call.size(0, "outer"), call.size(1, "size"), call.size(2, "inner")};
  const Array<int32_t> indices = call.indices(3, "indices");
  const AnyArray x = call.array(4, "x"), y = call.array(5, "y");
  expect_same_type(call, x, y, 5);
  call.expect_length("x", x.length, product({g.outer, g.size, g.inner}));
  call.expect_length("y", y.length, product({g.outer, indices.length, g.inner}));
  for (int64_t i = 0; i < indices.length; i++)
    if (indices.data[i] < 0 || indices.data[i] >= g.size)
      call.fail_range("expected indices from 0 to " + std::to_string(g.size - 1) + ", received " + std::to_string(indices.data[i]) +
                      " at index " + std::to_string(i));
  call.expect_apart("indices", indices, "y", y.data, y.length * y.bytes());
  if (y.length > 0) call.kernels().gather(call.context(), x.bytes(), g, indices.length, indices.data, x.data, y.data);
}

void segment_sum(Call& call) {
  const int64_t inner = call.size(0, "inner");
  const Array<int32_t> indices = call.indices(1, "indices");
  const float* x = call.floats(2, "x", product({indices.length, inner})).data;
  const Array<float> y = call.floats(3, "y");
  if (inner == 0 ? y.length != 0 : y.length % inner != 0)
    call.fail_range("expected y of a length that is a multiple of inner, " + std::to_string(inner) + ", received " + std::to_string(y.length));
  call.expect_apart("indices", indices, "y", y.data, y.length * 4);
  if (y.length > 0) call.kernels().segment_sum(call.context(), indices.length, inner, y.length / inner, indices.data, x, y.data);
}

void one_hot(Call& call) {
  const int64_t depth = call.size(0, "depth");
  const Array<int32_t> indices = call.indices(1, "indices");
  const float on = static_cast<float>(call.number(2, "on")), off = static_cast<float>(call.number(3, "off"));
  const Array<float> y = call.floats(4, "y", product({indices.length, depth}));
  call.expect_apart("indices", indices, "y", y.data, y.length * 4);
  call.kernels().one_hot(call.context(), indices.length, depth, indices.data, on, off, y.data);
}

void cast(Call& call) {
  const AnyArray x = call.array(0, "x"), y = call.array(1, "y");
  call.expect_length("y", y.length, x.length);
  call.kernels().cast(call.context(), x.element, y.element, x.length, x.data, y.data);
}

constexpr Function kFunctions[] = {
    {"transpose", transpose}, {"slice", slice},            {"pad", pad},
    {"concat", concat},       {"gather", gather},          {"segmentSum", segment_sum},
    {"oneHot", one_hot},      {"cast", cast},            {"stridedSlice", strided_slice},
};

}  // namespace

Functions move_functions() { return {kFunctions, sizeof kFunctions / sizeof *kFunctions}; }

}  // namespace ductus
