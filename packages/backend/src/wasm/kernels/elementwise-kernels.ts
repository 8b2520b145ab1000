import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { KernelFunc } from '@tensorflow/tfjs-core'
import { floats } from '../heap.js'

/** ClipByValue that carries NaN; the stock kernel makes it the least value. */
export function clipByValueBy(javascript: KernelFunc): KernelFunc {
  return (args) => {
    const backend = args.backend as BackendWasm
    const x = args.inputs['x']!
    if (x.dtype !== 'float32') return javascript(args)
    const least = args.attrs!['clipValueMin'] as number
    const greatest = args.attrs!['clipValueMax'] as number
    const output = backend.makeOutput(x.shape, x.dtype)
    const from = floats(backend, x)
    const to = floats(backend, output)
    for (let i = 0; i < from.length; i++) {
      const value = from[i]!
      to[i] = value > greatest ? greatest : value < least ? least : value
    }
    return output
  }
}
