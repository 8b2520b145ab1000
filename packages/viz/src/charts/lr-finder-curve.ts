import type { Picture } from '../picture/picture.js'
import { shortNumber } from '../images/colour-bar.js'
import { curves, type CurvesOptions } from './curves.js'

/** What a learning-rate sweep measured. */
export interface LrSweep {
  lr: ArrayLike<number>
  loss: ArrayLike<number>
  /** The same losses smoothed, where they were. */
  smoothed?: ArrayLike<number>
  suggestion?: number
}

/**
 * Draws the loss over the learning rate on a log scale, with the suggested rate and that of the lowest loss marked. The
 * y axis ends at 1.2 times the loss that the sweep starts with: where it diverges the loss would hide all else.
 */
export async function lrFinderCurve(
  sweep: LrSweep,
  options: Pick<CurvesOptions, 'title' | 'subtitle' | 'theme' | 'width' | 'height'> = {},
): Promise<Picture> {
  const series = [{ name: 'loss', x: sweep.lr, y: sweep.loss }]
  if (sweep.smoothed) series.push({ name: 'smoothed', x: sweep.lr, y: sweep.smoothed })
  const { suggestion } = sweep
  const judged = Array.from(sweep.smoothed ?? sweep.loss)
  const lowest = indexOfLeast(judged)
  const domain = lowest === undefined ? undefined : domainOf(judged)
  return curves(series, {
    title: 'Learning rate finder',
    ...options,
    xTitle: 'Learning rate',
    yTitle: 'Loss',
    xScale: 'log',
    ...(domain ? { yDomain: domain } : {}),
    marks: [
      ...(suggestion === undefined
        ? []
        : [{ x: suggestion, label: `suggested ${shortNumber(suggestion)}` }]),
      ...(lowest === undefined
        ? []
        : [{ x: sweep.lr[lowest]!, label: `lowest loss ${shortNumber(sweep.lr[lowest]!)}` }]),
    ],
  })
}

function indexOfLeast(values: readonly number[]): number | undefined {
  let least: number | undefined
  values.forEach((value, i) => {
    if (Number.isFinite(value) && (least === undefined || value < values[least]!)) least = i
  })
  return least
}

/** From a little below the lowest loss to 1.2 times the first; undefined where all values lie within anyway. */
function domainOf(values: readonly number[]): [number, number] | undefined {
  const finite = values.filter(Number.isFinite)
  const [first, low, high] = [finite[0]!, Math.min(...finite), Math.max(...finite)]
  const top = first + 0.2 * Math.abs(first)
  if (high <= top || top <= low) return undefined
  return [low - 0.05 * (top - low), top]
}
