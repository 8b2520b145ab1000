// One call from JavaScript: its arguments, checked, and what answers it.
//
// Nothing is read from an array before its length has been compared with the geometry, and nothing else lets an
// argument's address out than these readers.
#pragma once
#ifndef NAPI_VERSION
#define NAPI_VERSION 8
#endif
#include <node_api.h>

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "../engine/kernel_table.h"
#include "failure.h"

namespace ductus {

// One for each environment (main thread, worker_thread) that loads the addon.
struct Instance {
  Isa isa;
  const KernelTable* kernels;
  Context context;
};

class Call;
struct Binding {
  const char* name;
  void (*body)(Call&);
  Instance* instance;
};

template <class T>
struct Array {
  T* data;
  int64_t length;
};
struct AnyArray {
  Element element;
  void* data;
  int64_t length;
  int bytes() const { return element == Element::uint8 ? 1 : 4; }
};

// a · b · …, or a RangeError where that exceeds what an array can hold.
int64_t product(std::initializer_list<int64_t> factors);

class Call {
 public:
  static constexpr size_t kMostArguments = 16;

  Call(napi_env env, napi_callback_info info);

  // Argument `index`, called `name` in messages.
  Array<float> floats(int index, const char* name, int64_t length);
  Array<float> floats(int index, const char* name);
  float* floats_or_null(int index, const char* name, int64_t length);
  Array<int32_t> ints(int index, const char* name, int64_t length);
  Array<int32_t> ints(int index, const char* name);
  // Values that address other arrays. They must not be shared: another thread could change them after the check.
  Array<int32_t> indices(int index, const char* name);
  Array<int32_t> indices(int index, const char* name, int64_t length);
  Array<uint8_t> bytes(int index, const char* name, int64_t length);
  AnyArray array(int index, const char* name);
  Array<int32_t> ints_or_null(int index, const char* name);

  double number(int index, const char* name);
  double number_between(int index, const char* name, double least, double most);
  int64_t whole(int index, const char* name, int64_t least, int64_t most);
  bool boolean(int index, const char* name);
  // A short string, such as the name of an instruction set.
  std::string text(int index, const char* name);
  template <class Op>
  Op op(int index, const char* name) {
    return static_cast<Op>(whole(index, name, 0, static_cast<int64_t>(Op::count) - 1));
  }
  // Whole numbers that count elements.
  int64_t size(int index, const char* name) { return whole(index, name, 0, int64_t{1} << 40); }

  // The typed arrays of a list. Call it before any other reader: reading a list's items can run JavaScript (getters),
  // which could detach an array whose address is already known.
  std::vector<AnyArray> list(int index, const char* name);

  [[noreturn]] void fail_type(const char* name, const char* expected, int index);
  [[noreturn]] void fail_range(const std::string& text);
  // Checked indices must not lie in memory that the kernel writes: it would change them after the check.
  void expect_apart(const char* name, const Array<int32_t>& indices, const char* written, const void* data, int64_t bytes);
  void expect_length(const char* name, int64_t length, int64_t expected);

  void answer(double value);
  void answer(const char* value);

  const Binding& binding() const { return *binding_; }
  Instance& instance() const { return *binding_->instance; }
  const KernelTable& kernels() const { return *instance().kernels; }
  const Context& context() const { return instance().context; }
  napi_env env() const { return env_; }
  napi_value result() const { return result_; }

 private:
  AnyArray read_array(napi_value value, const char* name, int index);
  bool is_null(int index);

  napi_env env_;
  napi_value arguments_[kMostArguments];
  Binding* binding_ = nullptr;
  napi_value result_ = nullptr;
};

}  // namespace ductus
