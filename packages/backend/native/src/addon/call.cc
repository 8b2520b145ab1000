#include "call.h"

#include <cmath>

namespace ductus {
namespace {

// Pointers of empty arrays may be null, which memcpy and its like do not take even for nothing.
alignas(64) float empty_array[16];

// A sparse array may claim to have billions of items.
constexpr uint32_t kMostItems = 1 << 16;

const char* element_array(Element element) {
  switch (element) {
    case Element::float32: return "a Float32Array";
    case Element::int32: return "an Int32Array";
    default: return "a Uint8Array";
  }
}

std::string text_of(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.17g", value);
  return buffer;
}

}  // namespace

int64_t product(std::initializer_list<int64_t> factors) {
  constexpr int64_t kMost = int64_t{1} << 48;
  int64_t result = 1;
  bool zero = false;
  for (int64_t factor : factors) zero = zero || factor == 0;
  if (zero) return 0;
  for (int64_t factor : factors)
    if (__builtin_mul_overflow(result, factor, &result) || result > kMost)
      throw Failure{Failure::range, "expected a geometry of at most 2^48 elements, received a larger one"};
  return result;
}

Call::Call(napi_env env, napi_callback_info info) : env_(env) {
  size_t count = kMostArguments;
  void* data = nullptr;
  // Arguments that are missing are filled in as undefined.
  napi_get_cb_info(env, info, &count, arguments_, nullptr, &data);
  binding_ = static_cast<Binding*>(data);
}

void Call::fail_type(const char* name, const char* expected, int index) {
  napi_valuetype type = napi_undefined;
  napi_typeof(env_, arguments_[index], &type);
  static const char* const names[] = {"undefined", "null", "a boolean", "a number", "a string", "a symbol", "an object",
                                      "a function", "an external value", "a bigint"};
  const char* received = names[type];
  bool typed = false;
  napi_is_typedarray(env_, arguments_[index], &typed);
  if (typed) received = "another kind of typed array";
  throw Failure{Failure::type, std::string("expected ") + name + " to be " + expected + ", received " + received};
}

void Call::fail_range(const std::string& text) { throw Failure{Failure::range, text}; }

void Call::expect_length(const char* name, int64_t length, int64_t expected) {
  if (length == expected) return;
  fail_range(std::string("expected ") + name + " of length " + std::to_string(expected) + ", received " +
             std::to_string(length));
}

void Call::expect_apart(const char* name, const Array<int32_t>& indices, const char* written, const void* data, int64_t bytes) {
  const char *first = reinterpret_cast<const char*>(indices.data), *other = static_cast<const char*>(data);
  if (indices.length == 0 || bytes == 0 || first + indices.length * 4 <= other || other + bytes <= first) return;
  fail_range(std::string("expected ") + name + " in other memory than " + written + ", received arrays that overlap");
}

bool Call::is_null(int index) {
  napi_valuetype type = napi_undefined;
  napi_typeof(env_, arguments_[index], &type);
  return type == napi_null || type == napi_undefined;
}

AnyArray Call::read_array(napi_value value, const char* name, int index) {
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  const char* const expected = "a Float32Array, Int32Array or Uint8Array";
  if (napi_get_typedarray_info(env_, value, &type, &length, &data, nullptr, nullptr) != napi_ok) fail_type(name, expected, index);
  AnyArray array = {Element::float32, data, static_cast<int64_t>(length)};
  switch (type) {
    case napi_float32_array: array.element = Element::float32; break;
    case napi_int32_array: array.element = Element::int32; break;
    case napi_uint8_array: array.element = Element::uint8; break;
    default: fail_type(name, expected, index);
  }
  if (length == 0 || !data) array = {array.element, empty_array, 0};
  return array;
}

AnyArray Call::array(int index, const char* name) { return read_array(arguments_[index], name, index); }

Array<float> Call::floats(int index, const char* name) {
  const AnyArray a = array(index, name);
  if (a.element != Element::float32) fail_type(name, element_array(Element::float32), index);
  return {static_cast<float*>(a.data), a.length};
}
Array<float> Call::floats(int index, const char* name, int64_t length) {
  const Array<float> a = floats(index, name);
  expect_length(name, a.length, length);
  return a;
}
float* Call::floats_or_null(int index, const char* name, int64_t length) {
  return is_null(index) ? nullptr : floats(index, name, length).data;
}
Array<int32_t> Call::ints(int index, const char* name) {
  const AnyArray a = array(index, name);
  if (a.element != Element::int32) fail_type(name, element_array(Element::int32), index);
  return {static_cast<int32_t*>(a.data), a.length};
}
Array<int32_t> Call::ints(int index, const char* name, int64_t length) {
  const Array<int32_t> a = ints(index, name);
  expect_length(name, a.length, length);
  return a;
}
Array<int32_t> Call::indices(int index, const char* name) {
  const Array<int32_t> a = ints(index, name);
  napi_value buffer;
  bool is_private = false;
  napi_get_typedarray_info(env_, arguments_[index], nullptr, nullptr, nullptr, &buffer, nullptr);
  napi_is_arraybuffer(env_, buffer, &is_private);
  if (!is_private) fail_type(name, "an Int32Array that is not shared between threads", index);
  return a;
}
Array<int32_t> Call::indices(int index, const char* name, int64_t length) {
  const Array<int32_t> a = indices(index, name);
  expect_length(name, a.length, length);
  return a;
}
Array<int32_t> Call::ints_or_null(int index, const char* name) {
  return is_null(index) ? Array<int32_t>{nullptr, 0} : ints(index, name);
}
Array<uint8_t> Call::bytes(int index, const char* name, int64_t length) {
  const AnyArray a = array(index, name);
  if (a.element != Element::uint8) fail_type(name, element_array(Element::uint8), index);
  expect_length(name, a.length, length);
  return {static_cast<uint8_t*>(a.data), a.length};
}

double Call::number(int index, const char* name) {
  double value = 0;
  if (napi_get_value_double(env_, arguments_[index], &value) != napi_ok) fail_type(name, "a number", index);
  return value;
}
double Call::number_between(int index, const char* name, double least, double most) {
  const double value = number(index, name);
  if (!(value >= least && value <= most))
    fail_range(std::string("expected ") + name + " between " + text_of(least) + " and " + text_of(most) + ", received " + text_of(value));
  return value;
}
int64_t Call::whole(int index, const char* name, int64_t least, int64_t most) {
  const double value = number(index, name);
  if (!(value >= static_cast<double>(least) && value <= static_cast<double>(most)) || value != std::floor(value))
    fail_range(std::string("expected ") + name + " to be a whole number from " + std::to_string(least) + " to " +
               std::to_string(most) + ", received " + text_of(value));
  return static_cast<int64_t>(value);
}
bool Call::boolean(int index, const char* name) {
  bool value = false;
  if (napi_get_value_bool(env_, arguments_[index], &value) != napi_ok) fail_type(name, "a boolean", index);
  return value;
}
std::string Call::text(int index, const char* name) {
  char buffer[64];
  size_t length = 0;
  if (napi_get_value_string_utf8(env_, arguments_[index], buffer, sizeof buffer, &length) != napi_ok) fail_type(name, "a string", index);
  return std::string(buffer, length);
}

std::vector<AnyArray> Call::list(int index, const char* name) {
  uint32_t length = 0;
  const char* const expected = "an array of typed arrays";
  if (napi_get_array_length(env_, arguments_[index], &length) != napi_ok) fail_type(name, expected, index);
  if (length > kMostItems) fail_range(std::string("expected ") + name + " of at most " + std::to_string(kMostItems) + " arrays, received " + std::to_string(length));
  std::vector<napi_value> values(length);
  for (uint32_t i = 0; i < length; i++)
    if (napi_get_element(env_, arguments_[index], i, &values[i]) != napi_ok) fail_type(name, expected, index);
  std::vector<AnyArray> arrays;
  for (napi_value value : values) arrays.push_back(read_array(value, name, index));
  return arrays;
}

void Call::answer(double value) { napi_create_double(env_, value, &result_); }
void Call::answer(const char* value) { napi_create_string_utf8(env_, value, NAPI_AUTO_LENGTH, &result_); }

}  // namespace ductus
