// Instruction sets: which there are, which this CPU has.
#pragma once

namespace ductus {

enum class Isa { avx512, avx2, portable };
constexpr Isa kIsas[] = {Isa::avx512, Isa::avx2, Isa::portable};

const char* isa_name(Isa isa);
bool isa_from_name(const char* name, Isa* isa);
bool cpu_has(Isa isa);
Isa best_isa();

}  // namespace ductus
