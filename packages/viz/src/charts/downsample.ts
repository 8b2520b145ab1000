/** A point of a curve; a `y` that is no number is a gap. */
export interface CurvePoint {
  x: number
  y: number
}

/**
 * Thins a curve to about `limit` points: of each stretch the first, smallest, largest and last value stay, so that
 * peaks, dips and gaps survive. Short curves come back as they are.
 */
export function downsample(points: readonly CurvePoint[], limit = 2000): readonly CurvePoint[] {
  if (points.length <= limit) return points
  const stretches = Math.max(1, Math.floor(limit / 4))
  const kept: CurvePoint[] = []
  for (let s = 0; s < stretches; s++) {
    const start = Math.floor((s * points.length) / stretches)
    const end = Math.floor(((s + 1) * points.length) / stretches)
    const chosen = new Set([start, end - 1])
    let low = -1
    let high = -1
    let gap = -1
    for (let i = start; i < end; i++) {
      const y = points[i]?.y ?? Number.NaN
      if (!Number.isFinite(y)) gap = i
      else {
        if (low < 0 || y < (points[low]?.y ?? Infinity)) low = i
        if (high < 0 || y > (points[high]?.y ?? -Infinity)) high = i
      }
    }
    for (const i of [low, high, gap]) if (i >= 0) chosen.add(i)
    for (const i of [...chosen].sort((a, b) => a - b)) {
      const point = points[i]
      if (point) kept.push(point)
    }
  }
  return kept
}
