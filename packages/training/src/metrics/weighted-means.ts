/** The sums behind running means, as JSON. */
export type WeightedSums = Record<string, { sum: number; weight: number }>

/** Averages metrics by sample: each value counts as often as its weight says. */
export class WeightedMeans {
  #sums: Map<string, { sum: number; weight: number }>

  constructor(sums: WeightedSums = {}) {
    this.#sums = new Map(Object.entries(sums).map(([name, sum]) => [name, { ...sum }]))
  }

  add(name: string, value: number, weight: number): void {
    const entry = this.#sums.get(name)
    if (entry) {
      entry.sum += value * weight
      entry.weight += weight
    } else this.#sums.set(name, { sum: value * weight, weight })
  }

  means(): Record<string, number> {
    return Object.fromEntries(
      [...this.#sums].map(([name, { sum, weight }]) => [name, weight === 0 ? NaN : sum / weight]),
    )
  }

  /** The sums, exact, for a checkpoint. */
  sums(): WeightedSums {
    return Object.fromEntries([...this.#sums].map(([name, entry]) => [name, { ...entry }]))
  }

  clear(): void {
    this.#sums.clear()
  }
}
