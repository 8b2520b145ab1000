// Sharing work out. Shards are cut by shape alone, so that a result never depends on the number of threads.
#pragma once
#include <cstdint>

#include "../engine/context.h"
#include "../engine/thread_pool.h"

namespace ductus::DUCTUS_ISA {

// body(shard) for each shard. Always through the pointer, with one thread too: were the body also inlined here, the
// compiler could fuse multiplications and additions differently in the two copies, and the bits would differ.
template <class Body>
inline void for_shards(const Context& context, int64_t shards, const Body& body) {
  run_shards(
      context.threads, shards,
      [](void* state, int64_t shard) { (*static_cast<const Body*>(state))(shard); },
      const_cast<Body*>(&body));
}

// body(begin, end) over pieces of [0, n) of `grain` each: one piece is worth waking a thread for.
template <class Body>
inline void for_ranges(const Context& context, int64_t n, int64_t grain, const Body& body) {
  if (n <= 0) return;
  if (grain < 1) grain = 1;
  for_shards(context, (n + grain - 1) / grain, [&](int64_t shard) {
    const int64_t begin = shard * grain;
    body(begin, begin + grain < n ? begin + grain : n);
  });
}

// Elements that are worth waking a thread for, where each takes little work.
constexpr int64_t kGrain = 32768;

// Begin of part `index` when n is cut in `parts` as even as can be.
inline int64_t part_begin(int64_t n, int64_t parts, int64_t index) { return n * index / parts; }

}  // namespace ductus::DUCTUS_ISA
