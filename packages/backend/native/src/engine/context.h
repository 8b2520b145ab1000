// What a kernel needs to know about who calls it.
#pragma once

namespace ductus {

struct Context {
  int threads;  // at most this many compute; never changes a result
};

}  // namespace ductus
