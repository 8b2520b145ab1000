import { namedWeights } from '@ductus/backend'
import { mul } from '@tensorflow/tfjs-core'
import type { Callback } from '../callbacks/callback.js'
import {
  aboveZero,
  belowOne,
  checkOptions,
  numberFrom,
  optional,
  wholeFrom,
} from '../check-options.js'
import type { TrainingData } from '../data/training-data.js'
import type { LitModule } from '../modules/lit-module.js'
import { TrainingError } from '../training-error.js'
import { Trainer } from './trainer.js'

/** Options of `findLearningRate`, with Lightning's defaults. */
export interface FindLearningRateOptions {
  /** Lowest rate. Defaults to 1e-8. */
  min?: number
  /** Highest rate. Defaults to 1. */
  max?: number
  /** Steps of the sweep, at least 3. Defaults to 100. */
  steps?: number
  /** How much of the running mean stays at each step, 0 to below 1. Defaults to 0.98. */
  smoothing?: number
  /** Ends the sweep when the smoothed loss exceeds its minimum by this factor, at least 1. Defaults to 4. */
  stopFactor?: number
  seed?: number
  /** Ends the sweep after the batch in hand once it is aborted: the promise is rejected with the signal's reason. */
  signal?: AbortSignal
}

/** What a sweep found. */
export interface LearningRateSweep {
  lr: number[]
  loss: number[]
  /** The losses' running mean, bias corrected. */
  smoothed: number[]
  /** Where the smoothed loss falls fastest; absent where it falls nowhere. */
  suggestion?: number
}

const defaults = { min: 1e-8, max: 1, steps: 100, smoothing: 0.98, stopFactor: 4 }
const ranges = {
  min: aboveZero,
  max: aboveZero,
  steps: wholeFrom(3),
  smoothing: belowOne,
  stopFactor: numberFrom(1),
  seed: optional(wholeFrom(0)),
}

/**
 * Sweeps the learning rate from `min` to `max` exponentially, a step each, and suggests the one where the loss falls
 * fastest. Afterwards every weight is as it was; the optimizer is the sweep's own.
 *
 * @see Smith: Cyclical learning rates for training neural networks (2015)
 * @throws TrainingError `INVALID_OPTION`
 */
export async function findLearningRate(
  module: LitModule,
  data: TrainingData,
  options: FindLearningRateOptions = {},
): Promise<LearningRateSweep> {
  const { signal, ...given } = options
  const checked = checkOptions<Omit<FindLearningRateOptions, 'signal'>, typeof defaults>(
    'findLearningRate',
    defaults,
    ranges,
    given,
  )
  const { min, max, steps, smoothing, stopFactor, seed } = checked
  checkSpan(min, max)
  const rate = (step: number): number => min * (max / min) ** (step / (steps - 1))
  const found: LearningRateSweep = { lr: [], loss: [], smoothed: [] }
  let mean = 0
  let least = Infinity
  const sweep: Callback = {
    name: 'findLearningRate',
    // After the module's own schedule has had its say, before the optimizer steps.
    onBeforeOptimizerStep: ({ step, optimizers }) => {
      for (const optimizer of Object.values(optimizers)) optimizer.learningRate = rate(step)
    },
    onAfterOptimizerStep: (context) => {
      const step = context.step - 1
      const loss = context.fresh['train/loss']
      if (loss === undefined) return
      mean = smoothing * mean + (1 - smoothing) * loss
      found.lr.push(rate(step))
      found.loss.push(loss)
      // A step without any weight brings no loss: what counts is how many there are.
      const smooth = mean / (1 - smoothing ** found.loss.length)
      found.smoothed.push(smooth)
      least = Math.min(least, smooth)
      if (step > 0 && smooth > stopFactor * least) context.stop('the loss diverges')
    },
  }
  const restore = snapshot(module)
  try {
    const trainer = new Trainer({
      maxSteps: steps,
      limitValBatches: 0,
      rootDir: false,
      learningCheck: false,
      callbacks: [sweep],
      ...(seed === undefined ? {} : { seed }),
    })
    await trainer.fit(module, data, signal ? { signal } : {})
  } catch (error) {
    // A rate that is far too high ends in NaN: that is what a sweep is there to find.
    if (!(error instanceof TrainingError && error.code === 'NON_FINITE_LOSS')) throw error
  } finally {
    restore()
  }
  signal?.throwIfAborted()
  const suggestion = steepest(found)
  return suggestion === undefined ? found : { ...found, suggestion }
}

/** Takes a copy of all weights, with values of their own; gives what puts them back. */
function snapshot({ models }: LitModule): () => void {
  const kept = Object.values(models)
    .flatMap((model) => namedWeights(model))
    .map(({ variable }) => ({ variable, copy: mul(variable, 1) }))
  return () => {
    for (const { variable, copy } of kept) {
      variable.assign(copy)
      copy.dispose()
    }
  }
}

/** The rate at which the loss falls fastest a step, the first ten and the last one left out as too rough. */
function steepest({ lr, smoothed }: LearningRateSweep): number | undefined {
  let best: number | undefined
  let fall = 0
  for (let i = Math.min(10, Math.floor(lr.length / 10)); i < lr.length - 1; i++) {
    const slope = (smoothed[i + 1]! - smoothed[Math.max(0, i - 1)]!) / 2
    if (slope >= fall) continue
    fall = slope
    best = lr[i]
  }
  return best
}

function checkSpan(min: number, max: number): void {
  if (max > min) return
  throw new TrainingError(
    'INVALID_OPTION',
    `findLearningRate: expected max above min (${min}), received ${max}. Give for example { min: 1e-8, max: 1 }.`,
  )
}
