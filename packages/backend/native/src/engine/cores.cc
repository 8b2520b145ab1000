#include "cores.h"

#include <cstdio>

#include "thread_pool.h"
#if defined(_WIN32)
#include <windows.h>
#else
#include <unistd.h>
#endif
#if defined(__linux__)
#include <sched.h>
#endif

namespace ductus {
namespace {

int affinity_cores() {
#if defined(__linux__)
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
#if defined(_WIN32)
  // Of this process' group of at most 64: threads that say nothing of groups stay in it.
  DWORD_PTR process = 0, system = 0;
  if (GetProcessAffinityMask(GetCurrentProcess(), &process, &system) && process) return __builtin_popcountll(process);
  return static_cast<int>(GetActiveProcessorCount(ALL_PROCESSOR_GROUPS));
#else
  return static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
#endif
}

#if defined(__linux__)
bool read_two(const char* path, const char* format, long long* first, long long* second) {
  std::FILE* file = std::fopen(path, "r");
  if (!file) return false;
  const int read = std::fscanf(file, format, first, second);
  std::fclose(file);
  return read == (second ? 2 : 1);
}

// Whole cores of the container's quota, rounded up; 0 where there is none. Inside a container its own cgroup is
// mounted as the root, which is where quotas are met in practice.
int quota_cores() {
  long long quota = 0, period = 0;
  if (!read_two("/sys/fs/cgroup/cpu.max", "%lld %lld", &quota, &period)) {
    if (!read_two("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "%lld", &quota, nullptr) ||
        !read_two("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "%lld", &period, nullptr))
      return 0;
  }
  if (quota <= 0 || period <= 0) return 0;
  return static_cast<int>((quota + period - 1) / period);
}
#else
int quota_cores() { return 0; }
#endif

}  // namespace

int usable_cores() {
  int cores = affinity_cores();
  const int quota = quota_cores();
  if (quota > 0 && quota < cores) cores = quota;
  if (cores < 1) cores = 1;
  return cores < kMaxThreads ? cores : kMaxThreads;
}

}  // namespace ductus
