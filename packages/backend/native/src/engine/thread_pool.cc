#include "thread_pool.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace ductus {
namespace {

using Clock = std::chrono::steady_clock;

// Spinning bridges the gaps between kernels of one training step; after it a thread sleeps and costs nothing.
constexpr std::chrono::microseconds kSpinTime{300};
constexpr int kPausesPerLook = 32;

inline void pause_cpu() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

class Pool {
 public:
  void run(int threads, int64_t shards, ShardFunction function, void* state) {
    if (threads > kMaxThreads) threads = kMaxThreads;
    if (threads > shards) threads = static_cast<int>(shards);
    std::unique_lock<std::mutex> owner(owner_, std::defer_lock);
    if (!owner.try_lock() || !ensure(threads - 1)) {
      for (int64_t shard = 0; shard < shards; shard++) function(state, shard);
      return;
    }
    function_ = function;
    state_ = state;
    parts_ = threads;
    for (int i = 0; i < threads; i++) {
      part_[i].next.store(shards * i / threads, std::memory_order_relaxed);
      part_[i].end = shards * (i + 1) / threads;
    }
    failure_ = nullptr;
    busy_.store(threads - 1, std::memory_order_relaxed);
    sequence_++;
    // Sequentially consistent on both sides: either the sleeper sees the new job or we see the sleeper.
    job_.store(sequence_ * kMaxThreads + static_cast<uint64_t>(threads - 1));
    if (sleeping_.load() > 0) {
      { std::lock_guard<std::mutex> lock(mutex_); }
      wake_.notify_all();
    }
    work(0);
    // On a machine busy with other work a helper may have lost its core: after a while let it have ours.
    if (!spin_until([&] { return busy_.load(std::memory_order_acquire) == 0; }))
      while (busy_.load(std::memory_order_acquire) > 0) std::this_thread::yield();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  // A thread's share of the shards. Neighbouring shards mostly work on neighbouring memory, and from kernel to kernel a
  // thread gets the same share: it reads what it wrote, out of caches of its own.
  struct alignas(64) Part {
    std::atomic<int64_t> next{0};
    int64_t end = 0;
  };

  template <class Condition>
  static bool spin_until(Condition done) {
    const auto end = Clock::now() + kSpinTime;
    do {
      for (int i = 0; i < kPausesPerLook; i++) {
        if (done()) return true;
        pause_cpu();
      }
    } while (Clock::now() < end);
    return false;
  }

  // False where the system gives no more threads: the caller then computes alone.
  bool ensure(int helpers) {
    try {
      while (started_ < helpers) {
        std::thread(&Pool::loop, this, started_, job_.load()).detach();
        started_++;
      }
    } catch (const std::exception&) {
      return false;
    }
    return true;
  }

  // First this thread's own part, then what is left of the others'.
  void work(int own) {
    for (int i = 0; i < parts_; i++) {
      Part& part = part_[(own + i) % parts_];
      for (;;) {
        const int64_t shard = part.next.fetch_add(1, std::memory_order_relaxed);
        if (shard >= part.end) break;
        try {
          function_(state_, shard);
        } catch (...) {
          std::lock_guard<std::mutex> lock(mutex_);
          if (!failure_) failure_ = std::current_exception();
        }
      }
    }
  }

  void loop(int helper, uint64_t seen) {
    for (;;) {
      const auto posted = [&] { return job_.load() != seen; };
      if (!spin_until(posted)) {
        std::unique_lock<std::mutex> lock(mutex_);
        sleeping_.fetch_add(1);
        wake_.wait(lock, posted);
        sleeping_.fetch_sub(1);
      }
      // One load tells both that there is a job and whether this helper has a part in it. If it has, the job
      // waits for it, so the rest of the job's fields hold still; if not, they may not be touched.
      seen = job_.load(std::memory_order_acquire);
      if (helper >= static_cast<int>(seen % kMaxThreads)) continue;
      work(helper + 1);
      busy_.fetch_sub(1, std::memory_order_release);
    }
  }

  std::mutex owner_;  // held by the thread whose job runs
  std::mutex mutex_;  // guards sleeping and failure_
  std::condition_variable wake_;
  std::atomic<uint64_t> job_{0};  // sequence number · kMaxThreads + helpers taking part
  std::atomic<int> sleeping_{0};
  std::atomic<int> busy_{0};
  uint64_t sequence_ = 0;
  int started_ = 0;
  int parts_ = 0;
  Part part_[kMaxThreads];
  ShardFunction function_ = nullptr;
  void* state_ = nullptr;
  std::exception_ptr failure_;
};

// Never destroyed: helpers wait on it until the process is gone, and destroying a condition variable with a
// waiter hangs exit().
Pool& pool() {
  static Pool& instance = *new Pool;
  return instance;
}

}  // namespace

void run_shards(int threads, int64_t shards, ShardFunction function, void* state) {
  if (threads <= 1 || shards <= 1) {
    for (int64_t shard = 0; shard < shards; shard++) function(state, shard);
    return;
  }
  pool().run(threads, shards, function, state);
}

}  // namespace ductus
