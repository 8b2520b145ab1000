// The functions that JavaScript sees, by topic. Each file lists its own.
#pragma once
#include "call.h"

namespace ductus {

struct Function {
  const char* name;
  void (*body)(Call&);
};
struct Functions {
  const Function* list;
  int count;
};

Functions engine_functions();
Functions matrix_functions();
Functions pool_functions();
Functions window_functions();
Functions elementwise_functions();
Functions row_functions();
Functions move_functions();
Functions optimizer_functions();

}  // namespace ductus
