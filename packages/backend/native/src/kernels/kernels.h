// Declares this instruction set's kernels. DUCTUS_ISA is the namespace: avx512, avx2 or portable.
#pragma once
#include "../engine/kernel_table.h"

namespace ductus::DUCTUS_ISA {

#define DUCTUS_DECLARE(name, parameters) void name(const Context&, DUCTUS_UNPACK parameters);
DUCTUS_KERNELS(DUCTUS_DECLARE)
#undef DUCTUS_DECLARE

}  // namespace ductus::DUCTUS_ISA
