/** How one sequence became another. */
export interface Alignment {
  /** Least number of insertions, deletions and substitutions. */
  edits: number
  /** Greatest number of elements of the reference that such an alignment leaves as they are. */
  matches: number
}

/** Text (by code point) or a sequence of class indices. */
export type Sequence = string | ArrayLike<number>

/** Counts the insertions, deletions and substitutions that make `reference` of `read`, at least. */
export function editDistance(reference: Sequence, read: Sequence): number {
  return alignSequences(reference, read).edits
}

/** Aligns two sequences by the least edits, and where several do, by the most matches. */
export function alignSequences(reference: Sequence, read: Sequence): Alignment {
  const rows: ArrayLike<unknown> = elements(reference)
  const columns: ArrayLike<unknown> = elements(read)
  // One number for both: an edit outweighs all matches.
  const edit = columns.length + 1
  const costs = Float64Array.from({ length: columns.length + 1 }, (_, j) => j * edit)
  for (let i = 0; i < rows.length; i++) {
    let diagonal = costs[0]!
    costs[0] = (i + 1) * edit
    for (let j = 0; j < columns.length; j++) {
      const above = costs[j + 1]!
      const kept = diagonal + (rows[i] === columns[j] ? -1 : edit)
      costs[j + 1] = Math.min(kept, above + edit, costs[j]! + edit)
      diagonal = above
    }
  }
  const cost = costs[columns.length]!
  const edits = Math.max(0, Math.ceil(cost / edit))
  return { edits, matches: edits * edit - cost }
}

function elements(sequence: Sequence): ArrayLike<unknown> {
  return typeof sequence === 'string' ? Array.from(sequence) : sequence
}
