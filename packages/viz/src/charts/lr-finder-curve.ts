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

/** Draws the loss over the learning rate on a log scale, with the suggested rate marked. */
export async function lrFinderCurve(
  sweep: LrSweep,
  options: Pick<CurvesOptions, 'title' | 'subtitle' | 'theme' | 'width' | 'height'> = {},
): Promise<Picture> {
  const series = [{ name: 'loss', x: sweep.lr, y: sweep.loss }]
  if (sweep.smoothed) series.push({ name: 'smoothed', x: sweep.lr, y: sweep.smoothed })
  const { suggestion } = sweep
  return curves(series, {
    title: 'Learning rate finder',
    ...options,
    xTitle: 'Learning rate',
    yTitle: 'Loss',
    xScale: 'log',
    ...(suggestion === undefined
      ? {}
      : { marks: [{ x: suggestion, label: `suggested ${shortNumber(suggestion)}` }] }),
  })
}
