import { namedWeights } from '@ductus/backend'
import { addN, sqrt, square, sum, type Tensor } from '@tensorflow/tfjs-core'
import type { DeclaredMetrics } from '../metrics/metric-mode.js'
import type { TrainedWeight } from '../optimizers/optimizer.js'
import { assertOption, whole } from './assert-option.js'
import type { Callback } from './callback.js'
import type { TrainerContext } from './trainer-context.js'

/** Options of `GradientNormMonitor`. */
export interface GradientNormMonitorOptions {
  /** Optimizer steps between two measurements. Defaults to 50. */
  everyNSteps?: number
  /** Whether each weight's own norm is logged too. Defaults to false. */
  perWeight?: boolean
}

/** Logs the norm of all gradients together as `grad/norm`, before they are clipped. */
export class GradientNormMonitor implements Callback {
  readonly name = 'GradientNormMonitor'
  readonly #every: number
  readonly #perWeight: boolean

  constructor({ everyNSteps = 50, perWeight = false }: GradientNormMonitorOptions = {}) {
    this.#every = everyNSteps
    assertOption('GradientNormMonitor', 'everyNSteps', everyNSteps, whole(1), 50)
    this.#perWeight = perWeight
  }

  onBeforeOptimizerStep(
    context: TrainerContext,
    weights: readonly TrainedWeight[],
    gradients: readonly (Tensor | null)[],
  ): void {
    // The step that is about to be done is number step + 1: it is logged with that row.
    if ((context.step + 1) % this.#every !== 0) return
    const squares = gradients.map((each) => each && sum(square(each)))
    const present = squares.flatMap((each) => (each ? [each] : []))
    context.log('grad/norm', sqrt(addN(present)))
    if (!this.#perWeight) return
    weights.forEach(({ weight }, i) => {
      const own = squares[i]
      if (own) context.log(`grad/norm/${weight.name}`, sqrt(own))
    })
  }

  declaredMetrics({ module }: TrainerContext): DeclaredMetrics {
    const weights = Object.values(module.models).flatMap((model) => namedWeights(model))
    const own = this.#perWeight ? weights.filter(({ trainable }) => trainable) : []
    const names = ['grad/norm', ...own.map(({ name }) => `grad/norm/${name}`)]
    return Object.fromEntries(names.map((name) => [name, 'min']))
  }
}
