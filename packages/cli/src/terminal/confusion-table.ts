import { table } from './table.js'

/** Writes a confusion matrix: rows are what is true, columns what was predicted; an empty cell is zero. */
export function confusionTable(
  counts: readonly (readonly number[])[],
  names: readonly string[],
): string {
  const label = (i: number) => shortened(names[i] ?? String(i))
  const rows = counts.map((row, i) => {
    const total = row.reduce((a, b) => a + b, 0)
    const right = total === 0 ? '-' : `${(((row[i] ?? 0) / total) * 100).toFixed(1)} %`
    return [label(i), ...row.map((count) => (count === 0 ? '·' : String(count))), right]
  })
  const head = ['', ...counts.map((_, i) => label(i)), 'right']
  const columns = Array.from({ length: head.length }, (_, i) => i).slice(1)
  return `Confusion matrix (rows: true, columns: predicted)\n${table([head, ...rows], columns)}`
}

function shortened(name: string): string {
  const shown = name === ' ' ? '␣' : name
  return shown.length > 10 ? `${shown.slice(0, 9)}…` : shown
}
