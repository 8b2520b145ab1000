// What a call from JavaScript can fail of. Thrown in C++, turned into a JavaScript exception at the border.
#pragma once
#include <string>

namespace ductus {

struct Failure {
  enum Kind { type, range } kind;
  std::string message;
};

}  // namespace ductus
