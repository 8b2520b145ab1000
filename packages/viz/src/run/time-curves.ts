import { curves } from '../charts/curves.js'
import type { RunData } from './read-run.js'
import type { RunChart, RunCurvesOptions } from './run-curves.js'

/** Draws how fast the run trained: samples a second by epoch, from time.csv; undefined where it has none. */
export async function speedCurve(
  runs: readonly RunData[],
  options: RunCurvesOptions = {},
): Promise<RunChart | undefined> {
  const series = runs.flatMap((run) => {
    const rows = run.time.filter(
      (row) => row.kind === 'epoch' && row.samplesPerSecond !== undefined,
    )
    if (rows.length === 0) return []
    return [
      {
        name: 'samples a second',
        ...(runs.length > 1 ? { run: run.name } : {}),
        x: rows.map((row) => row.epoch + 1),
        y: rows.map((row) => row.samplesPerSecond ?? Number.NaN),
      },
    ]
  })
  if (series.length === 0) return undefined
  const heading = 'Speed by epoch'
  const picture = await curves(series, {
    ...(options.theme ? { theme: options.theme } : {}),
    title: options.untitled ? '' : heading,
    xTitle: 'Epoch',
    yTitle: 'Samples a second',
    fromZero: true,
    height: options.height ?? 180,
    ...(options.width ? { width: options.width } : {}),
  })
  return { heading, metrics: [], picture }
}

/** Draws milliseconds a training step by epoch, from time.csv and the steps between its rows; undefined without them. */
export async function stepTimeCurve(
  runs: readonly RunData[],
  options: RunCurvesOptions = {},
): Promise<RunChart | undefined> {
  const series = runs.flatMap((run) => {
    const rows = run.time.filter(
      (row) => row.kind === 'epoch' && row.samplesPerSecond !== undefined,
    )
    const samplesAt = new Map(run.metrics.rows.map((row) => [row.step, row.samples]))
    const x: number[] = []
    const y: number[] = []
    rows.forEach((row, i) => {
      const before = rows[i - 1]
      const steps = row.step - (before?.step ?? 0)
      const samples =
        (samplesAt.get(row.step) ?? 0) - (before ? (samplesAt.get(before.step) ?? 0) : 0)
      if (steps <= 0 || samples <= 0 || !row.samplesPerSecond) return
      x.push(row.epoch + 1)
      y.push((1000 * samples) / row.samplesPerSecond / steps)
    })
    if (x.length === 0) return []
    return [{ name: 'ms a step', ...(runs.length > 1 ? { run: run.name } : {}), x, y }]
  })
  if (series.length === 0) return undefined
  const heading = 'Time a step by epoch'
  const picture = await curves(series, {
    ...(options.theme ? { theme: options.theme } : {}),
    title: options.untitled ? '' : heading,
    subtitle: 'training alone, validation apart',
    xTitle: 'Epoch',
    yTitle: 'Milliseconds a step',
    fromZero: true,
    height: options.height ?? 180,
    ...(options.width ? { width: options.width } : {}),
  })
  return { heading, metrics: [], picture }
}

/** Draws which share of training waited for data, by epoch; undefined where it was not measured. */
export async function waitCurve(
  runs: readonly RunData[],
  options: RunCurvesOptions = {},
): Promise<RunChart | undefined> {
  const series = runs.flatMap((run) => {
    const rows = run.time.filter((row) => row.waitedForData !== undefined)
    if (rows.length === 0) return []
    return [
      {
        name: 'waited for data',
        ...(runs.length > 1 ? { run: run.name } : {}),
        x: rows.map((row) => row.epoch + 1),
        y: rows.map((row) => row.waitedForData ?? Number.NaN),
      },
    ]
  })
  if (series.length === 0) return undefined
  const heading = 'Waiting for data by epoch'
  const picture = await curves(series, {
    ...(options.theme ? { theme: options.theme } : {}),
    title: options.untitled ? '' : heading,
    xTitle: 'Epoch',
    yTitle: 'Share of training',
    yFormat: '~%',
    fromZero: true,
    height: options.height ?? 180,
    ...(options.width ? { width: options.width } : {}),
  })
  return { heading, metrics: [], picture }
}
