import { util } from '@tensorflow/tfjs-core'
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core'
import { allFloat } from '../native-kernel.js'
import type { KernelCall, KernelTable } from '../native-kernel.js'

function gather({
  inputs: { x, indices },
  attrs,
  backend,
}: KernelCall<{ x: TensorInfo; indices: TensorInfo }, { axis: number; batchDims?: number }>):
  TensorInfo | undefined {
  const values = backend.movable(x)
  if (!values || attrs.batchDims) return undefined
  const axis = util.parseAxisParam(attrs.axis, x.shape)[0]!
  const size = x.shape[axis]!
  const positions = backend.integers(indices)
  // JavaScript says which index is out of bounds.
  if (!positions.every((index) => index >= 0 && index < size)) return undefined
  const before = x.shape.slice(0, axis)
  const after = x.shape.slice(axis + 1)
  const y = backend.outputLike(values, [...before, ...indices.shape, ...after], x.dtype)
  backend.addon.gather(
    util.sizeFromShape(before),
    size,
    util.sizeFromShape(after),
    positions,
    values,
    backend.movable(y)!,
  )
  return y
}

function segmentSum({
  inputs: { x, segmentIds },
  attrs: { numSegments },
  backend,
}: KernelCall<{ x: TensorInfo; segmentIds: TensorInfo }, { numSegments: number }>):
  TensorInfo | undefined {
  if (!allFloat(x) || segmentIds.shape.length !== 1 || x.shape[0] !== segmentIds.shape[0]) {
    return undefined
  }
  const inner = x.shape.slice(1)
  const y = backend.output([numSegments, ...inner])
  backend.addon.segmentSum(
    util.sizeFromShape(inner),
    backend.integers(segmentIds),
    backend.floats(x),
    backend.floats(y),
  )
  return y
}

function oneHot({
  inputs: { indices },
  attrs: { dtype, depth, onValue, offValue },
  backend,
}: KernelCall<
  { indices: TensorInfo },
  { dtype: DataType; depth: number; onValue: number; offValue: number }
>): TensorInfo | undefined {
  if (dtype !== 'float32' || indices.dtype !== 'int32') return undefined
  const y = backend.output([...indices.shape, depth])
  backend.addon.oneHot(depth, backend.integers(indices), onValue, offValue, backend.floats(y))
  return y
}

function select({
  inputs: { condition, t, e },
  backend,
}: KernelCall<{ condition: TensorInfo; t: TensorInfo; e: TensorInfo }>): TensorInfo | undefined {
  const mask = backend.values(condition)
  if (!allFloat(t, e) || !(mask instanceof Uint8Array)) return undefined
  if (!util.arraysEqual(condition.shape, t.shape) || !util.arraysEqual(t.shape, e.shape)) {
    return undefined
  }
  const y = backend.output(t.shape)
  backend.addon.select(mask, backend.floats(t), backend.floats(e), backend.floats(y))
  return y
}

export const indexingKernels: KernelTable = {
  GatherV2: gather,
  UnsortedSegmentSum: segmentSum,
  OneHot: oneHot,
  Select: select,
}
