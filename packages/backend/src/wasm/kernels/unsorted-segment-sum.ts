import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { type KernelFunc, util } from '@tensorflow/tfjs-core'
import { floats, integers } from '../heap.js'

/**
 * UnsortedSegmentSum: `y[s] = Σ x[j]` over `segmentIds[j] = s`, the gradient of an embedding. Ids outside
 * [0, numSegments) are left out.
 */
export function unsortedSegmentSumBy(javascript: KernelFunc): KernelFunc {
  return (args) => {
    const backend = args.backend as BackendWasm
    const x = args.inputs['x']!
    const segmentIds = args.inputs['segmentIds']!
    const numSegments = args.attrs!['numSegments'] as number
    if (x.dtype !== 'float32' || segmentIds.dtype !== 'int32') return javascript(args)
    const rank = segmentIds.shape.length
    const rows = util.sizeFromShape(segmentIds.shape)
    const shape = [numSegments, ...x.shape.slice(rank)]
    const width = util.sizeFromShape(x.shape.slice(rank))
    const output = backend.makeOutput(shape, 'float32')
    const from = floats(backend, x)
    const ids = integers(backend, segmentIds)
    const to = floats(backend, output).fill(0)
    for (let row = 0; row < rows; row++) {
      const segment = ids[row]!
      if (segment < 0 || segment >= numSegments) continue
      const [source, target] = [row * width, segment * width]
      for (let i = 0; i < width; i++) to[target + i]! += from[source + i]!
    }
    return output
  }
}
