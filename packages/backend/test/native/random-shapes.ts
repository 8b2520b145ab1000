import { hashKey } from '@ductus/backend'

/** Draws sizes and values of a test by a seed that is printed with its name. */
export class Draw {
  private count = 0

  constructor(
    readonly seed: number,
    private readonly label: string,
    private readonly round: number,
  ) {}

  /** A whole number from `least` to `greatest`, both included. */
  int(least: number, greatest: number): number {
    return least + (this.next() % (greatest - least + 1))
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.int(0, choices.length - 1)]!
  }

  shape(rank: number, least = 1, greatest = 7): number[] {
    return Array.from({ length: rank }, () => this.int(least, greatest))
  }

  /** Values in [low, high); with `special`, one in eight is NaN, an infinity, a zero of either sign or great. */
  values(shape: readonly number[], low = -2, high = 2, special = false): Float32Array {
    const length = shape.reduce((product, size) => product * size, 1)
    const odd = [NaN, Infinity, -Infinity, 0, -0, 1e30, -1e30, 1e-30]
    return Float32Array.from({ length }, () => {
      const bits = this.next()
      if (special && bits % 8 === 0) return odd[(bits >>> 3) % odd.length]!
      return low + ((high - low) * (bits >>> 8)) / 0x1000000
    })
  }

  private next(): number {
    return hashKey(this.seed, this.label, this.round, this.count++)
  }
}

/** The seed of this run: `DUCTUS_TEST_SEED`, or another one at every run. */
export const seed = Number(
  process.env.DUCTUS_TEST_SEED ?? Number(process.hrtime.bigint() % 1_000_000n),
)
