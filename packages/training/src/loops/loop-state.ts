import { z } from 'zod'
import { anyNumber, count } from '../files/state-schema.js'
import type { MetricMode } from '../metrics/metric-mode.js'
import type { WeightedSums } from '../metrics/weighted-means.js'

/** Where a fit stands, whole: with the weights and slots it is all that resuming needs. JSON. */
export interface LoopState {
  /** Epochs done. */
  epoch: number
  /** Whether training goes on, or a validation is open. */
  phase: 'train' | 'validation'
  /** Training batches done in this epoch. */
  batch: number
  /** Batches in the open accumulation group, the sum of their losses' divisors, and the partial sums of their means. */
  micro: number
  microDivisor: number
  microSums: WeightedSums
  /** Optimizer steps done; one whose divisor was 0 is counted, though it updated nothing. */
  step: number
  /** Training samples seen, over all epochs. */
  samples: number
  /** Loader and batches done of the open validation. */
  validationLoader: number
  validationBatch: number
  /** Validations done. */
  validations: number
  /** Training batches of this epoch at its last finished validation; −1 before the first. */
  validatedAtBatch: number
  /** Partial sums of the epoch's and of the open validation's means. */
  trainSums: WeightedSums
  validationSums: WeightedSums
  /** The latest value of each metric. */
  metrics: Record<string, number>
  /** Which way is better, of each metric that says it. */
  modes: Record<string, MetricMode>
  /** The latest value of each metric that hooks logged since the epoch began, and those that wait for the next row. */
  logged: Record<string, number>
  waiting: Record<string, number>
  /** Why the run was asked to stop, null while it was not. */
  stopReason: string | null
}

const sums = z.record(z.string(), z.object({ sum: anyNumber, weight: anyNumber }))

/** What a stored `LoopState` must look like: each of its fields, and nothing that a loop cannot start from. */
export const loopStateSchema = z.object({
  epoch: count,
  phase: z.enum(['train', 'validation']),
  batch: count,
  micro: count,
  microDivisor: z.number().nonnegative(),
  microSums: sums,
  step: count,
  samples: count,
  validationLoader: count,
  validationBatch: count,
  validations: count,
  validatedAtBatch: z.int().min(-1),
  trainSums: sums,
  validationSums: sums,
  metrics: z.record(z.string(), anyNumber),
  modes: z.record(z.string(), z.enum(['min', 'max'])),
  logged: z.record(z.string(), anyNumber),
  waiting: z.record(z.string(), anyNumber),
  stopReason: z.string().nullable(),
} satisfies Record<keyof LoopState, z.ZodType>)

/** The state before the first step. */
export function initialLoopState(): LoopState {
  return {
    epoch: 0,
    phase: 'train',
    batch: 0,
    micro: 0,
    microDivisor: 0,
    microSums: {},
    step: 0,
    samples: 0,
    validationLoader: 0,
    validationBatch: 0,
    validations: 0,
    validatedAtBatch: -1,
    trainSums: {},
    validationSums: {},
    metrics: {},
    modes: {},
    logged: {},
    waiting: {},
    stopReason: null,
  }
}

/** The epoch that runs, or has just ended where none has begun since, from 0. */
export function currentEpoch({ epoch, batch }: LoopState): number {
  return batch === 0 ? Math.max(0, epoch - 1) : epoch
}
