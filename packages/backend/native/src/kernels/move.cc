// Moving elements of one or four bytes, and converting them.
#include "kernels.h"
#include "parallel.h"
#include "vec.h"

namespace ductus::DUCTUS_ISA {
namespace {

// As JavaScript's ToInt32: truncated, modulo 2³², 0 for what is no finite number.
int32_t js_int32(float x) {
  if (x > -2147483648.0f && x < 2147483648.0f) return static_cast<int32_t>(x);
  // From 2^55 on a float is a multiple of 2³².
  if (!(x > -36028797018963968.0f && x < 36028797018963968.0f)) return 0;
  return static_cast<int32_t>(static_cast<uint32_t>(static_cast<uint64_t>(static_cast<int64_t>(x))));
}

template <class From, class To, class Convert>
void convert(const Context& context, int64_t n, const void* x, void* y, Convert one) {
  const From* from = static_cast<const From*>(x);
  To* to = static_cast<To*>(y);
  for_ranges(context, n, kGrain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) to[i] = one(from[i]);
  });
}

template <class From>
void convert_from(const Context& context, Element to, int64_t n, const void* x, void* y) {
  switch (to) {
    case Element::float32: return convert<From, float>(context, n, x, y, [](From v) { return static_cast<float>(v); });
    case Element::uint8: return convert<From, uint8_t>(context, n, x, y, [](From v) -> uint8_t { return v != 0; });
    default:
      return convert<From, int32_t>(context, n, x, y, [](From v) {
        if constexpr (sizeof(From) == 4 && static_cast<From>(0.5) != 0) return js_int32(v);
        else return static_cast<int32_t>(v);
      });
  }
}

template <class T>
void fill(T* to, int64_t n, T value) {
  for (int64_t i = 0; i < n; i++) to[i] = value;
}

template <class T>
void pad_elements(const Context& context, const PadGeometry& g, T value, const T* x, T* y) {
  const int inner = g.rank - 1;
  int64_t out[kMaxRank], rows = 1;
  for (int i = 0; i < g.rank; i++) out[i] = g.size[i] + g.before[i] + g.after[i];
  for (int i = 0; i < inner; i++) rows *= out[i];
  if (g.rank == 0) {
    *y = *x;
    return;
  }
  for_ranges(context, rows, ceil_div(kGrain, out[inner] + 1), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) {
      int64_t rest = row, from = 0, stride = g.size[inner];
      bool inside = true;
      for (int i = inner - 1; i >= 0; i--) {
        const int64_t position = rest % out[i] - g.before[i];
        inside = inside && position >= 0 && position < g.size[i];
        from += position * stride;
        stride *= g.size[i];
        rest /= out[i];
      }
      T* to = y + row * out[inner];
      if (!inside) {
        fill(to, out[inner], value);
        continue;
      }
      fill(to, g.before[inner], value);
      std::memcpy(to + g.before[inner], x + from, sizeof(T) * static_cast<size_t>(g.size[inner]));
      fill(to + g.before[inner] + g.size[inner], g.after[inner], value);
    }
  });
}

}  // namespace

void cast(const Context& context, Element from, Element to, int64_t n, const void* x, void* y) {
  switch (from) {
    case Element::float32: return convert_from<float>(context, to, n, x, y);
    case Element::int32: return convert_from<int32_t>(context, to, n, x, y);
    default: return convert_from<uint8_t>(context, to, n, x, y);
  }
}

void pad(const Context& context, int element_bytes, const PadGeometry& g, uint32_t value, const void* x, void* y) {
  if (element_bytes == 4) pad_elements(context, g, value, static_cast<const uint32_t*>(x), static_cast<uint32_t*>(y));
  else pad_elements(context, g, static_cast<uint8_t>(value), static_cast<const uint8_t*>(x), static_cast<uint8_t*>(y));
}

void gather(const Context& context, int element_bytes, const ReduceGeometry& g, int64_t n, const int32_t* indices,
            const void* x, void* y) {
  const int64_t bytes = g.inner * element_bytes;
  for_ranges(context, g.outer * n, ceil_div(kGrain, g.inner + 1), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++)
      std::memcpy(static_cast<char*>(y) + i * bytes,
                  static_cast<const char*>(x) + (i / n * g.size + indices[i % n]) * bytes, static_cast<size_t>(bytes));
  });
}

void concat(const Context& context, int element_bytes, int64_t outer, int count, const ConcatPart* parts, void* y) {
  int64_t inner = 0;
  for (int p = 0; p < count; p++) inner += parts[p].inner;
  for_ranges(context, outer, ceil_div(kGrain, inner + 1), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      char* to = static_cast<char*>(y) + i * inner * element_bytes;
      for (int p = 0; p < count; p++) {
        const int64_t bytes = parts[p].inner * element_bytes;
        if (bytes > 0) std::memcpy(to, static_cast<const char*>(parts[p].x) + i * bytes, static_cast<size_t>(bytes));
        to += bytes;
      }
    }
  });
}

}  // namespace ductus::DUCTUS_ISA
