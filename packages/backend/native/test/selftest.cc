// Runs every kernel of every instruction set of this CPU against plain references, on random shapes.
//
//   selftest [--seed N] [--rounds N] [--isa NAME] [--only TOPIC]
#include <cstdlib>

#include "../src/engine/scratch.h"
#include "check.h"

using namespace ductus;
using namespace ductus::test;

int main(int argc, char** argv) {
  uint64_t seed = 1990;
  int rounds = 200;
  std::string only, isa_wanted;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--seed") seed = std::strtoull(argv[i + 1], nullptr, 10);
    else if (name == "--rounds") rounds = std::atoi(argv[i + 1]);
    else if (name == "--isa") isa_wanted = argv[i + 1];
    else if (name == "--only") only = argv[i + 1];
    else return std::fprintf(stderr, "unknown option %s\n", argv[i]), 2;
  }
  const struct {
    const char* name;
    void (*test)(Suite&);
  } topics[] = {{"matrices", test_matrices},     {"convolutions", test_convolutions}, {"depthwise", test_depthwise},
                {"pools", test_pools},           {"windows", test_windows},           {"batchNorm", test_batch_norm}, {"elementwise", test_elementwise},
                {"reductions", test_reductions}, {"rows", test_rows},                 {"moves", test_moves},          {"optimizers", test_optimizers}};
  int checks = 0, failures = 0;
  for (Isa isa : kIsas) {
    const KernelTable* kernels = kernel_table(isa);
    if (!kernels || !cpu_has(isa) || (!isa_wanted.empty() && isa_wanted != isa_name(isa))) continue;
    for (const auto& topic : topics) {
      if (!only.empty() && only != topic.name) continue;
      Random random(seed);
      Suite suite = {*kernels, random};
      for (int round = 0; round < rounds; round++) topic.test(suite);
      std::printf("%s %s: %d checks, %d failed (seed %llu)\n", isa_name(isa), topic.name, suite.checks, suite.failures,
                  static_cast<unsigned long long>(seed));
      std::fflush(stdout);
      checks += suite.checks;
      failures += suite.failures;
    }
  }
  release_scratch();
  std::printf("%d passed, %d failed\n", checks - failures, failures);
  return failures == 0 && checks > 0 ? 0 : 1;
}
