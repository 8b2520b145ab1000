import type { LrSweep } from '../charts/lr-finder-curve.js'
import type { RunData } from './read-run.js'
import { sweepCurve, throughputCurves } from './recorded-curves.js'
import { lossHistoryCurve, runCurves, type RunChart, type RunCurvesOptions } from './run-curves.js'
import { speedCurve, stepTimeCurve, waitCurve } from './time-curves.js'

/** Draws every curve that runs have but those by layer: metrics, recorded loss, sweep of the learning rate, times. */
export async function allCurves(
  runs: readonly RunData[],
  options: RunCurvesOptions & { lrSweep?: LrSweep } = {},
): Promise<RunChart[]> {
  const charts = await runCurves(runs, options)
  const [only] = runs.length === 1 ? runs : []
  const lrSweep = options.lrSweep ?? only?.lrSweep
  const more = [
    only ? await lossHistoryCurve(only, options) : undefined,
    lrSweep ? await sweepCurve(lrSweep, options) : undefined,
    await stepTimeCurve(runs, options),
    await speedCurve(runs, options),
    await waitCurve(runs, options),
    ...(only ? await throughputCurves(only, options) : []),
  ]
  return [...charts, ...more.filter((chart) => chart !== undefined)]
}
