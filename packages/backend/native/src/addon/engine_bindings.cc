// Instruction set, threads, scratch memory.
#include "../engine/cores.h"
#include "../engine/scratch.h"
#include "../engine/thread_pool.h"
#include "bindings.h"

namespace ductus {
namespace {

void isa(Call& call) { call.answer(isa_name(call.instance().isa)); }

void set_isa(Call& call) {
  const std::string name = call.text(0, "isa");
  Isa isa;
  if (!isa_from_name(name.c_str(), &isa)) call.fail_range("expected isa to be avx512, avx2 or portable, received " + name);
  if (!cpu_has(isa) || !kernel_table(isa)) call.fail_range("expected an instruction set that this CPU has, received " + name);
  call.instance().isa = isa;
  call.instance().kernels = kernel_table(isa);
}

void threads(Call& call) { call.answer(call.context().threads); }
void set_threads(Call& call) { call.instance().context.threads = static_cast<int>(call.whole(0, "threads", 1, kMaxThreads)); }
void scratch_bytes(Call& call) { call.answer(static_cast<double>(kept_scratch_bytes())); }
void release(Call&) { release_scratch(); }

constexpr Function kFunctions[] = {
    {"isa", isa},         {"setIsa", set_isa},           {"threads", threads},
    {"setThreads", set_threads}, {"scratchBytes", scratch_bytes}, {"releaseScratch", release},
};

}  // namespace

Functions engine_functions() { return {kFunctions, sizeof kFunctions / sizeof *kFunctions}; }

}  // namespace ductus
