import { limitedBatches } from '../data/batch-limit.js'
import { ModelCheckpoint } from '../callbacks/model-checkpoint.js'
import type { Callback } from '../callbacks/callback.js'
import type { TrainingData } from '../data/training-data.js'
import { CSVLogger } from '../loggers/csv-logger.js'
import type { Logger } from '../loggers/logger.js'
import type { FitPlan } from '../loops/fit-loop.js'
import { trainLoader, validationLoaders } from './loaders.js'
import type { TrainerOptions } from './trainer-options.js'

/** Options with `fastDevRun` spelt out. */
export function effectiveOptions(options: TrainerOptions): TrainerOptions {
  const { fastDevRun = false } = options
  const batches = fastDevRun === true ? 1 : Number(fastDevRun)
  if (batches === 0) return options
  return {
    ...options,
    maxEpochs: 1,
    minEpochs: 0,
    maxSteps: batches,
    limitTrainBatches: { batches },
    limitValBatches: { batches },
    limitTestBatches: { batches },
    numSanityValSteps: 0,
    callbacks: (options.callbacks ?? []).filter((each) => each.skipOnFastDevRun !== true),
    loggers: [],
    checkpointing: false,
    rootDir: false,
  }
}

/** The callbacks of a fit: those given, and the one that keeps checkpoints where there is none. */
export function fitCallbacks(options: TrainerOptions): readonly Callback[] {
  const { callbacks = [], checkpointing = true, rootDir } = options
  if (!checkpointing || rootDir === false) return callbacks
  if (callbacks.some(({ name }) => name === 'ModelCheckpoint')) return callbacks
  return [...callbacks, new ModelCheckpoint()]
}

/** The loggers of a fit. */
export function fitLoggers({ loggers, rootDir }: TrainerOptions): readonly Logger[] {
  if (rootDir === false) return []
  return loggers ?? [new CSVLogger()]
}

/** Epochs that a fit is to do; undefined where steps or time alone end it. */
export function epochLimit({ maxEpochs, maxSteps, maxTimeMs }: TrainerOptions): number | undefined {
  if (maxEpochs !== undefined) return maxEpochs
  return maxSteps === undefined && maxTimeMs === undefined ? 1 : undefined
}

/** Works out what a fit does, in batches. */
export function fitPlan(options: TrainerOptions, data: TrainingData): FitPlan {
  const { maxSteps, maxTimeMs, valCheckInterval, accumulateGradBatches = 1 } = options
  const train = trainLoader(data, options)
  const stepsPerEpoch = Math.max(1, Math.ceil(train.batches / accumulateGradBatches))
  const validation = validationLoaders(data, options)
  const maxEpochs = epochLimit(options)
  const checkValEveryNEpochs = options.checkValEveryNEpochs ?? 1
  const interval =
    valCheckInterval === undefined ? undefined : limitedBatches(train.batches, valCheckInterval)
  // Where the steps end inside an epoch that is the last thing to be validated.
  const partial =
    maxSteps !== undefined &&
    maxSteps % stepsPerEpoch !== 0 &&
    maxSteps < stepsPerEpoch * (maxEpochs ?? Infinity)
  const due =
    partial ||
    (maxEpochs ?? Infinity) >= checkValEveryNEpochs ||
    (interval !== undefined && interval <= train.batches)
  return {
    train,
    validation,
    validates: validation.length > 0 && due,
    maxEpochs,
    minEpochs: options.minEpochs ?? 0,
    maxSteps,
    maxTimeMs,
    checkValEveryNEpochs,
    valCheckInterval: interval,
    accumulate: accumulateGradBatches,
    clip: options.gradientClip,
    logEveryNSteps: options.logEveryNSteps ?? Math.min(50, stepsPerEpoch),
    detectLeaks: options.detectLeaks ?? false,
  }
}
