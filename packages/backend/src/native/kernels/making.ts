import { util } from '@tensorflow/tfjs-core'
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core'
import type { Movable } from '../../../native/addon.js'
import { allFloat } from '../native-kernel.js'
import type { AnyNativeKernel, KernelCall, KernelTable } from '../native-kernel.js'

/**
 * Converts values for real. TensorFlow.js' own kernel only changes the label where no value can be lost, and leaves
 * int32 arrays under float32 labels.
 */
function cast({
  inputs: { x },
  attrs: { dtype },
  backend,
}: KernelCall<{ x: TensorInfo }, { dtype: DataType }>): TensorInfo | undefined {
  const values = backend.movable(x)
  if (!values || x.dtype === 'complex64') return undefined
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') return undefined
  const length = util.sizeFromShape(x.shape)
  const stored = backend.data.get(x.dataId).dtype
  if (dtype === x.dtype && dtype === stored) return backend.alias(x)
  const y: TensorInfo =
    dtype === 'float32'
      ? backend.output(x.shape)
      : backend.adopt(
          dtype === 'int32' ? new Int32Array(length) : new Uint8Array(length),
          x.shape,
          dtype,
        )
  const target: Movable = backend.movable(y)!
  if (target.constructor === values.constructor) target.set(values)
  else backend.addon.cast(values, target)
  return y
}

function fill({
  attrs: { shape, value, dtype },
  backend,
}: KernelCall<unknown, { shape: number[]; value: number | string; dtype?: DataType }>):
  TensorInfo | undefined {
  if (typeof value !== 'number' || (dtype ?? 'float32') !== 'float32') return undefined
  const y = backend.output(shape)
  backend.floats(y).fill(value)
  return y
}

const filledLike =
  (value: number): AnyNativeKernel =>
  ({ inputs: { x }, backend }: KernelCall<{ x: TensorInfo }>) => {
    if (!allFloat(x)) return undefined
    const y = backend.output(x.shape)
    backend.floats(y).fill(value)
    return y
  }

export const makingKernels: KernelTable = {
  Cast: cast,
  Fill: fill,
  ZerosLike: filledLike(0),
  OnesLike: filledLike(1),
}
