import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core'
import { floats } from '../heap.js'

/** Complex: interleaves the two parts. */
export const complex: KernelFunc = ({ inputs, backend }) => {
  const wasm = backend as BackendWasm
  const { real, imag } = inputs as { real: TensorInfo; imag: TensorInfo }
  const pairs = new Float32Array(2 * floats(wasm, real).length)
  floats(wasm, real).forEach((value, i) => (pairs[2 * i] = value))
  floats(wasm, imag).forEach((value, i) => (pairs[2 * i + 1] = value))
  return wasm.makeOutput(real.shape, 'complex64', undefined, pairs)
}

/** Real and Imag: every other element. */
export const real = partAt(0)
export const imag = partAt(1)

function partAt(offset: 0 | 1): KernelFunc {
  return ({ inputs, backend }) => {
    const wasm = backend as BackendWasm
    const input = inputs['input']!
    const pairs = wasm.readSync(input.dataId) as Float32Array
    const part = Float32Array.from({ length: pairs.length / 2 }, (_, i) => pairs[2 * i + offset]!)
    return wasm.makeOutput(input.shape, 'float32', undefined, part)
  }
}
