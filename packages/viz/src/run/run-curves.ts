import { curves, type CurveSeries, type CurvesOptions } from '../charts/curves.js'
import type { Picture } from '../picture/picture.js'
import type { MetricSeries } from './metric-table.js'
import { metricBase, metricStage, metricWords } from './metric-words.js'
import type { RunData } from './read-run.js'

/** A chart of a run, with the metrics in it. */
export interface RunChart {
  heading: string
  metrics: readonly string[]
  picture: Picture
}

export interface RunCurvesOptions extends Pick<
  CurvesOptions,
  'theme' | 'width' | 'height' | 'maxPoints'
> {
  /** Points in the rolling mean of curves by step. Defaults to 10. */
  rollingWindow?: number
  /** Leaves the titles out of the pictures, where a page has headings of its own. Defaults to false. */
  untitled?: boolean
  /** Draws these metrics alone. Defaults to all. */
  only?: readonly string[]
}

/**
 * Draws all that one or several runs logged: what bears the same name for training and validation shares a chart,
 * values by step come raw and as rolling mean, and the same metric of several runs lies over one another.
 */
export async function runCurves(
  runs: readonly RunData[],
  options: RunCurvesOptions = {},
): Promise<RunChart[]> {
  const groups = groupMetrics(runs, options.only)
  const charts: RunChart[] = []
  for (const group of groups) charts.push(await groupChart(group, runs, options))
  return charts
}

interface MetricGroup {
  /** What the metrics share, such as `loss`. */
  base: string
  byStep: boolean
  names: string[]
}

/** `train/loss_step` is logged by step; `train/loss` and `validation/loss` belong in one chart. */
function groupMetrics(
  runs: readonly RunData[],
  only: readonly string[] | undefined,
): MetricGroup[] {
  const names = [...new Set(runs.flatMap((run) => run.metrics.names))].filter(
    (name) => (only === undefined || only.includes(name)) && !name.startsWith('test/'),
  )
  const groups = new Map<string, MetricGroup>()
  for (const name of names) {
    const byStep = name.endsWith('_step') || !/^(train|validation)\//.test(name)
    const base = metricBase(name)
    const key = `${base} ${byStep}`
    const group = groups.get(key) ?? { base, byStep, names: [] }
    group.names.push(name)
    groups.set(key, group)
  }
  const rank = (group: MetricGroup) =>
    ['loss', 'acc', 'accuracy', 'cer'].indexOf(group.base) + 1 || 9
  return [...groups.values()].sort(
    (a, b) => rank(a) - rank(b) || Number(a.byStep) - Number(b.byStep),
  )
}

async function groupChart(
  group: MetricGroup,
  runs: readonly RunData[],
  options: RunCurvesOptions,
): Promise<RunChart> {
  const found: { run: RunData; series: MetricSeries }[] = []
  for (const run of runs) {
    for (const name of group.names) {
      const series = run.metrics.series(name)
      if (series.values.length > 0) found.push({ run, series })
    }
  }
  // several values in one epoch, as with validations inside it, need the finer axis
  const bySteps =
    group.byStep || found.some(({ series }) => new Set(series.epochs).size < series.epochs.length)
  const series: CurveSeries[] = found.map(({ run, series: one }) => ({
    name: metricStage(one.name),
    ...(runs.length > 1 ? { run: run.name } : {}),
    x: bySteps ? one.steps : one.epochs.map((epoch) => epoch + 1),
    y: one.values,
  }))
  const word = metricWords(group.base)
  const heading = `${word} by ${bySteps ? 'step' : 'epoch'}`
  const smooth = group.byStep && !/^lr|learning.?rate|momentum/i.test(group.base)
  const picture = await curves(series.length > 0 ? series : [{ name: group.base, x: [], y: [] }], {
    ...(options.theme ? { theme: options.theme } : {}),
    ...(options.width ? { width: options.width } : {}),
    ...(options.height ? { height: options.height } : {}),
    ...(options.maxPoints ? { maxPoints: options.maxPoints } : {}),
    title: options.untitled ? '' : heading,
    xTitle: bySteps ? 'Step' : 'Epoch',
    yTitle: word,
    rollingWindow: smooth ? (options.rollingWindow ?? 10) : 0,
  })
  return { heading, metrics: group.names, picture }
}

/** Draws the recorded loss, raw and as the mean of 10 records; undefined where none was recorded. */
export async function lossHistoryCurve(
  run: RunData,
  options: RunCurvesOptions = {},
): Promise<RunChart | undefined> {
  const { lossHistory } = run
  if (!lossHistory || lossHistory.steps.length === 0) return undefined
  const heading = 'Loss History'
  const picture = await curves([{ name: 'loss', x: lossHistory.steps, y: lossHistory.losses }], {
    ...(options.theme ? { theme: options.theme } : {}),
    ...(options.width ? { width: options.width } : {}),
    ...(options.height ? { height: options.height } : {}),
    title: options.untitled ? '' : heading,
    xTitle: 'Iter',
    yTitle: 'Loss',
    rollingWindow: options.rollingWindow ?? 10,
  })
  return { heading, metrics: [], picture }
}
