import { backend_util, util } from '@tensorflow/tfjs-core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { ReduceOp } from '../../../native/addon.js'
import type { NativeBackend } from '../native-backend.js'
import { allFloat } from '../native-kernel.js'
import type { AnyNativeKernel, KernelCall, KernelTable } from '../native-kernel.js'

interface ReduceAttributes {
  axis?: number | number[] | null
  reductionIndices?: number | number[] | null
  keepDims?: boolean
}

const ops: Readonly<Record<string, ReduceOp>> = {
  Sum: 'sum',
  Mean: 'mean',
  Max: 'max',
  Min: 'min',
  Prod: 'prod',
}

function reduce(op: ReduceOp): AnyNativeKernel {
  return ({ inputs: { x }, attrs, backend }: KernelCall<{ x: TensorInfo }, ReduceAttributes>) => {
    const size = util.sizeFromShape(x.shape)
    // What a reduction of nothing is, TensorFlow.js decides.
    if (!allFloat(x) || size === 0) return undefined
    const axes = util.parseAxisParam((attrs.axis ?? attrs.reductionIndices)!, x.shape)
    const [kept] = backend_util.computeOutAndReduceShapes(x.shape, axes)
    const shape = attrs.keepDims ? backend_util.expandShapeToKeepDim(kept, axes) : kept
    return reduceRuns(backend, op, x, runs(x.shape, axes), shape)
  }
}

/** Merged neighbouring axes: `[size, whether it is reduced]`. */
type Run = [size: number, reduced: boolean]

function runs(shape: number[], axes: number[]): Run[] {
  const result: Run[] = []
  shape.forEach((size, axis) => {
    if (size === 1) return
    const reduced = axes.includes(axis)
    const last = result.at(-1)
    if (last && last[1] === reduced) last[0] *= size
    else result.push([size, reduced])
  })
  return result
}

/** Reduces one run of axes after another, innermost first. */
function reduceRuns(
  backend: NativeBackend,
  op: ReduceOp,
  x: TensorInfo,
  parts: Run[],
  shape: number[],
): TensorInfo {
  let values = backend.floats(x)
  let result: TensorInfo | undefined
  const code = backend.addon.reduceOps[op]
  for (let i = parts.length - 1; i >= 0; i--) {
    const [size, reduced] = parts[i]!
    if (!reduced) continue
    const outer = product(parts.slice(0, i))
    const inner = product(parts.slice(i + 1).filter(([, gone]) => !gone))
    const next = backend.output([outer * inner])
    backend.addon.reduce(code, outer, size, inner, values, backend.floats(next))
    if (result) backend.disposeIntermediateTensorInfo(result)
    result = next
    values = backend.floats(next)
  }
  if (!result) {
    result = backend.output([values.length])
    backend.floats(result).set(values)
  }
  return { ...result, shape }
}

function product(parts: Run[]): number {
  return parts.reduce((size, [factor]) => size * factor, 1)
}

function indexOfExtreme(name: 'argMax' | 'argMin'): AnyNativeKernel {
  return ({ inputs: { x }, attrs, backend }: KernelCall<{ x: TensorInfo }, { axis: number }>) => {
    if (!allFloat(x) || util.sizeFromShape(x.shape) === 0) return undefined
    const axis = util.parseAxisParam(attrs.axis, x.shape)[0]!
    const before = x.shape.slice(0, axis)
    const after = x.shape.slice(axis + 1)
    const outer = util.sizeFromShape(before)
    const inner = util.sizeFromShape(after)
    const values = new Int32Array(outer * inner)
    backend.addon[name](outer, x.shape[axis] ?? 1, inner, backend.floats(x), values)
    return backend.adopt(values, [...before, ...after], 'int32')
  }
}

export const reduceKernels: KernelTable = {
  ...Object.fromEntries(Object.entries(ops).map(([name, op]) => [name, reduce(op)])),
  ArgMax: indexOfExtreme('argMax'),
  ArgMin: indexOfExtreme('argMin'),
}
