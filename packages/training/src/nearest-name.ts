/** Finds the known name nearest to `name` by edits, or undefined where none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toLowerCase()
  const ranked = known
    .map((candidate) => ({ candidate, edits: editDistance(wanted, candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)
  const best = ranked[0]
  return best && best.edits <= Math.max(2, name.length / 3) ? best.candidate : undefined
}

/** Says which names are known, and the nearest: `Did you mean Adam? Known: Adam, SGD.` */
export function suggestName(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known)
  return `${nearest ? `Did you mean ${nearest}? ` : ''}Known: ${known.join(', ')}.`
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      current[j] = Math.min(previous[j]! + 1, current[j - 1]! + 1, replaced)
    }
    previous = current
  }
  return previous[b.length]!
}
