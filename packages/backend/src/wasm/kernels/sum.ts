import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { backend_util, type KernelFunc, util } from '@tensorflow/tfjs-core'
import { floats } from '../heap.js'

/**
 * Sum over neighbouring axes with others after them, such as the gradient of a bias over `[batch, height, width]`: row
 * by row, in double precision. The stock kernel transposes the whole tensor first; it keeps the sums over last axes.
 */
export function sumBy(guarded: KernelFunc): KernelFunc {
  return (args) => {
    const backend = args.backend as BackendWasm
    const x = args.inputs['x']!
    const { axis, keepDims } = args.attrs as unknown as { axis: number[]; keepDims?: boolean }
    const axes = util.parseAxisParam(axis, x.shape).sort((a, b) => a - b)
    const [first, last] = [axes[0], axes.at(-1)]
    const neighbours = first !== undefined && last! - first === axes.length - 1
    const inner = neighbours ? util.sizeFromShape(x.shape.slice(last! + 1)) : 1
    if (inner === 1 || x.dtype !== 'float32' || x.shape.includes(0)) return guarded(args)

    const [shape] = backend_util.computeOutAndReduceShapes(x.shape, axes)
    const kept = keepDims ? backend_util.expandShapeToKeepDim(shape, axes) : shape
    const output = backend.makeOutput(kept, 'float32')
    const outer = util.sizeFromShape(x.shape.slice(0, first))
    const size = util.sizeFromShape(x.shape.slice(first, last! + 1))
    const from = floats(backend, x)
    const to = floats(backend, output)
    const sums = new Float64Array(inner)
    for (let o = 0, i = 0; o < outer; o++) {
      sums.fill(0)
      for (let s = 0; s < size; s++) for (let k = 0; k < inner; k++) sums[k]! += from[i++]!
      to.set(sums, o * inner)
    }
    return output
  }
}
