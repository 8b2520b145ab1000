import { keyedRandom, randomInteger } from '../random/keyed-random.js'
import { permutation } from '../random/permutation.js'

/** Names how many images of each class are kept. */
export type Sampling = 'all' | 'balanced' | 'lab'

/**
 * Chooses the images to keep, in file order, from their classes (indices into the mapping).
 *
 * - `balanced`: of each class at most the mean over the classes present, drawn without replacement.
 * - `lab`: the Full Stack Deep Learning lab's rule: the mean over all bins up to the highest class, empty ones too, drawn with
 *   replacement, each drawn image once.
 */
export function sampleClasses(
  classes: Uint8Array,
  sampling: Sampling,
  seed: number,
  part: string,
): Uint32Array {
  if (sampling === 'all') return Uint32Array.from({ length: classes.length }, (_, i) => i)
  const byClass: number[][] = []
  for (let i = 0; i < classes.length; i++) (byClass[classes[i] as number] ??= []).push(i)
  const present = byClass.filter((indices) => indices.length > 0).length
  const bins = sampling === 'lab' ? byClass.length : present
  const most = Math.floor(classes.length / bins)
  const kept = byClass.flatMap((indices, label) => {
    const random = keyedRandom(seed, 'balance', part, label)
    if (sampling === 'lab') {
      const drawn = new Set<number>()
      for (let i = 0; i < most; i++) drawn.add(indices[randomInteger(random, indices.length)] ?? 0)
      return [...drawn]
    }
    if (indices.length <= most) return indices
    const order = permutation(indices.length, random)
    return Array.from(order.subarray(0, most), (i) => indices[i] as number)
  })
  return Uint32Array.from(kept).sort()
}
