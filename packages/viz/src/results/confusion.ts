import { VizError } from '../viz-error.js'

/** How often each class was read as each other: `counts[true][predicted]`, names in the same order. */
export interface Confusion {
  names: readonly string[]
  counts: readonly (readonly number[])[]
}

/** Checks that counts are square, whole and named; says where they aren't. */
export function checkConfusion(confusion: Confusion, where: string): void {
  const { names, counts } = confusion
  const size = names.length
  const ragged = counts.find((row) => row.length !== size)
  if (size === 0 || counts.length !== size || ragged) {
    throw new VizError(
      'argument',
      `${where}: expected ${size} × ${size} counts for ${size} names, received ${counts.length} rows` +
        `${ragged ? `, one of ${ragged.length}` : ''}. Pass counts[true][predicted].`,
    )
  }
  const bad = counts.flat().find((count) => !(count >= 0) || !Number.isFinite(count))
  if (bad !== undefined) {
    throw new VizError('argument', `${where}: expected counts of 0 or more, received ${bad}.`)
  }
}

/** Counts pairs of classes. */
export function confusionOf(
  truths: ArrayLike<number>,
  predictions: ArrayLike<number>,
  names: readonly string[],
): Confusion {
  const counts = names.map(() => new Array<number>(names.length).fill(0))
  for (let i = 0; i < truths.length; i++) {
    const row = counts[truths[i] ?? -1]
    const prediction = predictions[i] ?? -1
    if (!row || row[prediction] === undefined) {
      throw new VizError(
        'argument',
        `confusionOf: expected classes from 0 to ${names.length - 1}, received ${truths[i]} and ${predictions[i]}.`,
      )
    }
    row[prediction]++
  }
  return { names, counts }
}

/** Lists errors, the most frequent first. */
export function confusedPairs(
  confusion: Confusion,
): { truth: string; prediction: string; count: number; share: number }[] {
  const pairs: { truth: string; prediction: string; count: number; share: number }[] = []
  confusion.counts.forEach((row, t) => {
    const total = row.reduce((a, b) => a + b, 0)
    row.forEach((count, p) => {
      if (t === p || count === 0) return
      pairs.push({
        truth: confusion.names[t] ?? '',
        prediction: confusion.names[p] ?? '',
        count,
        share: count / total,
      })
    })
  })
  return pairs.sort((a, b) => b.count - a.count || b.share - a.share)
}

/**
 * Orders classes so that those mixed up stand together: starting from the most confused class, next always comes the
 * one most often mixed up, either way, with those just placed.
 */
export function confusionOrder({ counts }: Confusion): number[] {
  const size = counts.length
  const mixed = (a: number, b: number) => {
    const rowSum = (i: number) => (counts[i] ?? []).reduce((x, y) => x + y, 0) || 1
    return (counts[a]?.[b] ?? 0) / rowSum(a) + (counts[b]?.[a] ?? 0) / rowSum(b)
  }
  const errors = (i: number) => {
    let sum = 0
    for (let k = 0; k < size; k++) if (k !== i) sum += mixed(i, k)
    return sum
  }
  const left = new Set(Array.from({ length: size }, (_u, i) => i))
  const bestOf = (score: (i: number) => number) => {
    let best = -1
    for (const i of left) if (best < 0 || score(i) > score(best)) best = i
    return best
  }
  const order: number[] = []
  while (left.size > 0) {
    const recent = order.slice(-3)
    const near = bestOf((i) => recent.reduce((sum, k) => sum + mixed(i, k), 0))
    const linked = recent.some((k) => mixed(near, k) > 0)
    const next = linked ? near : bestOf(errors)
    order.push(next)
    left.delete(next)
  }
  return order
}
