import { add, mul, tidy, variable, zeros, type Tensor, type Variable } from '@tensorflow/tfjs-core'
import type { TrainedWeight } from '../optimizers/optimizer.js'

/** Sums gradients over the batches of a group, each weighted by its loss's divisor. */
export class GradientAccumulator {
  readonly #sums = new Map<string, Variable>()

  /** Adds `divisor` times the gradients to the sums; with 0 nothing, NaN or not. Call it inside a tidy. */
  add(
    weights: readonly TrainedWeight[],
    gradients: readonly (Tensor | null)[],
    divisor: number,
  ): void {
    if (divisor === 0) return
    weights.forEach(({ key }, i) => {
      const gradient = gradients[i]
      if (!gradient) return
      const sum = this.#sum(key, gradient.shape)
      sum.assign(add(sum, mul(gradient, divisor)))
    })
  }

  /** The sums, to be divided by the sum of the group's divisors. */
  sums(weights: readonly TrainedWeight[]): (Variable | null)[] {
    return weights.map(({ key }) => this.#sums.get(key) ?? null)
  }

  /** All sums by key, for a checkpoint. */
  entries(): ReadonlyMap<string, Variable> {
    return this.#sums
  }

  /** Sets the sum of one weight, from a checkpoint. */
  set(key: string, value: Tensor): void {
    this.#sum(key, value.shape).assign(value)
  }

  dispose(): void {
    for (const sum of this.#sums.values()) sum.dispose()
    this.#sums.clear()
  }

  #sum(key: string, shape: readonly number[]): Variable {
    const known = this.#sums.get(key)
    if (known) return known
    const made = tidy(() => variable(zeros(shape as number[]), false))
    this.#sums.set(key, made)
    return made
  }
}
