import type { NamedWeight } from '@ductus/backend'
import { fill, tidy, variable, type Tensor, type Variable } from '@tensorflow/tfjs-core'
import { belowOne, notNegative, type OptionRange } from '../check-options.js'
import { TrainingError } from '../training-error.js'

/** An optimizer's memory of one weight: its slots by name, such as `exp_avg`. */
export type Slots = Readonly<Record<string, Variable>>

/** Options that every optimizer has; the rest are its own. */
export interface OptimizerHyper {
  lr: number
}

/** What one weight's update is given. */
export interface UpdateInput {
  parameter: Variable
  gradient: Tensor
  slots: Slots
  first: boolean
  gradientScale: number
}

/** A weight that an optimizer trains. `key` lasts over processes: `model:layer/weight`. */
export interface TrainedWeight {
  key: string
  model: string
  weight: NamedWeight
}

/**
 * Updates weights by their gradients. It remembers slots keyed `model:layer/weight` and an integer `t`, the number of
 * its steps; both are in checkpoints.
 */
export abstract class Optimizer<Hyper extends OptimizerHyper = OptimizerHyper> {
  /** The name users know, such as `Adam`. */
  abstract readonly name: string
  /** Names of the slots a weight has, in the order of checkpoints. */
  abstract readonly slotNames: readonly string[]
  /** The options as given, with defaults filled in. */
  readonly hyper: Readonly<Hyper>
  /** Steps done. */
  t = 0
  /** The learning rate of the next step: a schedule moves it. */
  learningRate: number
  #slots = new Map<string, Slots>()

  constructor(hyper: Hyper) {
    this.hyper = hyper
    this.learningRate = hyper.lr
  }

  /** Momentum of the next step: SGD's, or Adam's β1. Undefined where there is none. */
  abstract get momentum(): number | undefined
  abstract set momentum(value: number | undefined)

  /** Updates one weight. `t` counts this step already; `first` says that its slots were made for it. */
  protected abstract update(input: UpdateInput): void

  /** The value that a slot starts with. */
  protected initialValue(_slot: string): number {
    return 0
  }

  /**
   * Does one step: every weight that has a gradient, in order. Synchronous.
   *
   * @param gradientScale a factor on every gradient. Defaults to 1.
   * @throws TrainingError `INVALID_OPTION` where `learningRate` or `momentum` was set to anything but a number in range
   */
  step(
    weights: readonly TrainedWeight[],
    gradients: readonly (Tensor | null | undefined)[],
    gradientScale = 1,
  ): void {
    this.#check('learningRate', this.learningRate, notNegative)
    if (this.momentum !== undefined) this.#check('momentum', this.momentum, belowOne)
    this.t++
    for (let i = 0; i < weights.length; i++) {
      const gradient = gradients[i]
      if (!gradient) continue
      const { key, weight } = weights[i]!
      const parameter = weight.variable
      const first = !this.#slots.has(key)
      const slots = this.slotsOf(key, parameter.shape)
      this.update({ parameter, gradient, slots, first, gradientScale })
    }
  }

  /** Gives the slots of a weight, made anew where it has none yet. */
  slotsOf(key: string, shape: readonly number[]): Slots {
    const known = this.#slots.get(key)
    if (known) return known
    const made: Record<string, Variable> = {}
    for (const name of this.slotNames) {
      made[name] = tidy(() => variable(fill(shape as number[], this.initialValue(name)), false))
    }
    this.#slots.set(key, made)
    return made
  }

  /** All slots by weight, in the order in which the weights were first seen. */
  slots(): ReadonlyMap<string, Slots> {
    return this.#slots
  }

  #check(option: string, value: number, { expected, holds }: OptionRange): void {
    if (holds(value)) return
    throw new TrainingError(
      'INVALID_OPTION',
      `${this.name}: expected ${option} to be ${expected} in step ${this.t}, received ${value}. ` +
        'Mend the callback that sets it.',
    )
  }

  /** Frees the slots. */
  dispose(): void {
    for (const slots of this.#slots.values())
      for (const slot of Object.values(slots)) slot.dispose()
    this.#slots.clear()
  }
}
