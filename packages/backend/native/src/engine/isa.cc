#include "isa.h"

#include <cstdint>
#include <cstring>

namespace ductus {

const char* isa_name(Isa isa) {
  switch (isa) {
    case Isa::avx512: return "avx512";
    case Isa::avx2: return "avx2";
    case Isa::portable: break;
  }
  return "portable";
}

bool isa_from_name(const char* name, Isa* isa) {
  for (Isa candidate : kIsas)
    if (std::strcmp(name, isa_name(candidate)) == 0) {
      *isa = candidate;
      return true;
    }
  return false;
}

#if defined(__x86_64__)
namespace {

struct Registers {
  uint32_t a, b, c, d;
};
Registers cpuid(uint32_t leaf, uint32_t part) {
  Registers r;
  asm volatile("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d) : "a"(leaf), "c"(part));
  return r;
}

// Registers that the operating system saves: bits of XCR0.
uint32_t saved_registers() {
  uint32_t low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

constexpr bool has_bits(uint32_t value, uint32_t bits) { return (value & bits) == bits; }
constexpr uint32_t bit(int i) { return uint32_t{1} << i; }

}  // namespace

// Asked of the CPU itself: __builtin_cpu_supports says no to everything where zig links.
bool cpu_has(Isa isa) {
  if (isa == Isa::portable) return true;
  if (cpuid(0, 0).a < 7) return false;
  const uint32_t basic = cpuid(1, 0).c, extended = cpuid(7, 0).b;
  const bool saves = has_bits(basic, bit(27));
  // FMA, AVX and AVX2, in the registers xmm and ymm.
  const bool avx2 = saves && has_bits(basic, bit(12) | bit(28)) && has_bits(extended, bit(5)) && has_bits(saved_registers(), 0x06);
  if (isa == Isa::avx2) return avx2;
  // AVX-512 F, DQ, BW and VL, in all of zmm and the masks.
  return avx2 && has_bits(extended, bit(16) | bit(17) | bit(30) | bit(31)) && has_bits(saved_registers(), 0xe6);
}
#else
bool cpu_has(Isa isa) { return isa == Isa::portable; }
#endif

Isa best_isa() {
  for (Isa isa : kIsas)
    if (cpu_has(isa)) return isa;
  return Isa::portable;
}

}  // namespace ductus
