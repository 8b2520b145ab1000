import { activationStats, type LayerActivations } from '../charts/activation-stats.js'
import { curves } from '../charts/curves.js'
import { lrFinderCurve, type LrSweep } from '../charts/lr-finder-curve.js'
import type { RunData } from './read-run.js'
import type { RunChart, RunCurvesOptions } from './run-curves.js'

/** Draws what each layer gave over training: mean, spread, dead units and, where there are such, saturated outputs. */
export async function activationCurves(
  layers: readonly LayerActivations[],
  options: RunCurvesOptions = {},
): Promise<RunChart[]> {
  const { mean, std, deadShare, saturatedShare } = await activationStats(layers, words(options))
  return [
    { heading: 'Mean activation by layer', metrics: [], picture: mean },
    { heading: 'Spread of the activations by layer', metrics: [], picture: std },
    { heading: 'Dead units by layer', metrics: [], picture: deadShare },
    ...(saturatedShare
      ? [{ heading: 'Saturated outputs by layer', metrics: [], picture: saturatedShare }]
      : []),
  ]
}

/** Draws the sweep that chose the learning rate. */
export async function sweepCurve(
  sweep: LrSweep,
  options: RunCurvesOptions = {},
): Promise<RunChart> {
  return {
    heading: 'Learning rate finder',
    metrics: [],
    picture: await lrFinderCurve(sweep, words(options)),
  }
}

/** Draws speed and memory by step, where the run recorded them. */
export async function throughputCurves(
  { throughput }: RunData,
  options: RunCurvesOptions = {},
): Promise<RunChart[]> {
  if (!throughput) return []
  const { steps, samplesPerSecond, rssBytes } = throughput
  const draw = async (heading: string, name: string, yTitle: string, y: readonly number[]) => ({
    heading,
    metrics: [],
    picture: await curves([{ name, x: steps, y }], {
      ...words(options),
      ...(options.untitled ? {} : { title: heading }),
      yTitle,
      fromZero: true,
    }),
  })
  return [
    await draw('Speed by step', 'samples a second', 'Samples a second', samplesPerSecond),
    await draw(
      'Memory by step',
      'megabytes',
      'Memory of the process, MB',
      rssBytes.map((bytes) => bytes / 1e6),
    ),
  ]
}

function words({ theme, untitled, width, height }: RunCurvesOptions) {
  return {
    ...(theme ? { theme } : {}),
    ...(width ? { width } : {}),
    ...(height ? { height } : {}),
    ...(untitled ? { title: '' } : {}),
  }
}
