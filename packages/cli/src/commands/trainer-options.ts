import type { TrainerOptions } from '@ductus/training'
import type { BatchLimit, OptionValues } from '../options/option-spec.js'
import type { fitOptions } from '../options/fit-options.js'

export type FitValues = OptionValues<typeof fitOptions>

/** Options of the command line that mean the same to the Trainer. */
const same = [
  'minEpochs',
  'limitTrainBatches',
  'limitValBatches',
  'limitTestBatches',
  'overfitBatches',
  'overfitEvaluation',
  'numSanityValSteps',
  'checkValEveryNEpochs',
  'valCheckInterval',
  'accumulateGradBatches',
  'logEveryNSteps',
  'rootDir',
  'name',
] as const satisfies readonly (keyof FitValues & keyof TrainerOptions)[]

/** Turns the options of `fit` into the Trainer's. */
export function trainerOptions(values: FitValues): TrainerOptions {
  const options: Record<string, unknown> = { seed: values.seed ?? 42 }
  for (const name of same) {
    const value = values[name]
    if (value !== undefined) options[name] = typeof value === 'object' ? batchLimit(value) : value
  }
  if (values.maxEpochs !== undefined) {
    options.maxEpochs = values.maxEpochs === -1 ? Number.MAX_SAFE_INTEGER : values.maxEpochs
  } else if (values.maxTime !== undefined && !((values.maxSteps ?? -1) >= 0)) {
    // The time alone ends the run: see the Timer among its callbacks.
    options.maxEpochs = Number.MAX_SAFE_INTEGER
  }
  if (values.maxSteps !== undefined && values.maxSteps >= 0) options.maxSteps = values.maxSteps
  if (values.detectLeaks !== undefined) options.detectLeaks = values.detectLeaks
  if (values.profile === true) options.profile = true
  if (values.fastDevRun !== undefined) options.fastDevRun = values.fastDevRun
  if (values.gradientClipVal !== undefined && values.gradientClipVal > 0) {
    options.gradientClip = { [values.gradientClipAlgorithm ?? 'norm']: values.gradientClipVal }
  }
  return options
}

/** Writes a limit as a number where that says the same: 3 batches are 3, a share of 1 is not 1. */
export function batchLimit(limit: BatchLimit): number | BatchLimit {
  if ('batches' in limit) return limit.batches
  return limit.fraction < 1 ? limit.fraction : limit
}

/** Picks what the optimizer takes besides its rate. */
export function optimizerOptions({
  momentum,
  weightDecay,
}: Pick<FitValues, 'momentum' | 'weightDecay'>): Record<string, number> {
  return {
    ...(momentum === undefined ? {} : { momentum }),
    ...(weightDecay === undefined ? {} : { weightDecay }),
  }
}
