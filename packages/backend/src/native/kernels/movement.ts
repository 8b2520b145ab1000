import { backend_util, slice_util, util } from '@tensorflow/tfjs-core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Movable } from '../../../native/addon.js'
import type { NativeBackend } from '../native-backend.js'
import type { KernelCall, KernelTable } from '../native-kernel.js'

const mostAxes = 8

function transpose({
  inputs: { x },
  attrs: { perm },
  backend,
}: KernelCall<{ x: TensorInfo }, { perm: number[] }>): TensorInfo | undefined {
  const values = backend.movable(x)
  if (!values || x.shape.length > mostAxes) return undefined
  const shape = perm.map((axis) => x.shape[axis]!)
  const y = backend.outputLike(values, shape, x.dtype)
  const geometry = Int32Array.from(perm.flatMap((axis, i) => [shape[i]!, axis]))
  backend.addon.transpose(geometry, values, backend.movable(y)!)
  return y
}

function pad({
  inputs: { x },
  attrs: { paddings, constantValue },
  backend,
}: KernelCall<{ x: TensorInfo }, { paddings: [number, number][]; constantValue: number }>):
  TensorInfo | undefined {
  const values = backend.movable(x)
  if (!values || x.shape.length > mostAxes) return undefined
  const shape = paddings.map(([before, after], i) => before + x.shape[i]! + after)
  const y = backend.outputLike(values, shape, x.dtype)
  const geometry = Int32Array.from(paddings.flatMap((sides, i) => [x.shape[i]!, ...sides]))
  backend.addon.pad(geometry, constantValue, values, backend.movable(y)!)
  return y
}

function slice({
  inputs: { x },
  attrs,
  backend,
}: KernelCall<{ x: TensorInfo }, { begin: number | number[]; size: number | number[] }>):
  TensorInfo | undefined {
  const [begin, size] = slice_util.parseSliceParams(x, attrs.begin, attrs.size)
  slice_util.assertParamsValid(x, begin!, size!)
  return sliced(backend, x, begin!, size!, size!)
}

function sliced(
  backend: NativeBackend,
  x: TensorInfo,
  begin: number[],
  size: number[],
  shape: number[],
): TensorInfo | undefined {
  const values = backend.movable(x)
  if (!values || x.shape.length > mostAxes) return undefined
  const y = backend.outputLike(values, shape, x.dtype)
  const geometry = Int32Array.from(x.shape.flatMap((length, i) => [length, begin[i]!, size[i]!]))
  backend.addon.slice(geometry, values, backend.movable(y)!)
  return y
}

function unpack({
  inputs: { value },
  attrs,
  backend,
}: KernelCall<{ value: TensorInfo }, { axis: number }>): TensorInfo[] | undefined {
  if (!backend.movable(value) || value.shape.length > mostAxes) return undefined
  const axis = attrs.axis < 0 ? attrs.axis + value.shape.length : attrs.axis
  const shape = value.shape.filter((_, i) => i !== axis)
  const size = value.shape.map((length, i) => (i === axis ? 1 : length))
  return Array.from({ length: value.shape[axis]! }, (_, k) => {
    const begin = value.shape.map((_, i) => (i === axis ? k : 0))
    return sliced(backend, value, begin, size, shape)!
  })
}

function split({
  inputs: { x },
  attrs,
  backend,
}: KernelCall<{ x: TensorInfo }, { numOrSizeSplits: number | number[]; axis: number }>):
  TensorInfo[] | undefined {
  if (!backend.movable(x) || x.shape.length > mostAxes) return undefined
  const axis = util.parseAxisParam(attrs.axis, x.shape)[0]!
  const sizes = backend_util.prepareSplitSize(x, attrs.numOrSizeSplits, axis)
  const begin = x.shape.map(() => 0)
  return sizes.map((length) => {
    const size = x.shape.with(axis, length)
    const y = sliced(backend, x, begin, size, size)!
    begin[axis]! += length
    return y
  })
}

function concat({
  inputs,
  attrs,
  backend,
}: KernelCall<TensorInfo[], { axis: number }>): TensorInfo | undefined {
  const parts = inputs.filter(({ shape }) => util.sizeFromShape(shape) > 0)
  const [first] = parts
  if (!first || parts.length < 2) return undefined
  const axis = util.parseAxisParam(attrs.axis, inputs[0]!.shape)[0]!
  const alike = parts.every(
    ({ shape, dtype }) =>
      dtype === first.dtype &&
      shape.length === first.shape.length &&
      shape.every((size, i) => i === axis || size === first.shape[i]),
  )
  if (!alike) return undefined
  const length = parts.reduce((sum, { shape }) => sum + shape[axis]!, 0)
  const shape = first.shape.map((size, i) => (i === axis ? length : size))
  return joined(backend, parts, util.sizeFromShape(first.shape.slice(0, axis)), shape)
}

function pack({
  inputs,
  attrs,
  backend,
}: KernelCall<TensorInfo[], { axis: number }>): TensorInfo | undefined {
  const first = inputs[0]
  if (!first || inputs.length < 2) return undefined
  const alike = inputs.every(
    ({ shape, dtype }) => dtype === first.dtype && util.arraysEqual(shape, first.shape),
  )
  if (!alike) return undefined
  const axis = attrs.axis < 0 ? attrs.axis + first.shape.length + 1 : attrs.axis
  const shape = [...first.shape.slice(0, axis), inputs.length, ...first.shape.slice(axis)]
  return joined(backend, inputs, util.sizeFromShape(first.shape.slice(0, axis)), shape)
}

/** Joins parts that agree in their first axes, `outer` elements of them. */
function joined(
  backend: NativeBackend,
  parts: TensorInfo[],
  outer: number,
  shape: number[],
): TensorInfo | undefined {
  const arrays: Movable[] = []
  for (const part of parts) {
    const values = backend.movable(part)
    if (!values || (arrays[0] && values.constructor !== arrays[0].constructor)) return undefined
    arrays.push(values)
  }
  const y = backend.outputLike(arrays[0]!, shape, parts[0]!.dtype)
  backend.addon.concat(outer, arrays, backend.movable(y)!)
  return y
}

export const movementKernels: KernelTable = {
  Transpose: transpose,
  PadV2: pad,
  Slice: slice,
  Unpack: unpack,
  SplitV: split,
  Concat: concat,
  Pack: pack,
}
