/** One step of an alignment: a character kept, changed, lost (`read` is '') or made up (`truth` is ''). */
export interface AlignedStep {
  truth: string
  read: string
  /** Where it stands in the reference, and in the reading. */
  at: number
  readAt: number
}

/** Aligns what was read with what stands there by the fewest edits (Levenshtein), ties to a change. */
export function alignTexts(a: readonly string[], b: readonly string[]): AlignedStep[] {
  const width = b.length + 1
  const cost = new Int32Array((a.length + 1) * width)
  for (let j = 0; j <= b.length; j++) cost[j] = j
  for (let i = 1; i <= a.length; i++) {
    cost[i * width] = i
    for (let j = 1; j <= b.length; j++) {
      const same = (cost[(i - 1) * width + j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const lost = (cost[(i - 1) * width + j] ?? 0) + 1
      const added = (cost[i * width + j - 1] ?? 0) + 1
      cost[i * width + j] = Math.min(same, lost, added)
    }
  }
  const steps: AlignedStep[] = []
  let i = a.length
  let j = b.length
  while (i > 0 || j > 0) {
    const here = cost[i * width + j] ?? 0
    const truth = a[i - 1] ?? ''
    const read = b[j - 1] ?? ''
    const diagonal =
      i > 0 && j > 0 ? (cost[(i - 1) * width + j - 1] ?? 0) + (truth === read ? 0 : 1) : Infinity
    if (diagonal === here) {
      i--
      j--
      steps.push({ truth, read, at: i, readAt: j })
    } else if (i > 0 && (cost[(i - 1) * width + j] ?? 0) + 1 === here) {
      i--
      steps.push({ truth, read: '', at: i, readAt: j })
    } else {
      j--
      steps.push({ truth: '', read, at: i, readAt: j })
    }
  }
  return steps.reverse()
}
