import { groupDigits } from '../images/colour-bar.js'
import { renderChart } from '../charts/render-chart.js'
import type { PictureOptions } from '../picture/compose-picture.js'
import type { Picture } from '../picture/picture.js'
import { themeOf } from '../theme/theme.js'
import { VizError } from '../viz-error.js'

/** One bin of confidence: how sure the model was there, and how often right. */
export interface CalibrationBin {
  low: number
  high: number
  count: number
  /** Mean confidence, 0 to 1; NaN in an empty bin. */
  confidence: number
  /** Share right, 0 to 1; NaN in an empty bin. */
  accuracy: number
}

/**
 * Bins predictions by confidence and measures the expected calibration error: the gap between confidence and accuracy,
 * averaged by the bins' counts (Guo et al. 2017, https://arxiv.org/abs/1706.04599).
 */
export function calibrationOf(
  confidences: ArrayLike<number>,
  right: ArrayLike<boolean | number>,
  bins = 10,
): { bins: CalibrationBin[]; expectedError: number } {
  if (confidences.length !== right.length) {
    throw new VizError(
      'argument',
      `calibrationOf: expected as many confidences as answers, received ${confidences.length} and ${right.length}.`,
    )
  }
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }))
  for (let i = 0; i < confidences.length; i++) {
    const confidence = confidences[i] ?? Number.NaN
    const bin = sums[Math.min(bins - 1, Math.floor(confidence * bins))]
    // float32 softmax may pass 1 by a rounding
    if (!bin || confidence > 1 + 1e-4) {
      throw new VizError(
        'argument',
        `calibrationOf: expected confidences from 0 to 1, received ${confidence}. Pass probabilities, not logits.`,
      )
    }
    bin.count++
    bin.confidence += confidence
    bin.right += Number(right[i])
  }
  let expectedError = 0
  const result = sums.map((sum, i) => {
    const confidence = sum.confidence / sum.count
    const accuracy = sum.right / sum.count
    if (sum.count > 0)
      expectedError += (sum.count / confidences.length) * Math.abs(confidence - accuracy)
    return { low: i / bins, high: (i + 1) / bins, count: sum.count, confidence, accuracy }
  })
  return { bins: result, expectedError }
}

/** Draws accuracy over confidence against the diagonal of a model that knows how sure to be, with each bin's count. */
export async function calibrationChart(
  calibration: { bins: readonly CalibrationBin[]; expectedError: number },
  options: PictureOptions = {},
): Promise<Picture> {
  const theme = themeOf(options.theme)
  const values = calibration.bins
    .filter((bin) => bin.count > 0)
    .map((bin) => ({ ...bin, words: groupDigits(bin.count) }))
  const scale = { domain: [0, 1] }
  const axis = { format: '.0%', tickCount: 5 }
  return renderChart(
    {
      width: 284,
      height: 284,
      layer: [
        {
          data: { values },
          mark: { type: 'bar', color: theme.series[0], opacity: 1, stroke: theme.background },
          encoding: {
            x: {
              field: 'low',
              type: 'quantitative',
              bin: { binned: true, step: 1 / calibration.bins.length },
              title: 'Confidence',
              scale,
              axis,
            },
            x2: { field: 'high' },
            y: { field: 'accuracy', type: 'quantitative', title: 'Share right', scale, axis },
          },
        },
        {
          data: {
            values: [
              { x: 0, y: 0 },
              { x: 1, y: 1 },
            ],
          },
          mark: { type: 'line', strokeDash: [5, 4], color: theme.ink, strokeWidth: 1.25 },
          encoding: {
            x: { field: 'x', type: 'quantitative', title: 'Confidence' },
            y: { field: 'y', type: 'quantitative', title: 'Share right' },
          },
        },
        {
          data: { values },
          mark: {
            type: 'point',
            shape: 'diamond',
            filled: true,
            size: 60,
            color: theme.series[1],
            opacity: 1,
          },
          encoding: {
            x: { field: 'confidence', type: 'quantitative', title: 'Confidence' },
            y: { field: 'accuracy', type: 'quantitative', title: 'Share right' },
          },
        },
        {
          data: { values },
          transform: [{ calculate: '(datum.low + datum.high) / 2', as: 'middle' }],
          mark: { type: 'text', fontSize: 9, dy: -6, baseline: 'bottom' },
          encoding: {
            x: { field: 'middle', type: 'quantitative', title: 'Confidence' },
            y: { value: 284 },
            text: { field: 'words' },
            color: {
              condition: { test: 'datum.accuracy > 0.07', value: theme.background },
              value: theme.ink,
            },
          },
        },
      ],
    },
    {
      title: options.title ?? 'Calibration',
      subtitle:
        options.subtitle ??
        `expected calibration error ${(calibration.expectedError * 100).toFixed(1)} %; diamonds: mean confidence, dashes: perfect; at the foot: predictions a bin`,
      description:
        `How often the model is right by how sure it is; expected calibration error ${(calibration.expectedError * 100).toFixed(1)} %. ` +
        'Diamonds: mean confidence; dashes: perfect; at the foot: predictions a bin. ' +
        values
          .map(
            (bin) =>
              `${Math.round(bin.low * 100)}–${Math.round(bin.high * 100)} %: right ${Math.round(bin.accuracy * 100)} % of ${bin.count}`,
          )
          .join('; ') +
        '.',
    },
    theme,
  )
}
