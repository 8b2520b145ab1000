// Where Node.js comes in: one instance for each environment that loads the addon, its functions and its constants.
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "../engine/cores.h"
#include "../engine/thread_pool.h"
#include "bindings.h"
#if defined(_WIN32)
#include <windows.h>
#elif defined(__APPLE__)
#include <dlfcn.h>
#endif

namespace ductus {
namespace {

// Raised whenever a signature in addon.d.ts changes its meaning.
constexpr int kAbi = 1;

struct Module {
  Instance instance;
  std::vector<Binding> bindings;
};

void throw_error(napi_env env, const Failure& failure, const std::string& where) {
  const std::string text = where + ": " + failure.message + ".";
  if (failure.kind == Failure::type) napi_throw_type_error(env, nullptr, text.c_str());
  else napi_throw_range_error(env, nullptr, text.c_str());
}

napi_value enter(napi_env env, napi_callback_info info) {
  Call call(env, info);
  try {
    call.binding().body(call);
  } catch (const Failure& failure) {
    throw_error(env, failure, call.binding().name);
  } catch (const std::bad_alloc&) {
    napi_throw_error(env, nullptr, (std::string(call.binding().name) + ": expected memory for the working set, the system gave none.").c_str());
  }
  return call.result();
}

void set(napi_env env, napi_value object, const char* name, napi_value value) {
  napi_property_descriptor property = {name, nullptr, nullptr, nullptr, nullptr, value, napi_enumerable, nullptr};
  napi_define_properties(env, object, 1, &property);
}

napi_value number(napi_env env, double value) {
  napi_value result;
  napi_create_double(env, value, &result);
  return result;
}
napi_value text(napi_env env, const char* value) {
  napi_value result;
  napi_create_string_utf8(env, value, NAPI_AUTO_LENGTH, &result);
  return result;
}

napi_value codes(napi_env env, const std::vector<const char*>& names) {
  napi_value object;
  napi_create_object(env, &object);
  for (size_t i = 0; i < names.size(); i++) set(env, object, names[i], number(env, static_cast<double>(i)));
  napi_object_freeze(env, object);
  return object;
}

Isa chosen_isa() {
  const char* wanted = std::getenv("DUCTUS_ISA");
  if (!wanted || !*wanted) return best_isa();
  Isa isa;
  if (!isa_from_name(wanted, &isa))
    throw Failure{Failure::range, std::string("expected DUCTUS_ISA to be avx512, avx2 or portable, received ") + wanted};
  if (!cpu_has(isa))
    throw Failure{Failure::range, std::string("expected DUCTUS_ISA to name an instruction set that this CPU has, received ") + wanted +
                                      ". The best it has is " + isa_name(best_isa())};
  return isa;
}

int chosen_threads() {
  const char* wanted = std::getenv("DUCTUS_THREADS");
  if (!wanted || !*wanted) return usable_cores();
  char* end = nullptr;
  const long threads = std::strtol(wanted, &end, 10);
  if (*wanted < '0' || *wanted > '9' || *end || threads < 1)
    throw Failure{Failure::range, std::string("expected DUCTUS_THREADS to be a whole number of at least 1, received ") + wanted};
  return static_cast<int>(std::min<long>(threads, kMaxThreads));
}

void define_constants(napi_env env, napi_value exports) {
  set(env, exports, "abi", number(env, kAbi));
  set(env, exports, "cores", number(env, usable_cores()));
  set(env, exports, "maxThreads", number(env, kMaxThreads));
#if defined(__clang__)
  set(env, exports, "compiler", text(env, "clang " __clang_version__));
#else
  set(env, exports, "compiler", text(env, "gcc " __VERSION__));
#endif
  napi_value isas;
  napi_create_array(env, &isas);
  uint32_t count = 0;
  for (Isa isa : kIsas)
    if (cpu_has(isa)) napi_set_element(env, isas, count++, text(env, isa_name(isa)));
  set(env, exports, "isas", isas);
#define DUCTUS_NAME(name) #name,
  set(env, exports, "activations", codes(env, {DUCTUS_ACTIVATIONS(DUCTUS_NAME)}));
  set(env, exports, "unaryOps", codes(env, {DUCTUS_UNARY_OPS(DUCTUS_NAME)}));
  set(env, exports, "binaryOps", codes(env, {DUCTUS_BINARY_OPS(DUCTUS_NAME)}));
  set(env, exports, "compareOps", codes(env, {DUCTUS_COMPARE_OPS(DUCTUS_NAME)}));
  set(env, exports, "reduceOps", codes(env, {DUCTUS_REDUCE_OPS(DUCTUS_NAME)}));
#undef DUCTUS_NAME
}

// The pool's threads run in this library's code for as long as the process lives: it must never be unloaded, not even when
// the worker_thread that loaded it ends. On Linux the linker's nodelete says so.
void stay_loaded() {
#if defined(_WIN32)
  HMODULE self;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, reinterpret_cast<LPCWSTR>(&stay_loaded), &self);
#elif defined(__APPLE__)
  Dl_info self;
  if (dladdr(reinterpret_cast<const void*>(&stay_loaded), &self)) dlopen(self.dli_fname, RTLD_NOW | RTLD_NODELETE);
#endif
}

napi_value start(napi_env env, napi_value exports) {
  stay_loaded();
  auto module = std::make_unique<Module>();
  try {
    const Isa isa = chosen_isa();
    module->instance = {isa, kernel_table(isa), {chosen_threads()}};
  } catch (const Failure& failure) {
    throw_error(env, failure, "ductus native");
    return nullptr;
  }
  for (const Functions& functions : {engine_functions(), matrix_functions(), pool_functions(), window_functions(), elementwise_functions(),
                                     row_functions(), move_functions(), optimizer_functions()})
    for (int i = 0; i < functions.count; i++)
      module->bindings.push_back({functions.list[i].name, functions.list[i].body, &module->instance});
  // From here on the bindings don't move: JavaScript's functions point to them.
  for (Binding& binding : module->bindings) {
    napi_value function;
    napi_create_function(env, binding.name, NAPI_AUTO_LENGTH, enter, &binding, &function);
    set(env, exports, binding.name, function);
  }
  define_constants(env, exports);
  napi_set_instance_data(env, module.release(), [](napi_env, void* data, void*) { delete static_cast<Module*>(data); }, nullptr);
  return exports;
}

}  // namespace
}  // namespace ductus

NAPI_MODULE_INIT() { return ductus::start(env, exports); }
