import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core'
import { floats } from '../heap.js'

/** ClipByValue that carries NaN; the stock kernel makes it the least value. */
export function clipByValueBy(javascript: KernelFunc): KernelFunc {
  return unaryBy(javascript, (attrs) => {
    const least = attrs['clipValueMin'] as number
    const greatest = attrs['clipValueMax'] as number
    return (value) => (value > greatest ? greatest : value < least ? least : value)
  })
}

/** Relu6 that carries NaN; the stock kernel makes it 0. */
export function relu6By(javascript: KernelFunc): KernelFunc {
  return unaryBy(javascript, () => (value) => (value > 6 ? 6 : value < 0 ? 0 : value))
}

/** Maximum that carries NaN from either side; the stock kernel takes the other one. */
export function maximumBy(javascript: KernelFunc): KernelFunc {
  return binaryBy(javascript, Math.max)
}

/** Minimum that carries NaN from either side; the stock kernel takes the other one. */
export function minimumBy(javascript: KernelFunc): KernelFunc {
  return binaryBy(javascript, Math.min)
}

/** Prelu where XNNPACK takes the slopes: one for each channel. With others the stock kernel leaves the tensor's bounds. */
export function preluBy(stock: KernelFunc, javascript: KernelFunc): KernelFunc {
  return (args) => {
    const { x, alpha } = args.inputs as { x: TensorInfo; alpha: TensorInfo }
    const channels = x.shape.at(-1)
    const byChannel =
      util.sizeFromShape(alpha.shape) === channels &&
      alpha.shape.at(-1) === channels &&
      alpha.shape.length <= x.shape.length
    const known = x.dtype === 'float32' && alpha.dtype === 'float32' && !x.shape.includes(0)
    return byChannel && known ? stock(args) : javascript(args)
  }
}

function unaryBy(
  javascript: KernelFunc,
  make: (attrs: Record<string, unknown>) => (value: number) => number,
): KernelFunc {
  return (args) => {
    const backend = args.backend as BackendWasm
    const x = args.inputs['x']!
    if (x.dtype !== 'float32') return javascript(args)
    const change = make(args.attrs ?? {})
    const output = backend.makeOutput(x.shape, x.dtype)
    const from = floats(backend, x)
    const to = floats(backend, output)
    for (let i = 0; i < from.length; i++) to[i] = change(from[i]!)
    return output
  }
}

/** Takes operands of one shape, and a single number beside a tensor; other broadcasts go to JavaScript. */
function binaryBy(javascript: KernelFunc, join: (a: number, b: number) => number): KernelFunc {
  return (args) => {
    const backend = args.backend as BackendWasm
    const { a, b } = args.inputs as { a: TensorInfo; b: TensorInfo }
    const same = util.arraysEqual(a.shape, b.shape)
    const shape =
      same || b.shape.length === 0 ? a.shape : a.shape.length === 0 ? b.shape : undefined
    if (!shape || a.dtype !== 'float32' || b.dtype !== 'float32') return javascript(args)
    const output = backend.makeOutput(shape, 'float32')
    const [left, right, to] = [floats(backend, a), floats(backend, b), floats(backend, output)]
    const [stepA, stepB] = [a.shape.length === 0 ? 0 : 1, b.shape.length === 0 ? 0 : 1]
    for (let i = 0; i < to.length; i++) to[i] = join(left[i * stepA]!, right[i * stepB]!)
    return output
  }
}
