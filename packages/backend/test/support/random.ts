/** A small seeded generator for tests (mulberry32). */
export class Random {
  private state: number

  constructor(readonly seed: number) {
    this.state = seed >>> 0
  }

  /** A number in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let h = this.state
    h = Math.imul(h ^ (h >>> 15), h | 1)
    h ^= h + Math.imul(h ^ (h >>> 7), h | 61)
    return ((h ^ (h >>> 14)) >>> 0) / 4294967296
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  pick<T>(values: readonly T[]): T {
    return values[this.integer(0, values.length - 1)]!
  }

  floats(length: number, low = -1, high = 1): Float32Array {
    return Float32Array.from({ length }, () => low + (high - low) * this.next())
  }

  integers(length: number, low: number, high: number): Int32Array {
    return Int32Array.from({ length }, () => this.integer(low, high))
  }
}

/** The seed of this run: DUCTUS_TEST_SEED, or a fixed one. Tests put it in their title. */
export const testSeed = Number(process.env['DUCTUS_TEST_SEED'] ?? 1990)
