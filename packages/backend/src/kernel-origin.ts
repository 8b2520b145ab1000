import type { KernelFunc } from '@tensorflow/tfjs-core'

/**
 * Who computes a kernel:
 * `own` – this package's code; `stock` – the backend's, as TensorFlow.js ships it; `guarded` – the backend's for what
 * it gets right, JavaScript's for the rest; `javascript` – TensorFlow.js' `cpu` kernel, with the data taken there and
 * back where the backend keeps it elsewhere.
 */
export type KernelOrigin = 'own' | 'guarded' | 'stock' | 'javascript'

const key = Symbol.for('ductus.kernelOrigin')
type Branded = KernelFunc & { [key]?: KernelOrigin }

/** Brands a kernel function, so that {@link listOps} can tell whose it is. */
export function markOrigin(kernel: KernelFunc, origin: KernelOrigin): KernelFunc {
  ;(kernel as Branded)[key] = origin
  return kernel
}

/** Reads the brand of a kernel function; undefined for one that is not ours. */
export function originOf(kernel: KernelFunc): KernelOrigin | undefined {
  return (kernel as Branded)[key]
}
