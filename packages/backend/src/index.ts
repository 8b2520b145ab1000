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
export { activeBackend } from './active-backend.js'
export { assertBackendReady } from './assert-backend-ready.js'
export { BackendError, type BackendErrorCode } from './backend-error.js'
export { backendNames, type BackendName } from './backend-name.js'
export type { BackendOptions } from './candidates/candidate.js'
export { cudaExpectation } from './candidates/tensorflow-candidate.js'
export { detectGpu, type GpuPresence } from './detect-gpu.js'
export type { KernelOrigin } from './kernel-origin.js'
export { listBackends, type BackendReport } from './list-backends.js'
export { listOps, type OpReport } from './list-ops.js'
export { namedWeights, type NamedWeight } from './named-weights.js'
export { useBackend, type BackendChoice } from './use-backend.js'
