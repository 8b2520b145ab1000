/**
 * The engine room of Ductus: picks what runs TensorFlow.js, adds the kernels that training lacks, and keeps all that
 * touches TensorFlow.js' internals in one place.
 *
 * @example
 * import { useBackend } from '@ductus/backend'
 * import * as tf from '@tensorflow/tfjs-core'
 *
 * const { name, skipped } = await useBackend('auto')
 * const sum = await tf.sum(tf.tensor([1, 2, 3])).data()
 */
export { accelerate, type AccelerateOptions, type Acceleration } from './accelerate/accelerate.js'
export { activeBackend } from './active-backend.js'
export { assertBackendReady } from './assert-backend-ready.js'
export { BackendError, type BackendErrorCode } from './backend-error.js'
export { backendNames, type BackendName } from './backend-name.js'
export type { BackendOptions } from './candidates/candidate.js'
export { cudaExpectation } from './candidates/tensorflow-candidate.js'
export { detectGpu, type GpuPresence } from './detect-gpu.js'
export type { KernelOrigin } from './kernel-origin.js'
export { variableGrads } from './gradients/variable-grads.js'
export { listBackends, type BackendReport } from './list-backends.js'
export { listOps, type OpReport } from './list-ops.js'
export { memoryPool, type MemoryPool } from './memory-pool.js'
export { namedWeights, type NamedWeight } from './named-weights.js'
export type { Activation } from './ops/activation.js'
export { applyActivation } from './ops/apply-activation.js'
export {
  batchNormInference,
  batchNormTrain,
  type BatchNormOptions,
  type BatchNormResult,
} from './ops/batch-norm.js'
export type { ConvOptions, Padding, Pair } from './ops/conv-options.js'
export { conv2d, type Conv2dOptions } from './ops/conv2d.js'
export { ctcLoss, type CtcLossOptions, type SequenceLengths } from './ops/ctc-loss.js'
export { dense, type DenseOptions } from './ops/dense.js'
export { depthwiseConv2d } from './ops/depthwise-conv2d.js'
export { dropout, type DropoutOptions } from './ops/dropout.js'
export { logSoftmax } from './ops/log-softmax.js'
export { recomputedInParts, type PartsOptions } from './ops/recomputed-in-parts.js'
export { scaledTanh, type ScaledTanhOptions } from './ops/scaled-tanh.js'
export {
  softmaxCrossEntropy,
  type SoftmaxCrossEntropyOptions,
} from './ops/softmax-cross-entropy.js'
export { foldPatches, unfoldPatches, type WindowGeometry } from './ops/unfold.js'
export { dropoutMask } from './random/dropout-mask.js'
export { hashKey } from './random/hash-key.js'
export { uniformValues } from './random/uniform-values.js'
export { updateAdagrad, type AdagradUpdate } from './updates/update-adagrad.js'
export { updateAdam, type AdamUpdate } from './updates/update-adam.js'
export type { UpdateOptions } from './updates/update-options.js'
export { updateRmsprop, type RmspropUpdate } from './updates/update-rmsprop.js'
export { updateSgd, type SgdUpdate } from './updates/update-sgd.js'
export { useBackend, type BackendChoice } from './use-backend.js'
