// The kernels of one instruction set. Each kernel file is compiled once per set, in a namespace of its own, and
// each set fills one table; the addon calls through the table in use.
//
// Pointers marked "or null" say so; all other arrays are there, with the lengths that follow from the geometry.
#pragma once
#include <cstdint>

#include "context.h"
#include "geometry.h"
#include "isa.h"
#include "ops.h"

namespace ductus {

struct AdamStep {
  double lr, beta1, beta2, epsilon, weight_decay, correction1, correction2, gradient_scale;
  bool decoupled;
};
struct SgdStep {
  double lr, momentum, dampening, weight_decay, gradient_scale;
  bool nesterov, first;
};
struct RmspropStep {
  double lr, alpha, epsilon, weight_decay, momentum, gradient_scale;
};
struct AdagradStep {
  double rate, epsilon, weight_decay, gradient_scale;
};
struct CrossEntropy {
  int64_t rows, classes;
  float smoothing;
  int32_t ignored_label;
  const int32_t* labels;
  const float* weights;  // or null
};
struct ScaledTanh {
  float slope, amplitude;
};
struct CtcGeometry {
  int64_t batch, steps, classes, max_labels, blank;
};

enum class Element { float32, int32, uint8 };
struct ConcatPart {
  const void* x;
  int64_t inner;
};

// clang-format off
// name, parameters after the context
#define DUCTUS_KERNELS(X)                                                                                         \
  X(sgemm, (const GemmGeometry&, const float* a, const float* b, const float* bias_or_null, Activation, float* c)) \
  X(sgemm_batch, (const GemmGeometry&, const BroadcastGeometry& batch, const float* a, const float* b,            \
                  const float* bias_or_null, Activation, float* c))                                               \
  X(conv_forward, (const ConvGeometry&, const float* x, const float* filter, const float* bias_or_null,           \
                   Activation, float* y))                                                                         \
  X(conv_filter_gradient, (const ConvGeometry&, const float* x, const float* dy, const float* y_or_null,          \
                           Activation, float* d_filter, float* d_bias_or_null))                                   \
  X(conv_input_gradient, (const ConvGeometry&, const float* dy, const float* y_or_null, Activation,               \
                          const float* filter, float* dx))                                                        \
  X(depthwise_forward, (const ConvGeometry&, const float* x, const float* filter, const float* bias_or_null,      \
                        Activation, float* y))                                                                    \
  X(depthwise_filter_gradient, (const ConvGeometry&, const float* x, const float* dy, const float* y_or_null,     \
                                Activation, float* d_filter, float* d_bias_or_null))                              \
  X(depthwise_input_gradient, (const ConvGeometry&, const float* dy, const float* y_or_null, Activation,          \
                               const float* filter, float* dx))                                                   \
  X(max_pool, (const PoolGeometry&, const float* x, float* y))                                                    \
  X(max_pool_gradient, (const PoolGeometry&, const float* x, const float* dy, float* dx))                         \
  X(avg_pool, (const PoolGeometry&, bool count_padding, const float* x, float* y))                                \
  X(avg_pool_gradient, (const PoolGeometry&, bool count_padding, const float* dy, float* dx))                     \
  X(unfold, (const PoolGeometry&, const float* x, float* patches))                                                \
  X(fold, (const PoolGeometry&, const float* patches, float* x))                                                  \
  X(batch_norm_train, (int64_t rows, int64_t channels, const float* x, const float* scale_or_null,                 \
                       const float* offset_or_null, const float* residual_or_null, float epsilon, Activation, float* y,\
                       float* mean, float* variance, float* inv_std))                                              \
  X(batch_norm_gradient, (int64_t rows, int64_t channels, const float* x, const float* dy, const float* y_or_null,       \
                          Activation, const float* scale_or_null, const float* offset_or_null, const float* mean,  \
                          const float* inv_std, float* dx, float* d_residual_or_null, float* d_scale_or_null,      \
                          float* d_offset_or_null))                                                                \
  X(batch_norm_inference, (int64_t rows, int64_t channels, const float* x, const float* mean,                      \
                           const float* variance, const float* scale_or_null, const float* offset_or_null,         \
                           const float* residual_or_null, float epsilon, Activation, float* y))                    \
  X(unary, (UnaryOp, int64_t n, const float* x, float alpha, float beta, float* y))                               \
  X(binary, (BinaryOp, const BroadcastGeometry&, const float* a, const float* b, float* y))                       \
  X(compare, (CompareOp, const BroadcastGeometry&, const float* a, const float* b, uint8_t* y))                   \
  X(select, (int64_t n, const uint8_t* condition, const float* a, int64_t stride_a, const float* b,               \
             int64_t stride_b, float* y))                                                                         \
  X(activation_gradient, (Activation, int64_t n, const float* dy, const float* y, float* dx))                     \
  X(scaled_tanh, (const ScaledTanh&, int64_t n, const float* x, float* y))                                        \
  X(scaled_tanh_gradient, (const ScaledTanh&, int64_t n, const float* dy, const float* y, float* dx))             \
  X(bias_activation, (Activation, int64_t rows, int64_t channels, const float* x, const float* bias, float* y))   \
  X(softmax, (int64_t rows, int64_t classes, const float* x, float* y))                                           \
  X(softmax_gradient, (int64_t rows, int64_t classes, const float* y, const float* dy, float* dx))                \
  X(log_softmax, (int64_t rows, int64_t classes, const float* x, float* y))                                       \
  X(log_softmax_gradient, (int64_t rows, int64_t classes, const float* y, const float* dy, float* dx))            \
  X(cross_entropy, (const CrossEntropy&, const float* logits, float* losses))                                     \
  X(cross_entropy_gradient, (const CrossEntropy&, const float* logits, const float* d_losses,                     \
                             int64_t d_losses_stride, float* d_logits))                                           \
  X(reduce, (ReduceOp, const ReduceGeometry&, const float* x, float* y))                                          \
  X(arg_max, (const ReduceGeometry&, const float* x, int32_t* y))                                                 \
  X(arg_min, (const ReduceGeometry&, const float* x, int32_t* y))                                                 \
  X(sum_of_squares, (int64_t n, const float* x, double* result))                                                  \
  X(copy4, (const CopyGeometry&, const uint32_t* x, uint32_t* y))                                                 \
  X(copy1, (const CopyGeometry&, const uint8_t* x, uint8_t* y))                                                   \
  X(gather, (int element_bytes, const ReduceGeometry&, int64_t n, const int32_t* indices, const void* x, void* y))  \
  X(pad, (int element_bytes, const PadGeometry&, uint32_t value, const void* x, void* y))                         \
  X(concat, (int element_bytes, int64_t outer, int count, const ConcatPart* parts, void* y))                      \
  X(cast, (Element from, Element to, int64_t n, const void* x, void* y))                                          \
  X(one_hot, (int64_t n, int64_t depth, const int32_t* indices, float on, float off, float* y))                   \
  X(segment_sum, (int64_t n, int64_t inner, int64_t segments, const int32_t* indices, const float* x, float* y))  \
  X(dropout, (uint32_t key, double rate, uint32_t first, int64_t n, const float* x, float* y))                    \
  X(adam, (const AdamStep&, int64_t n, float* p, const float* g, float* m, float* v, float* v_max_or_null))       \
  X(sgd, (const SgdStep&, int64_t n, float* p, const float* g, float* buffer_or_null))                            \
  X(rmsprop, (const RmspropStep&, int64_t n, float* p, const float* g, float* square, float* average_or_null,     \
              float* buffer_or_null))                                                                             \
  X(adagrad, (const AdagradStep&, int64_t n, float* p, const float* g, float* sum))                               \
  X(axpy, (int64_t n, float alpha, const float* x, float* y))                                                     \
  X(ema, (int64_t n, double decay, const float* x, float* y))                                                     \
  X(ctc_loss, (const CtcGeometry&, const float* logits, const int32_t* labels, const int32_t* logit_lengths,      \
               const int32_t* label_lengths, float* losses, float* d_logits_or_null))
// clang-format on

#define DUCTUS_UNPACK(...) __VA_ARGS__

struct KernelTable {
#define DUCTUS_FIELD(name, parameters) void(*name)(const Context&, DUCTUS_UNPACK parameters);
  DUCTUS_KERNELS(DUCTUS_FIELD)
#undef DUCTUS_FIELD
};

// The table of an instruction set that this binary was built with, else null.
const KernelTable* kernel_table(Isa isa);

}  // namespace ductus
