import { util } from '@tensorflow/tfjs-core'

export interface BroadcastPlan {
  shape: number[]
  /** Triples (size, stride of a, stride of b), or null where no axis needs them. */
  geometry: Int32Array | null
}

const mostAxes = 8

/**
 * Works out how two shapes meet. Neighbouring axes that both operands walk alike are merged, so that a bias on an
 * image is two axes. Undefined when they do not fit, or in more axes than the addon takes.
 */
export function broadcastPlan(a: number[], b: number[]): BroadcastPlan | undefined {
  if (util.arraysEqual(a, b)) return { shape: a, geometry: null }
  if (b.length <= a.length && util.sizeFromShape(b) === 1) return { shape: a, geometry: null }
  if (a.length <= b.length && util.sizeFromShape(a) === 1) return { shape: b, geometry: null }
  const rank = Math.max(a.length, b.length)
  const shape = new Array<number>(rank)
  const triples: number[] = []
  let strideA = 1
  let strideB = 1
  for (let axis = rank - 1; axis >= 0; axis--) {
    const sizeA = a[axis - rank + a.length] ?? 1
    const sizeB = b[axis - rank + b.length] ?? 1
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) return undefined
    const size = sizeA === 1 ? sizeB : sizeA
    shape[axis] = size
    if (size === 1) continue
    const stepA = sizeA === 1 ? 0 : strideA
    const stepB = sizeB === 1 ? 0 : strideB
    strideA *= sizeA
    strideB *= sizeB
    const [innerSize, innerA, innerB] = triples as [number?, number?, number?]
    if (innerSize !== undefined && stepA === innerA! * innerSize && stepB === innerB! * innerSize) {
      triples[0] = size * innerSize
    } else {
      triples.unshift(size, stepA, stepB)
    }
  }
  if (triples.length > 3 * mostAxes) return undefined
  return { shape, geometry: Int32Array.from(triples) }
}
