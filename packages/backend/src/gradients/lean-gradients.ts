import { div, fill, mul, reshape, util } from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { ensureKernels } from '../ops/ensure-kernels.js'
import { runKernel } from '../ops/run-kernel.js'
import type { TapeNode } from './backward-pass.js'

type LeanGradient = (dy: Tensor, node: TapeNode) => (() => Tensor) | undefined

/**
 * Gradients with respect to `x` with the same bits as TensorFlow.js' own, which make up to three arrays of x's size on
 * the way, one of them afresh at every step. Undefined for what TensorFlow.js shall do.
 */
export const leanGradients: Readonly<Record<string, LeanGradient>> = {
  Relu: (dy, { saved: [x] }) => {
    if (x?.dtype !== 'float32') return undefined
    return () => {
      ensureKernels()
      // x and its positive part have the same sign.
      return runKernel<Tensor>('DuctusActivationGradient', { dy, y: x }, { activation: 'relu' })
    }
  },
  Sum: (dy, { inputs: { x } }) => x && spread(dy, x.shape),
  Mean: (dy, { inputs: { x } }) => x && spread(dy, x.shape, x.size / dy.size),
}

/** `dy / count` for each element that was reduced. */
function spread(dy: Tensor, shape: number[], count = 1): (() => Tensor) | undefined {
  const open = openShape(shape, dy.shape)
  if (!open) return undefined
  return () => {
    const share = count === 1 ? reshape(dy, open) : div(reshape(dy, open), count)
    return mul(share, fill(shape, 1))
  }
}

/** The shape of a reduction's result with a 1 for each reduced axis; undefined where the two shapes don't tell which. */
function openShape(shape: readonly number[], reduced: readonly number[]): number[] | undefined {
  if (reduced.length === shape.length) return [...reduced]
  const first = placed(shape, reduced)
  const last = placed([...shape].reverse(), [...reduced].reverse()).reverse()
  return util.arraysEqual(first, last) ? first : undefined
}

/** Each size of the result at the first axis of that size that is left. */
function placed(shape: readonly number[], reduced: readonly number[]): number[] {
  let next = 0
  return shape.map((size) => (size === reduced[next] ? reduced[next++]! : 1))
}
