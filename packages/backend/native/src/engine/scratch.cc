#include "scratch.h"

#include <cstdlib>
#include <mutex>
#include <new>
#if defined(_WIN32)
#include <malloc.h>
#endif

namespace ductus {
namespace {

constexpr size_t kLine = 64;
constexpr size_t kReadBeyond = 64;
constexpr size_t kHugePage = size_t{2} << 20;
// Size classes are a quarter of a power of two apart: at most a fifth of a block is wasted.
constexpr int kClasses = 4 * 40;
constexpr size_t kSmallest = 1024;
constexpr size_t kKeptLimit = size_t{256} << 20;
constexpr int64_t kMostFloats = int64_t{1} << 36;

size_t class_bytes(int size_class) {
  const size_t base = kSmallest << (size_class / 4);
  return base + base / 4 * static_cast<size_t>(size_class % 4);
}

int class_of(size_t bytes) {
  int size_class = 0;
  while (class_bytes(size_class) < bytes) size_class++;
  return size_class;
}

// `bytes` is a multiple of `alignment`. Windows' aligned blocks have a function of their own to free them.
void* allocate(size_t alignment, size_t bytes) {
#if defined(_WIN32)
  return _aligned_malloc(bytes, alignment);
#else
  return std::aligned_alloc(alignment, bytes);
#endif
}
void release(void* block) {
#if defined(_WIN32)
  _aligned_free(block);
#else
  std::free(block);
#endif
}

struct FreeBlock {
  FreeBlock* next;
};

struct Store {
  std::mutex mutex;
  FreeBlock* free[kClasses] = {};
  size_t kept = 0;
};

// Never destroyed: a helper thread may give a block back while the process exits.
Store& store() {
  static Store& instance = *new Store;
  return instance;
}

}  // namespace

Scratch::Scratch(int64_t floats) {
  if (floats < 0 || floats > kMostFloats) throw std::bad_alloc();
  size_class_ = class_of(static_cast<size_t>(floats) * sizeof(float) + kReadBeyond);
  const size_t bytes = class_bytes(size_class_);
#ifndef DUCTUS_SANITIZE  // under a sanitizer every block is a fresh one, so that it knows the bounds
  Store& s = store();
  {
    std::lock_guard<std::mutex> lock(s.mutex);
    if (FreeBlock* block = s.free[size_class_]) {
      s.free[size_class_] = block->next;
      s.kept -= bytes;
      block_ = block;
      return;
    }
  }
  block_ = allocate(bytes >= kHugePage ? kHugePage : kLine,
                    bytes >= kHugePage ? (bytes + kHugePage - 1) / kHugePage * kHugePage : bytes);
#else
  block_ = allocate(kLine, (static_cast<size_t>(floats) * sizeof(float) + kReadBeyond + kLine - 1) / kLine * kLine);
#endif
  if (!block_) throw std::bad_alloc();
}

Scratch::~Scratch() {
  if (!block_) return;
#ifndef DUCTUS_SANITIZE
  const size_t bytes = class_bytes(size_class_);
  Store& s = store();
  std::lock_guard<std::mutex> lock(s.mutex);
  if (s.kept + bytes <= kKeptLimit) {
    FreeBlock* block = static_cast<FreeBlock*>(block_);
    block->next = s.free[size_class_];
    s.free[size_class_] = block;
    s.kept += bytes;
    return;
  }
#endif
  release(block_);
}

size_t kept_scratch_bytes() {
  Store& s = store();
  std::lock_guard<std::mutex> lock(s.mutex);
  return s.kept;
}

void release_scratch() {
  Store& s = store();
  std::lock_guard<std::mutex> lock(s.mutex);
  for (FreeBlock*& list : s.free)
    while (list) {
      FreeBlock* next = list->next;
      release(list);
      list = next;
    }
  s.kept = 0;
}

}  // namespace ductus
