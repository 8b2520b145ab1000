import type { Reporter } from '../reporters/reporter.js'

/** The sums behind running means, as JSON. */
export type WeightedSums = Record<string, { sum: number; weight: number }>

/**
 * Averages metrics: each value counts as often as its weight says, which is the divisor of a loss, and of a metric the
 * samples unless it was logged with another weight. Sums are in double precision.
 */
export class WeightedMeans {
  #sums: Map<string, { sum: number; weight: number }>

  constructor(sums: WeightedSums = {}) {
    this.#sums = new Map(Object.entries(sums).map(([name, sum]) => [name, { ...sum }]))
  }

  /** Adds `weight` times a value; with weight 0 nothing, whatever the value. */
  add(name: string, value: number, weight: number): void {
    const sum = weight === 0 ? 0 : value * weight
    const entry = this.#sums.get(name)
    if (entry) {
      entry.sum += sum
      entry.weight += weight
    } else this.#sums.set(name, { sum, weight })
  }

  /** The means of all that has a weight; what has none yet has no mean, and is absent. */
  means(): Record<string, number> {
    return Object.fromEntries(
      [...this.#sums].flatMap(([name, { sum, weight }]) =>
        weight === 0 ? [] : [[name, sum / weight]],
      ),
    )
  }

  /** Names of all that was added, those without a mean among them. */
  get names(): string[] {
    return [...this.#sums.keys()]
  }

  /** Names of what was added with weight 0 alone. */
  get weightless(): string[] {
    return [...this.#sums].flatMap(([name, { weight }]) => (weight === 0 ? [name] : []))
  }

  /** The sums, exact, for a checkpoint. */
  sums(): WeightedSums {
    return Object.fromEntries([...this.#sums].map(([name, entry]) => [name, { ...entry }]))
  }

  clear(): void {
    this.#sums.clear()
  }
}

/** Warns of metrics that a whole pass gave no weight, and that have no mean therefore. */
export function sayWeightless(reporter: Reporter, { weightless }: WeightedMeans): void {
  if (weightless.length === 0) return
  reporter.warn(
    `${weightless.join(', ')}: no mean, since nothing in the pass counted (every batch's divisor was 0). ` +
      'Check class weights of 0, and labels that are all padding.',
  )
}
