/** What a sweep of the learning rate found. */
export interface Sweep {
  lr: readonly number[]
  smoothed: readonly number[]
  suggestion?: number
}

/**
 * Draws the smoothed loss over the learning rate (logarithmic) in characters; the suggested rate is marked by ▲, that of
 * the lowest loss by ▽. Losses above 1.2 times the first are drawn as ↑ in the top row: they would hide all else.
 */
export function sweepChart({ lr, smoothed, suggestion }: Sweep, width = 60, height = 12): string {
  const points = smoothed.filter(Number.isFinite)
  if (points.length < 2) return 'Too few steps to draw a curve.'
  const [first = 1] = points
  const low = Math.min(...points)
  const top = first + 0.2 * Math.abs(first)
  const high = top > low ? Math.min(Math.max(...points), top) : Math.max(...points)
  const position = (rate: number) => {
    const [left, right] = [Math.log(lr[0] ?? 1), Math.log(lr.at(-1) ?? 1)]
    return Math.round(((Math.log(rate) - left) / (right - left || 1)) * (width - 1))
  }
  const rows = Array.from({ length: height }, () => new Array<string>(width).fill(' '))
  smoothed.forEach((loss, i) => {
    const share = Math.min(1, Math.max(0, (loss - low) / (high - low || 1)))
    const row = rows[Math.round((1 - share) * (height - 1))]
    if (row && Number.isFinite(loss)) row[position(lr[i] ?? 1)] = loss > high ? '↑' : '•'
  })
  const labels = [high, low].map((value) => value.toPrecision(3))
  const margin = Math.max(...labels.map((label) => label.length))
  const lines = rows.map((row, i) => {
    const label = i === 0 ? labels[0] : i === height - 1 ? labels[1] : ''
    return `${(label ?? '').padStart(margin)} │${row.join('')}`.trimEnd()
  })
  const axis = new Array<string>(width).fill('─')
  axis[position(lr[smoothed.indexOf(low)] ?? 1)] = '▽'
  if (suggestion !== undefined) axis[position(suggestion)] = '▲'
  const ends = [lr[0], lr.at(-1)].map((rate) => (rate ?? 0).toExponential(0))
  const [left = '', right = ''] = ends
  const scale = `${left}${' '.repeat(Math.max(1, width - left.length - right.length))}${right}`
  const above = points.filter((loss) => loss > high).length
  return [
    `Smoothed loss by learning rate${above > 0 ? ` (↑ ${above} above ${high.toPrecision(3)})` : ''}`,
    ...lines,
    `${' '.repeat(margin)} └${axis.join('')}`,
    `${' '.repeat(margin)}  ${scale}`,
    `${' '.repeat(margin)}  ${suggestion === undefined ? '' : '▲ suggested  '}▽ lowest loss`,
  ].join('\n')
}
