/** Finds the known name that fewest edits lead to; nothing when all are farther than half its length. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let least = Infinity
  for (const candidate of known) {
    const distance = edits(name.toLowerCase(), candidate.toLowerCase())
    if (distance < least && distance <= Math.max(2, candidate.length / 2)) {
      least = distance
      best = candidate
    }
  }
  return best
}

function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[to.length]!
}
