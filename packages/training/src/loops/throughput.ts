/** Counts samples, time, and what of it went by until the loader gave a batch. */
export class Throughput {
  #samples = 0
  #ms = 0
  #waitedMs = 0

  add(samples: number, ms: number, waitedMs: number): void {
    this.#samples += samples
    this.#ms += ms
    this.#waitedMs += waitedMs
  }

  /** Undefined before the first batch. */
  get samplesPerSecond(): number | undefined {
    return this.#ms > 0 ? (1000 * this.#samples) / this.#ms : undefined
  }

  /** The share of the time that waited for data, 0 to 1; undefined before the first batch. */
  get waitedForData(): number | undefined {
    return this.#ms > 0 ? this.#waitedMs / this.#ms : undefined
  }
}
