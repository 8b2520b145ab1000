// Working memory for kernels, kept for reuse by the whole process.
#pragma once
#include <cstddef>
#include <cstdint>

namespace ductus {

// A block of memory for as long as the object lives. Not cleared. Throws std::bad_alloc.
// Lines up to a cache line, and may be read (not written) one vector beyond its end.
class Scratch {
 public:
  Scratch() = default;
  explicit Scratch(int64_t floats);
  ~Scratch();
  Scratch(Scratch&& other) noexcept : block_(other.block_), size_class_(other.size_class_) {
    other.block_ = nullptr;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  float* data() const { return static_cast<float*>(block_); }

 private:
  void* block_ = nullptr;
  int size_class_ = 0;
};

// Bytes lying unused, kept for the next kernel.
size_t kept_scratch_bytes();
void release_scratch();

}  // namespace ductus
