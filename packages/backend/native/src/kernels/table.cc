#include "kernels.h"

namespace ductus::DUCTUS_ISA {

extern const KernelTable table;
const KernelTable table = {
#define DUCTUS_ENTRY(name, parameters) name,
    DUCTUS_KERNELS(DUCTUS_ENTRY)
#undef DUCTUS_ENTRY
};

}  // namespace ductus::DUCTUS_ISA
