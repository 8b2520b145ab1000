// Loops over arrays, a vector at a time; the rest at the end goes through the same code with some lanes idle, so that
// an element's result does not depend on where it lies.
#pragma once
#include "vec.h"

namespace ductus::DUCTUS_ISA {

struct AllLanes {
  DUCTUS_INLINE F read(const float* p) const { return load(p); }
  DUCTUS_INLINE void write(float* p, F v) const { store(p, v); }
};
struct FirstLanes {
  int64_t n;
  DUCTUS_INLINE F read(const float* p) const { return load_first(p, n); }
  DUCTUS_INLINE void write(float* p, F v) const { store_first(p, v, n); }
};

// body(i, lanes) for i = begin, begin + kLanes, …
template <class Body>
DUCTUS_INLINE void each_vector(int64_t begin, int64_t end, const Body& body) {
  int64_t i = begin;
  for (; i + kLanes <= end; i += kLanes) body(i, AllLanes{});
  if (i < end) body(i, FirstLanes{end - i});
}

}  // namespace ductus::DUCTUS_ISA
