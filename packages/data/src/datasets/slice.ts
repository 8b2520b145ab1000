import type { Dataset } from './dataset.js'
import { Subset } from './subset.js'

/** Gives the samples from one index to before another, in their order. */
export function slice(dataset: Dataset, from: number, to: number): Subset {
  return new Subset(
    dataset,
    Uint32Array.from({ length: to - from }, (_, i) => from + i),
  )
}
