// Windows of images laid out, and put back.
#include "bindings.h"
#include "geometries.h"

namespace ductus {
namespace {

int64_t patches_of(const PoolGeometry& g) {
  return product({g.batch, g.out_height, g.out_width, g.window_height, g.window_width, g.channels});
}

void unfold(Call& call) {
  const PoolCall c = read_pool(call, 0);
  const float* x = call.floats(1, "x", c.x).data;
  call.kernels().unfold(call.context(), c.g, x, call.floats(2, "patches", patches_of(c.g)).data);
}

void fold(Call& call) {
  const PoolCall c = read_pool(call, 0);
  const float* patches = call.floats(1, "patches", patches_of(c.g)).data;
  call.kernels().fold(call.context(), c.g, patches, call.floats(2, "x", c.x).data);
}

constexpr Function kFunctions[] = {
    {"unfold", unfold},
    {"fold", fold},
};

}  // namespace

Functions window_functions() { return {kFunctions, sizeof kFunctions / sizeof *kFunctions}; }

}  // namespace ductus
