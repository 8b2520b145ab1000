import * as tf from '@tensorflow/tfjs-core'
import { type KernelOrigin, originOf } from './kernel-origin.js'

/** One kernel of a backend. */
export interface OpReport {
  kernel: string
  origin: KernelOrigin
  /** Whether TensorFlow.js has a gradient for it (ours included). */
  differentiable: boolean
}

/**
 * Lists the kernels of a backend that is loaded, by name: which are ours, which are TensorFlow.js' own and which run
 * in JavaScript. `ductus doctor --ops` prints it.
 *
 * @param backend the name TensorFlow.js knows it by. Defaults to the active one.
 */
export function listOps(backend: string = tf.getBackend()): OpReport[] {
  const reports = tf.getKernelsForBackend(backend).map(({ kernelName, kernelFunc }) => ({
    kernel: kernelName,
    origin: originOf(kernelFunc) ?? unbranded(backend, kernelName, kernelFunc),
    differentiable: tf.getGradient(kernelName) !== undefined,
  }))
  return reports.sort((a, b) => (a.kernel < b.kernel ? -1 : 1))
}

/** A kernel copied from `cpu` is JavaScript; another one came with the backend. */
function unbranded(backend: string, name: string, kernel: tf.KernelFunc): KernelOrigin {
  const same = tf.getKernel(name, 'cpu')?.kernelFunc === kernel
  return backend === 'cpu' || same ? 'javascript' : 'stock'
}
