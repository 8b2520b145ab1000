import { colourBar, groupDigits, shortNumber } from '../images/colour-bar.js'
import { composePicture, stackDrawings, type PictureOptions } from '../picture/compose-picture.js'
import type { Drawing, Picture } from '../picture/picture.js'
import { imageElement } from '../raster/paint-image.js'
import { element } from '../svg/element.js'
import { textAt } from '../svg/text.js'
import type { ColourMapName } from '../theme/colour-map.js'
import { themeOf, type Theme } from '../theme/theme.js'
import { VizError } from '../viz-error.js'
import { linearAxis } from './linear-axis.js'

/** One tensor's values over training: raw values a recorded step, or the counts of a histogram. */
export type ParameterHistory =
  | { name: string; steps: ArrayLike<number>; values: readonly ArrayLike<number>[] }
  | {
      name: string
      steps: ArrayLike<number>
      counts: readonly ArrayLike<number>[]
      /** The bins' edges: one set for all steps, one longer than a step's counts. */
      edges: ArrayLike<number>
    }

export interface WeightHistoryOptions extends PictureOptions {
  weights: ParameterHistory
  biases?: ParameterHistory
  /** Defaults to 20; raw values alone are binned here. */
  weightBins?: number
  /** Defaults to 10. */
  biasBins?: number
  /** Defaults to plasma. */
  colours?: ColourMapName
  width?: number
}

interface Histogram {
  name: string
  steps: number[]
  /** One array of counts a step, lowest bin first. */
  counts: number[][]
  low: number
  high: number
  notNumbers: number
}

/**
 * Draws how a layer's parameters spread over training: a heat map with one column a recorded step and one row a bin,
 * weights above biases on a shared x axis, bins without values painted too.
 */
export function weightHistory(options: WeightHistoryOptions): Picture {
  const theme = themeOf(options.theme)
  const { weightBins = 20, biasBins = 10, colours = 'plasma', width = 640 } = options
  const panels = [histogramOf(options.weights, weightBins)]
  if (options.biases) panels.push(histogramOf(options.biases, biasBins))
  const steps = panels.flatMap((panel) => panel.steps)
  const range = [minimum(steps), maximum(steps)] as const
  const drawings = panels.map((panel, i) =>
    heatPanel(panel, {
      width,
      height: i === 0 ? 200 : 120,
      range,
      colours,
      theme,
      withSteps: i === panels.length - 1,
    }),
  )
  const records = panels[0]?.steps.length ?? 0
  const lost = panels.reduce((sum, panel) => sum + panel.notNumbers, 0)
  return composePicture(
    stackDrawings(drawings, 12),
    {
      title: options.title ?? `History of ${options.weights.name.replace(/\/[^/]*$/, '')}`,
      subtitle: [
        options.subtitle ??
          `${groupDigits(records)} recorded ${records === 1 ? 'step' : 'steps'}, colour: share of the values`,
        lost > 0 ? `${groupDigits(lost)} values that are no numbers left out` : '',
      ]
        .filter((part) => part !== '')
        .join('; '),
      description: panels
        .map(
          (panel) =>
            `${panel.name}: values between ${shortNumber(panel.low)} and ${shortNumber(panel.high)}`,
        )
        .join('; '),
    },
    theme,
  )
}

function histogramOf(history: ParameterHistory, bins: number): Histogram {
  const steps = Array.from(history.steps)
  const rows = 'values' in history ? history.values : history.counts
  if (steps.length === 0 || rows.length !== steps.length) {
    throw new VizError(
      'argument',
      `History of ${history.name}: expected one record a step and at least one, received ${rows.length} records for ` +
        `${steps.length} steps. Record with parameterHistory first.`,
    )
  }
  if ('counts' in history) {
    return trimmed(
      history.name,
      steps,
      history.counts.map((counts) => Array.from(counts)),
      Array.from(history.edges),
    )
  }
  // a run records millions of values: typed arrays, and one comparison a value
  const records = history.values.map((values) =>
    values instanceof Float32Array ? values : Float32Array.from(values),
  )
  let low = Infinity
  let high = -Infinity
  let notNumbers = 0
  for (const values of records) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      if (value - value !== 0) notNumbers++
      else {
        if (value < low) low = value
        if (value > high) high = value
      }
    }
  }
  if (!(high > low)) [low, high] = Number.isFinite(low) ? [low - 0.5, low + 0.5] : [0, 1]
  const [first, last, width] = [low, bins - 1, bins / (high - low)]
  const counts = records.map((values) => {
    const row = new Uint32Array(bins)
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      if (value - value !== 0) continue
      const bin = ((value - first) * width) | 0
      row[bin < last ? bin : last]!++
    }
    return Array.from(row)
  })
  return { name: history.name, steps, counts, low, high, notNumbers }
}

/** Leaves out bins at either end that stay empty throughout: recorded bins are wider than what comes to lie in them. */
function trimmed(name: string, steps: number[], counts: number[][], edges: number[]): Histogram {
  const bins = Math.max(0, ...counts.map((row) => row.length))
  const used = Array.from({ length: bins }, (_u, bin) => counts.some((row) => (row[bin] ?? 0) > 0))
  const first = Math.max(0, used.indexOf(true))
  const end = used.lastIndexOf(true) < 0 ? bins : used.lastIndexOf(true) + 1
  return {
    name,
    steps,
    counts: counts.map((row) => row.slice(first, end)),
    low: edges[first] ?? 0,
    high: edges[end] ?? 1,
    notNumbers: 0,
  }
}

function heatPanel(
  panel: Histogram,
  options: {
    width: number
    height: number
    range: readonly [number, number]
    colours: ColourMapName
    theme: Theme
    withSteps: boolean
  },
): Drawing {
  const { width, height, range, colours, theme, withSteps } = options
  const left = 62
  const bins = panel.counts[0]?.length ?? 1
  const columns = panel.counts.length
  const data = new Float32Array(bins * columns)
  let most = 0
  panel.counts.forEach((counts, x) => {
    const total = counts.reduce((a, b) => a + b, 0) || 1
    counts.forEach((count, bin) => {
      const share = count / total
      most = Math.max(most, share)
      data[(bins - 1 - bin) * columns + x] = share
    })
  })
  const box = { x: left, y: 18, width, height }
  const bar = colourBar([0, most], colours, theme, 'share', 70)
  return {
    body:
      textAt(left, 11, panel.name, { fill: theme.ink, size: 12, weight: 600 }) +
      `<g transform="translate(${left + width - bar.width},1)">${bar.body}</g>` +
      imageElement({ data, height: bins, width: columns }, box, {
        range: [0, most || 1],
        colours,
      }) +
      element('rect', { ...box, fill: 'none', stroke: theme.border, 'stroke-width': 0.75 }) +
      linearAxis({
        side: 'left',
        range: [panel.low, panel.high],
        span: [18 + height, 18],
        at: left,
        theme,
        title: 'value',
      }) +
      (withSteps
        ? linearAxis({
            side: 'bottom',
            range,
            span: [left, left + width],
            at: 18 + height,
            theme,
            title: 'Step',
          })
        : ''),
    width: left + width + 8,
    height: 18 + height + (withSteps ? 38 : 4),
  }
}

const minimum = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Infinity)
const maximum = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), -Infinity)
