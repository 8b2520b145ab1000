// One pool of threads for the whole process.
//
// Work is cut into shards by shape alone; how many threads share them out never shows in a result. Whoever finds
// the pool busy (another worker_thread) computes its shards alone, with the same result.
#pragma once
#include <cstdint>

namespace ductus {

constexpr int kMaxThreads = 64;

using ShardFunction = void (*)(void* state, int64_t shard);

// Calls function(state, 0 … shards − 1), each once, on at most `threads` threads, the caller one of them.
// Returns when all are done. An exception in a shard is rethrown here.
void run_shards(int threads, int64_t shards, ShardFunction function, void* state);

}  // namespace ductus
