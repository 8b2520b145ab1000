// c = activation(a · b + bias) on strided operands: the pieces that sgemm's strategies are made of.
#pragma once
#include "../engine/context.h"
#include "../engine/geometry.h"
#include "../engine/ops.h"
#include "vec.h"

namespace ductus::DUCTUS_ISA {

// a(i, k) = a[i · a_row + k · a_k], one of the two strides being 1; likewise b(k, j). c is dense in its rows.
struct Gemm {
  int64_t m, n, k;
  const float* a;
  int64_t a_row, a_k;
  const float* b;
  int64_t b_k, b_column;
  const float* bias;  // or null
  Activation activation;
  float* c;
  int64_t c_row;
};

// Packed, blocked, shared out over threads: for all but small operands.
void gemm_blocked(const Context& context, const Gemm& g);
// Few rows of a and b's rows contiguous: b is used in place.
void gemm_few_rows(const Context& context, const Gemm& g);
// Few rows of a, k contiguous in both: dot products.
void gemm_dot(const Context& context, const Gemm& g);
// Long k, small c: k is cut in a fixed number of parts, whose results are added in order.
void gemm_split_k(const Context& context, const Gemm& g);

// c(i, j) = activation(c(i, j) + bias(j))
void finish_rows(const Gemm& g, int64_t row_begin, int64_t row_end);

}  // namespace ductus::DUCTUS_ISA
