import { hashKey } from '@ductus/backend'

/** Values strewn in: `odd` NaN, infinities and zeros of both signs; `extreme` great and tiny numbers too. */
export type Special = 'none' | 'odd' | 'extreme'

const odd = [NaN, Infinity, -Infinity, 0, -0]
const specialValues: Record<Special, number[]> = {
  none: [],
  odd,
  extreme: [...odd, 1e30, -1e30, 1e-30],
}

/** Draws sizes and values of a test by a seed that is printed with its name. */
export class Draw {
  private count = 0

  constructor(
    readonly seed: number,
    private readonly label: string,
    readonly round: number,
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

  /** Values in [low, high); one in eight is a special one. */
  values(shape: readonly number[], low = -2, high = 2, special: Special = 'none'): Float32Array {
    const length = shape.reduce((product, size) => product * size, 1)
    const odd = specialValues[special]
    return Float32Array.from({ length }, () => {
      const bits = this.next()
      if (odd.length > 0 && bits % 8 === 0) return odd[(bits >>> 3) % odd.length]!
      return low + ((high - low) * (bits >>> 8)) / 0x1000000
    })
  }

  private next(): number {
    return hashKey(this.seed, this.label, this.round, this.count++)
  }
}

/** The seed of this run: `DUCTUS_TEST_SEED`, or a fixed one, so that a run repeats the last. */
export const seed = Number(process.env.DUCTUS_TEST_SEED ?? 1990)
