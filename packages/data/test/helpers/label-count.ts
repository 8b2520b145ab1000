/** Gives the number of labels of an EMNIST split. */
export function labelCount(split: string): number {
  const counts: Record<string, number> = {
    byclass: 62,
    bymerge: 47,
    balanced: 47,
    letters: 26,
    digits: 10,
    mnist: 10,
  }
  return counts[split] ?? 0
}
