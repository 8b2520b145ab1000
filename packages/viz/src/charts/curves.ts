import type { PictureOptions } from '../picture/compose-picture.js'
import type { Picture } from '../picture/picture.js'
import { groupDigits } from '../images/colour-bar.js'
import { themeOf } from '../theme/theme.js'
import { VizError } from '../viz-error.js'
import { curveSpec, type CurveRow } from './curve-spec.js'
import { downsample, type CurvePoint } from './downsample.js'
import { renderChart } from './render-chart.js'
import { rollingMean } from './rolling-mean.js'

/** One curve: values over steps or epochs. */
export interface CurveSeries {
  /** Printed in the legend, such as `train/loss`. */
  name: string
  /** Which run it belongs to, where several are drawn over one another: each run has its own colour. */
  run?: string
  x: ArrayLike<number>
  y: ArrayLike<number>
}

export interface CurvesOptions extends PictureOptions {
  xTitle?: string
  yTitle?: string
  /** Draws the mean of this many points over the raw curve. 0 draws the raw curve alone. Defaults to 0. */
  rollingWindow?: number
  /** Points drawn a curve at most. Defaults to 2,000. */
  maxPoints?: number
  /** Defaults to linear; log leaves out values of 0 and below, and says so. */
  yScale?: 'linear' | 'log'
  xScale?: 'linear' | 'log'
  /** Starts the y axis at 0. Defaults to false. */
  fromZero?: boolean
  /** Ends of the y axis; what lies beyond is drawn at its end, which the subtitle says. Defaults to those of the values. */
  yDomain?: readonly [low: number, high: number]
  /** How the y axis writes its numbers, by d3's rules, such as `.0%`. Defaults to what suits the values. */
  yFormat?: string
  /** Pixels of the plot itself. Default to 640 × 260. */
  width?: number
  height?: number
  /** Vertical lines with a word each, such as a suggested learning rate. */
  marks?: readonly { x: number; label: string }[]
}

/**
 * Draws curves over one another, told apart by colour, dash and (where points are few) shape. Values that are no
 * numbers leave a gap, marked at the foot of the chart; long curves are thinned, which the subtitle says.
 */
export async function curves(
  series: readonly CurveSeries[],
  options: CurvesOptions = {},
): Promise<Picture> {
  checkSeries(series)
  const theme = themeOf(options.theme)
  const { maxPoints = 2000, yDomain } = options
  // a mean over half of all points says nothing
  const longest = series.reduce((most, one) => Math.max(most, one.x.length), 0)
  const rollingWindow =
    longest < 2 * (options.rollingWindow ?? 0) ? 0 : (options.rollingWindow ?? 0)
  const rows: CurveRow[] = []
  const gaps: { x: number }[] = []
  const notes = new Set<string>()
  let dropped = 0
  let clipped = 0
  const names = series.map((one) => (one.run === undefined ? one.name : `${one.run}: ${one.name}`))
  series.forEach((one, index) => {
    const points: CurvePoint[] = []
    for (let i = 0; i < one.x.length; i++) {
      const y = one.y[i] ?? Number.NaN
      const outside = options.yScale === 'log' && y <= 0
      if (outside) dropped++
      if (!Number.isFinite(y)) gaps.push({ x: one.x[i] ?? 0 })
      const inside = yDomain ? Math.min(yDomain[1], Math.max(yDomain[0], y)) : y
      if (inside !== y && Number.isFinite(y)) clipped++
      points.push({ x: one.x[i] ?? 0, y: outside ? Number.NaN : inside })
    }
    const kept = downsample(points, maxPoints)
    if (kept.length < points.length) {
      notes.add(
        `${groupDigits(points.length)} points a curve thinned to ${groupDigits(kept.length)}, extremes kept`,
      )
    }
    const finite = kept.filter((p) => Number.isFinite(p.y)).length
    const name = names[index] ?? one.name
    pushSegments(rows, kept, name, rollingWindow > 1 ? 'raw' : 'mean')
    if (finite <= 40) {
      for (const p of kept) {
        if (Number.isFinite(p.y)) rows.push({ ...p, series: name, kind: 'point', segment: 0 })
      }
    }
    if (rollingWindow > 1) {
      const means = rollingMean(
        points.map((p) => p.y),
        rollingWindow,
      )
      const smooth = points.map((p, i) => ({
        x: p.x,
        y: Number.isFinite(p.y) ? (means[i] ?? p.y) : Number.NaN,
      }))
      pushSegments(rows, downsample(smooth, maxPoints), name, 'mean')
    }
  })
  if (rollingWindow > 1) notes.add(`faint: raw, strong: mean of ${rollingWindow} points`)
  if (gaps.length > 0)
    notes.add(
      `${groupDigits(gaps.length)} ${gaps.length === 1 ? 'value that is no number' : 'values that are no numbers'}, marked × at the foot`,
    )
  if (dropped > 0)
    notes.add(`${groupDigits(dropped)} values of 0 or below left out of the log scale`)
  if (clipped > 0)
    notes.add(
      `${groupDigits(clipped)} ${clipped === 1 ? 'value' : 'values'} beyond the y axis, drawn at its end`,
    )
  const title = options.title ?? options.yTitle ?? names.join(', ')
  return renderChart(
    curveSpec(rows, gaps, names, options, theme),
    {
      title,
      subtitle:
        [options.subtitle ?? '', ...notes].filter((part) => part !== '').join('; ') || undefined,
      description: [describe(series, names, options), sentence([...notes].join('; '))]
        .join(' ')
        .trim(),
    },
    theme,
  )
}

function checkSeries(series: readonly CurveSeries[]): void {
  if (series.length === 0) {
    throw new VizError('argument', 'curves: expected at least 1 series, received none.')
  }
  for (const one of series) {
    if (one.x.length !== one.y.length) {
      throw new VizError(
        'argument',
        `curves: expected as many x as y in "${one.name}", received ${one.x.length} and ${one.y.length}.`,
      )
    }
  }
}

/** A line mark joins what it is given: a gap starts a new segment. */
function pushSegments(
  rows: CurveRow[],
  points: readonly CurvePoint[],
  series: string,
  kind: 'raw' | 'mean',
): void {
  let segment = 0
  let open = false
  for (const point of points) {
    if (Number.isFinite(point.y)) {
      rows.push({ ...point, series, kind, segment })
      open = true
    } else if (open) {
      segment++
      open = false
    }
  }
}

function describe(series: readonly CurveSeries[], names: string[], options: CurvesOptions): string {
  const parts = series.map((one, i) => {
    const values = Array.from(one.y).filter(Number.isFinite)
    const first = values[0]
    const last = values.at(-1)
    if (first === undefined || last === undefined)
      return `${names[i] ?? one.name}: no finite values`
    const low = values.reduce((a, b) => Math.min(a, b))
    const high = values.reduce((a, b) => Math.max(a, b))
    const say = (v: number) => String(Number(v.toPrecision(4))).replace('-', '−')
    return `${names[i] ?? one.name}: from ${say(first)} to ${say(last)}, lowest ${say(low)}, highest ${say(high)}`
  })
  return `${options.yTitle ?? 'Value'} by ${(options.xTitle ?? 'Step').toLowerCase()}. ${parts.join('; ')}.`
}

function sentence(text: string): string {
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
