import { TrainingError } from '../training-error.js'
import type { Stage, TensorBatch } from './step-context.js'

const passes: Record<Stage, string> = {
  train: 'training',
  validation: 'validation',
  test: 'test',
  predict: 'prediction',
}

/**
 * Checks a batch's labels on the host, before any loss or metric counts on them: whole numbers from 0 to classes − 1.
 * Kernels of different backends and losses would take a label that is none in different ways, most of them silently.
 *
 * @throws TrainingError `INVALID_LABEL` naming batch, sample and label
 */
export function assertLabels(
  { source: { y, size }, index }: Pick<TensorBatch, 'source' | 'index'>,
  classes: number,
  where: string,
  stage: Stage,
): void {
  for (let i = 0; i < y.length; i++) {
    const label = y[i]!
    if (label >= 0 && label < classes && Number.isInteger(label)) continue
    // What a Float32Array holds of 1.7 has more digits.
    const shown = Number.isInteger(label) ? label : Number(label.toPrecision(7))
    const perSample = y.length / size
    const sample = Math.floor(i / perSample)
    const position = perSample > 1 ? `, position ${i % perSample}` : ''
    throw new TrainingError(
      'INVALID_LABEL',
      `${where}: expected labels that are whole numbers from 0 to ${classes - 1}, one of ${classes} classes, received ` +
        `${shown} in ${passes[stage]} batch ${index}, sample ${sample}${position} (counted from 0). ${fix(label, classes)}`,
    )
  }
}

function fix(label: number, classes: number): string {
  if (label >= classes && Number.isInteger(label)) {
    return 'Number the classes from 0 without a gap, or train a model with an output for each.'
  }
  return label < 0 && Number.isInteger(label)
    ? 'Number the classes from 0, and leave out samples without a class.'
    : 'Give the index of the class, not a value.'
}
