import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import {
  type DataType,
  type KernelFunc,
  slice_util,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core'

/** Identity: shares the data, as every other backend does. The stock kernel copies it for each saved activation. */
export const identity: KernelFunc = ({ inputs, backend }) => {
  const { dataId, shape, dtype } = inputs['x']!
  ;(backend as BackendWasm).incRef(dataId)
  return { dataId, shape, dtype }
}

/** Cast: the same dtype shares the data; to bool gives 0 and 1. The stock kernel casts 3 to a bool of 3. */
export function castBy(javascript: KernelFunc): KernelFunc {
  return (args) => {
    const { inputs, attrs } = args
    const backend = args.backend as BackendWasm
    const x = inputs['x']!
    const dtype = attrs!['dtype'] as DataType
    const beyond = (type: DataType) => type === 'string' || type === 'complex64'
    if (x.dtype === dtype) return identity(args)
    if (beyond(x.dtype) || beyond(dtype)) return javascript(args)
    const output = backend.makeOutput(x.shape, dtype)
    const from = backend.typedArrayFromHeap(x)
    const to = backend.typedArrayFromHeap(output)
    if (dtype === 'bool') for (let i = 0; i < from.length; i++) to[i] = from[i] === 0 ? 0 : 1
    else to.set(from)
    return output
  }
}

/** Its declared type is looser than what it returns. */
const parseSliceParams = slice_util.parseSliceParams as unknown as (
  x: TensorInfo,
  begin: number | number[],
  size?: number | number[],
) => [number[], number[]]

/** Slice: copies the rows that are wanted. The stock kernel copies the whole input first and checks no bounds. */
export function sliceBy(javascript: KernelFunc): KernelFunc {
  return (args) => {
    const { inputs, attrs } = args
    const backend = args.backend as BackendWasm
    const x = inputs['x']!
    const [begin, size] = parseSliceParams(
      x,
      attrs!['begin'] as number[],
      attrs!['size'] as number[],
    )
    slice_util.assertParamsValid(x, begin, size)
    if (x.dtype === 'string' || x.dtype === 'complex64') return javascript(args)
    const output = backend.makeOutput(size, x.dtype)
    copyBox(backend, x, output, begin)
    return output
  }
}

/** Copies the box of `from` that starts at `begin` and has `to`'s shape, one run of contiguous elements at a time. */
function copyBox(backend: BackendWasm, from: TensorInfo, to: TensorInfo, begin: number[]): void {
  const size = to.shape
  const total = util.sizeFromShape(size)
  if (total === 0) return
  const source = backend.typedArrayFromHeap(from)
  const target = backend.typedArrayFromHeap(to)
  const strides = [...util.computeStrides(from.shape), 1]
  const rank = from.shape.length
  // From this axis on the box takes all there is: one run.
  let axis = Math.max(0, rank - 1)
  while (axis > 0 && size[axis] === from.shape[axis]) axis--
  const run = rank === 0 ? 1 : util.sizeFromShape(size.slice(axis))
  const index = new Array<number>(axis).fill(0)
  const inner = rank === 0 ? 0 : begin[axis]! * strides[axis]!
  for (let done = 0; done < total; done += run) {
    let offset = inner
    for (let i = 0; i < axis; i++) offset += (begin[i]! + index[i]!) * strides[i]!
    target.set(source.subarray(offset, offset + run), done)
    for (let i = axis - 1; i >= 0 && ++index[i]! === size[i]; i--) index[i] = 0
  }
}
