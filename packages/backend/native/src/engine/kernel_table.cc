#include "kernel_table.h"

namespace ductus {

#if defined(__x86_64__)
namespace avx512 {
extern const KernelTable table;
}
namespace avx2 {
extern const KernelTable table;
}
#endif
namespace portable {
extern const KernelTable table;
}

const KernelTable* kernel_table(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::avx512) return &avx512::table;
  if (isa == Isa::avx2) return &avx2::table;
#endif
  return isa == Isa::portable ? &portable::table : nullptr;
}

}  // namespace ductus
