import { count, type StateSchema } from '../files/state-schema.js'
import { namedWeights, type NamedWeight } from '@ductus/backend'
import { add, mul, tensor, tidy, variable, type Variable } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { assertOption, between } from './assert-option.js'
import type { StateTensor } from '../checkpoints/tensor-file.js'
import { TrainingError } from '../training-error.js'
import type { Callback, StateTensors } from './callback.js'
import type { TrainerContext } from './trainer-context.js'

/** Options of `WeightAveraging`. */
export interface WeightAveragingOptions {
  /** What is kept of the mean at each step, 0 to 1. Defaults to 0.999. */
  decay?: number
  /**
   * Whether the mean keeps less of itself at first, `min(decay, (1 + t) / (10 + t))` after t updates: 0.1 at the first,
   * 0.999 from update 8990 on. Without it the weights that training started from weigh on the mean for thousands of
   * steps. Defaults to true.
   */
  warmUp?: boolean
}

interface Averaged {
  key: string
  weight: NamedWeight
  mean: Variable
  /** The weight as it trains, while the mean is in its place. */
  aside: Variable | undefined
}

interface State {
  validating: boolean
  /** Updates of the mean so far. */
  updates: number
}

/**
 * Keeps an exponential moving average of all weights, batch norm's statistics too. Validations and checkpoints have
 * it in the place of the weights, and so has the model after the fit; training goes on with the weights as they are.
 */
export class WeightAveraging implements Callback {
  readonly name = 'WeightAveraging'
  readonly stateSchema: StateSchema = z.object({
    validating: z.boolean(),
    updates: count,
  })
  readonly #decay: number
  readonly #warmUp: boolean
  #updates = 0
  #averaged: Averaged[] = []
  #validating = false
  #restored: (State & { tensors: StateTensors }) | undefined

  constructor({ decay = 0.999, warmUp = true }: WeightAveragingOptions = {}) {
    this.#decay = decay
    this.#warmUp = warmUp
    assertOption('WeightAveraging', 'decay', decay, between(0, 1), 0.999)
  }

  onFitStart({ module }: TrainerContext): void {
    this.#averaged = Object.entries(module.models).flatMap(([model, layers]) =>
      namedWeights(layers).map((weight) => {
        const key = `${model}:${weight.name}`
        const { tensors } = this.#restored ?? {}
        const mean = copied(weight, tensors?.[`mean/${key}`])
        const aside = tensors?.[`aside/${key}`]
        return { key, weight, mean, aside: aside === undefined ? undefined : copied(weight, aside) }
      }),
    )
    this.#validating = this.#restored?.validating ?? false
    this.#updates = this.#restored?.updates ?? 0
    this.#restored = undefined
    if (!this.#validating) this.#swapOut()
  }

  onAfterOptimizerStep(): void {
    const t = this.#updates++
    const decay = this.#warmUp ? Math.min(this.#decay, (1 + t) / (10 + t)) : this.#decay
    tidy(() => {
      for (const { weight, mean } of this.#averaged) {
        mean.assign(add(mul(mean, decay), mul(weight.variable, 1 - decay)))
      }
    })
  }

  onValidationStart({ fitting }: TrainerContext): void {
    if (!fitting) return
    this.#validating = true
    this.#swapIn()
  }

  onValidationEnd({ fitting }: TrainerContext): void {
    if (!fitting) return
    this.#validating = false
    this.#swapOut()
  }

  onCheckpointSaving(): void {
    if (!this.#validating) this.#swapIn()
  }

  onCheckpointSaved(): void {
    if (!this.#validating) this.#swapOut()
  }

  onFitEnd(): void {
    for (const { weight, mean } of this.#averaged) weight.variable.assign(mean)
  }

  onTeardown(): void {
    for (const { mean, aside } of this.#averaged) {
      mean.dispose()
      aside?.dispose()
    }
    this.#averaged = []
  }

  state(): State {
    return { validating: this.#validating, updates: this.#updates }
  }

  /** Of each weight the mean, and the weight as it trains while the mean is in its place. */
  async tensors(): Promise<StateTensors> {
    const tensors: Record<string, StateTensor> = {}
    for (const { key, mean, aside } of this.#averaged) {
      tensors[`mean/${key}`] = await valuesOf(mean)
      if (aside) tensors[`aside/${key}`] = await valuesOf(aside)
    }
    return tensors
  }

  restore(state: unknown, tensors: StateTensors): void {
    this.#restored = { ...(state as State), tensors }
  }

  #swapIn(): void {
    for (const each of this.#averaged) {
      const { variable: own } = each.weight
      each.aside = copied(each.weight)
      own.assign(each.mean)
    }
  }

  #swapOut(): void {
    for (const each of this.#averaged) {
      if (each.aside) each.weight.variable.assign(each.aside)
      each.aside?.dispose()
      each.aside = undefined
    }
  }
}

/** Makes a variable with a weight's values, or with those that were stored of it. */
function copied({ name, variable: own }: NamedWeight, stored?: StateTensor): Variable {
  if (!stored) return tidy(() => variable(mul(own, 1), false))
  const { shape, values } = stored
  if (shape.join() !== own.shape.join()) {
    throw new TrainingError(
      'SHAPE_MISMATCH',
      `expected a mean of ${name} of shape [${own.shape.join(', ')}], received [${shape.join(', ')}]. ` +
        'Resume with the model of the run.',
    )
  }
  return tidy(() => variable(tensor(values, [...shape]), false))
}

async function valuesOf(value: Variable): Promise<StateTensor> {
  return { shape: [...value.shape], values: Float32Array.from(await value.data()) }
}
