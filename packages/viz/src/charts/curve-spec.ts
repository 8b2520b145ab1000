import { measureText } from '../text/measure-text.js'
import type { Theme } from '../theme/theme.js'
import type { CurvesOptions } from './curves.js'

/** One point of a curve as the chart takes it. */
export interface CurveRow {
  x: number
  y: number | null
  series: string
  kind: 'raw' | 'mean' | 'point'
  segment: number
}

const dashes = [[], [6, 3], [2, 3], [8, 3, 2, 3]] as const
const shapes = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down'] as const

/** Writes the vega-lite specification of curves: raw and strong lines, points, gaps at the foot, marked places. */
export function curveSpec(
  rows: CurveRow[],
  gaps: { x: number }[],
  names: string[],
  options: CurvesOptions,
  theme: Theme,
): Record<string, unknown> {
  const { width = 640, height = 260, marks = [] } = options
  const xType =
    options.xScale === 'log'
      ? { type: 'log' }
      : { zero: false, nice: false, ...aroundOne(rows.map((row) => row.x)) }
  const flat = aroundFlat(rows.flatMap((row) => row.y ?? []))
  const yType =
    options.yScale === 'log'
      ? { type: 'log', nice: false }
      : options.yDomain
        ? { zero: false, nice: false, domain: options.yDomain }
        : { zero: options.fromZero === true, nice: true, ...flat }
  const alone = 'domain' in xType ? rows[0]?.x : undefined
  const whole = rows.every((row) => Number.isInteger(row.x))
  const x = {
    field: 'x',
    type: 'quantitative',
    title: options.xTitle ?? 'Step',
    scale: xType,
    axis:
      options.xScale === 'log'
        ? decades(rows.map((row) => row.x))
        : alone !== undefined
          ? { values: [alone], format: whole ? ',d' : '~g' }
          : whole
            ? { tickMinStep: 1, format: ',d', tickCount: Math.ceil(width / 64) }
            : { tickCount: Math.ceil(width / 64) },
  }
  const y = {
    field: 'y',
    type: 'quantitative',
    title: options.yTitle ?? 'Value',
    scale: yType,
    axis: {
      ...(options.yScale === 'log' ? decades(rows.flatMap((row) => row.y ?? [])) : {}),
      ...(flat ? { tickCount: 3 } : {}),
      ...(options.yFormat === undefined ? {} : { format: options.yFormat }),
    },
  }
  const legend =
    names.length > 1
      ? {
          title: null,
          orient: 'top',
          columns: legendColumns(names, width),
          offset: 6,
          // the line of the raw values, which comes first, is faint
          symbolOpacity: 1,
          symbolStrokeWidth: 2,
          symbolType: 'stroke',
          symbolSize: 500,
        }
      : null
  const colour = {
    field: 'series',
    type: 'nominal',
    sort: names,
    scale: { domain: names, range: names.map((_n, i) => theme.series[i % theme.series.length]) },
    legend,
  }
  const dash = {
    field: 'series',
    type: 'nominal',
    sort: names,
    scale: { domain: names, range: names.map((_n, i) => dashes[i % dashes.length]) },
    legend,
  }
  const layer: Record<string, unknown>[] = []
  const lines = (kind: CurveRow['kind'], mark: Record<string, unknown>) => {
    const values = rows.filter((row) => row.kind === kind)
    if (values.length === 0) return
    layer.push({
      data: { values },
      mark: { type: 'line', ...mark },
      encoding: { x, y, color: colour, strokeDash: dash, detail: { field: 'segment' } },
    })
  }
  lines('raw', { strokeWidth: 1, opacity: 0.35 })
  lines('mean', { strokeWidth: 2 })
  // points are raw values: as faint as their line where a mean lies over it
  const pointOpacity = rows.some((row) => row.kind === 'raw') ? 0.35 : 1
  names.forEach((name, i) => {
    const values = rows.filter((row) => row.kind === 'point' && row.series === name)
    if (values.length === 0) return
    const shape = shapes[i % shapes.length]
    const colour = theme.series[i % theme.series.length]
    // a constant colour: an encoded one would put these shapes into the legend in place of the lines
    layer.push({
      data: { values },
      mark: { type: 'point', shape, color: colour, filled: true, size: 36, opacity: pointOpacity },
      encoding: { x, y },
    })
  })
  if (gaps.length > 0) {
    const thinned =
      gaps.length > 400 ? gaps.filter((_g, i) => i % Math.ceil(gaps.length / 400) === 0) : gaps
    layer.push({
      data: { values: thinned },
      mark: {
        type: 'point',
        shape: 'M-1,-1L1,1M1,-1L-1,1',
        size: 40,
        strokeWidth: 2,
        color: theme.wrong,
        opacity: 1,
        yOffset: -6,
      },
      encoding: { x, y: { value: height } },
    })
  }
  if (marks.length > 0) {
    layer.push({
      data: { values: [...marks] },
      mark: { type: 'rule', strokeDash: [3, 3], color: theme.highlight, strokeWidth: 1.5 },
      encoding: { x },
    })
    // the words stand on a rim of the background: curves may pass behind them; each has a row of its own
    for (const [row, mark] of marks.entries()) {
      for (const ink of [
        { color: theme.background, stroke: theme.background, strokeWidth: 4 },
        { color: theme.ink },
      ]) {
        const place = { align: 'left', dx: 5, dy: 10 + 16 * row, baseline: 'top', y: 0 }
        layer.push({
          data: { values: [mark] },
          mark: { type: 'text', ...place, ...ink },
          encoding: { x, y: { value: 0 }, text: { field: 'label' } },
        })
      }
    }
  }
  if (layer.length === 0) {
    layer.push({
      data: { values: [{ label: 'no values yet' }] },
      mark: { type: 'text', color: theme.muted, fontSize: 14 },
      encoding: { text: { field: 'label' }, x: { value: width / 2 }, y: { value: height / 2 } },
    })
  }
  return { width, height, layer, resolve: { scale: { x: 'shared', y: 'shared' } } }
}

