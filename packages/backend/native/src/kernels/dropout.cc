// Dropout whose mask is a hash of a key and the element's index: the same bits on every backend. The hash is described
// in addon.d.ts; JavaScript computes it too.
#include "each_vector.h"
#include "kernels.h"
#include "parallel.h"

namespace ductus::DUCTUS_ISA {

void dropout(const Context& context, uint32_t key, double rate, uint32_t first, int64_t n, const float* x, float* y) {
  const uint32_t threshold = static_cast<uint32_t>(rate * 16777216.0);
  const F scale = splat(static_cast<float>(1.0 / (1.0 - rate)));
  U lane;
  for (int i = 0; i < kLanes; i++) lane[i] = first + static_cast<uint32_t>(i);
  for_ranges(context, n, kGrain, [&](int64_t begin, int64_t end) {
    each_vector(begin, end, [&](int64_t i, auto lanes) {
      U h = ((lane + static_cast<uint32_t>(i)) * 0x9e3779b1u) ^ key;
      h = (h ^ (h >> 16)) * 0x85ebca6bu;
      h = (h ^ (h >> 13)) * 0xc2b2ae35u;
      h ^= h >> 16;
      lanes.write(y + i, (h >> 8) >= threshold ? lanes.read(x + i) * scale : F{});
    });
  });
}

}  // namespace ductus::DUCTUS_ISA
