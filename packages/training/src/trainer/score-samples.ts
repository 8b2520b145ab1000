import type { Batch } from '@ductus/data'
import { keep, tidy } from '@tensorflow/tfjs-core'
import { argMaxRows } from '../metrics/accuracy.js'
import type { Classifier } from '../modules/classifier.js'
import type { LineRecognizer } from '../modules/line-recognizer.js'
import type { ScoreKind } from '../modules/losses.js'
import type { StepContext } from '../modules/step-context.js'
import { tensorBatch } from '../modules/tensor-batch.js'

/** Samples to score: a batch, with or without labels. */
export type UnscoredBatch = Pick<Batch, 'x' | 'xShape' | 'size'> &
  Partial<Pick<Batch, 'y' | 'yShape'>>

/** What a module makes of samples. */
export interface SampleScores {
  /** The model's outputs: `[samples, classes]`, or `[samples, steps, classes]` of lines. */
  outputs: Float32Array
  /** What the outputs mean by the module's loss, of the same shape. */
  scores: Float32Array
  shape: readonly number[]
  kind: ScoreKind
  /** Class with the highest output, one per sample, or per step of a line. */
  predictions: Int32Array
  /** What each sample adds to the sum that the module's loss divides; undefined without labels. */
  losses: Float32Array | undefined
  /** What each sample adds to the divisor: the sums' quotient is the loss of these samples. */
  divisors: Float64Array | undefined
}

/**
 * Computes what a module makes of samples: scores, predicted classes and, with labels, losses, as its `validationStep`
 * and `testStep` see them.
 *
 * @throws TrainingError `SHAPE_MISMATCH` where outputs and labels do not fit
 * @example
 * const { losses, divisors } = await scoreSamples(restoreModule(checkpoint, model), batch)
 */
export async function scoreSamples(
  module: Classifier | LineRecognizer,
  { x, xShape, size, y = new Int32Array(0), yShape = [0] }: UnscoredBatch,
): Promise<SampleScores> {
  const context: StepContext = {
    ...{ stage: 'predict', training: false, seed: 0 },
    ...{ epoch: 0, step: 0, micro: 0, batchIndex: 0 },
  }
  let divisors: Float64Array | undefined
  const tensors = tidy(() => {
    const scored = module.scoreStep(tensorBatch({ x, xShape, y, yShape, size }, 0), context)
    divisors = scored.divisors
    const { outputs, scores, losses } = scored
    return [outputs, scores, ...(losses ? [losses] : [])].map((each) => keep(each.clone()))
  })
  try {
    const shape = [...tensors[0]!.shape]
    // Copies: a backend may give its own memory.
    const read = await Promise.all(
      tensors.map(async (each) => Float32Array.from(await each.data())),
    )
    return {
      outputs: read[0]!,
      scores: read[1]!,
      shape,
      kind: module.scoreKind,
      predictions: argMaxRows(read[0]!, shape.at(-1)!),
      losses: read[2],
      divisors,
    }
  } finally {
    for (const each of tensors) each.dispose()
  }
}