/** Legend entries side by side: as many as the chart is wide for, in even rows. */
function legendColumns(names: readonly string[], width: number): number {
  const entry = 38 + Math.max(...names.map((name) => measureText(name, 12)))
  const across = Math.max(1, Math.min(names.length, Math.floor((width + 10) / entry)))
  return Math.ceil(names.length / Math.ceil(names.length / across))
}

/** A place for a single value: an axis from a value to itself has no length. */
function aroundOne(values: readonly number[]): { domain?: [number, number] } {
  const [first] = values
  if (first === undefined || values.some((value) => value !== first)) return {}
  return { domain: [first - 1, first + 1] }
}

/** Room about values that differ by rounding alone, which an axis would blow up to sixteen digits. */
function aroundFlat(values: readonly number[]): { domain: [number, number] } | undefined {
  if (values.length === 0) return undefined
  const low = values.reduce((a, b) => Math.min(a, b))
  const high = values.reduce((a, b) => Math.max(a, b))
  const size = Math.max(Math.abs(low), Math.abs(high))
  if (high - low > 1e-6 * size) return undefined
  if (size === 0) return { domain: [0, 1] }
  return low > 0 ? { domain: [0, high * 1.25] } : { domain: [low * 1.25, 0] }
}

/** Ticks at the powers of ten, where there are at least two of them to see. */
function decades(values: readonly number[]): Record<string, unknown> {
  const positive = values.filter((value) => value > 0)
  if (positive.length === 0) return {}
  const low = Math.ceil(Math.log10(positive.reduce((a, b) => Math.min(a, b))) - 1e-9)
  const high = Math.floor(Math.log10(positive.reduce((a, b) => Math.max(a, b))) + 1e-9)
  if (high - low < 1) return { format: '~g', tickCount: 4 }
  return {
    values: Array.from({ length: high - low + 1 }, (_u, i) => 10 ** (low + i)),
    labelExpr: "format(datum.value, datum.value < 0.001 || datum.value > 10000 ? '.0e' : '~g')",
  }
}
