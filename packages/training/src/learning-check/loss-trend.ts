/** Losses that are kept at either end of a fit. */
const window = 32

/** The losses at both ends of a fit, as JSON. */
export interface LossTrendState {
  count: number
  first: number[]
  last: number[]
  /** The highest loss that five batches in a row reached; null before the fifth. */
  peak: number | null
}

/** How the training loss went between the ends of a fit. */
export interface LossChange {
  /** `unclear` where the noise of the batches hides it, or too few were seen. */
  direction: 'rose' | 'fell' | 'flat' | 'unclear'
  /** Loss of the first batch, before any update. */
  from: number
  /** Mean of the last batches: geometric, where all losses are above 0. */
  to: number
  /** The highest loss that five batches in a row reached, where the loss rose tenfold on the way and fell again. */
  peak?: number
}

/**
 * Remembers the training loss of the first and the last batches, and judges by them how it went. It compares
 * logarithms, by the noise from batch to batch: a loss of 1e10 and one of 1e-3 are judged alike, and one odd batch
 * weighs little.
 */
export class LossTrend {
  #count = 0
  #first: number[] = []
  #last: number[] = []
  #peak: number | null = null

  /** Batches seen. */
  get count(): number {
    return this.#count
  }

  add(loss: number): void {
    if (!Number.isFinite(loss)) return
    this.#count++
    if (this.#first.length < window) this.#first.push(loss)
    this.#last.push(loss)
    if (this.#last.length > window) this.#last.shift()
    if (this.#count < 5) return
    let reached = loss
    for (let back = 2; back <= 5; back++) reached = Math.min(reached, this.#last.at(-back)!)
    if (this.#peak === null || reached > this.#peak) this.#peak = reached
  }

  /** Whether the loss is at least `factor` times what it was before the first update, or 1 where that was less. */
  exploded(factor: number): boolean {
    const start = Math.max(1, Math.abs(this.#first[0] ?? 0))
    return this.#count >= 3 && this.#tail().every((loss) => Math.abs(loss) > factor * start)
  }

  /**
   * Judges the loss at the end against that of the first batch, which no update had touched.
   *
   * @param shown what else shows of the model: one that has `learned` rose only where it did over all the first batches,
   *   as a fine-tuning may happen to start with an easy batch; of one that hasn't any rise counts
   */
  change(shown?: 'learned' | 'not learned'): LossChange {
    const tail = this.#tail()
    const head = this.#first.slice(0, tail.length)
    const from = this.#first[0] ?? NaN
    const positive = [...head, ...tail].every((loss) => loss > 0)
    const scale = positive ? Math.log : Math.asinh
    const start = scale(from)
    const [before, after] = [spread(head.map(scale)), spread(tail.map(scale))]
    const ends = { from, to: positive ? Math.exp(after.mean) : Math.sinh(after.mean) }
    const rise = after.mean - start
    const above = tail.map((loss) => scale(loss) - start).sort((a, b) => a - b)
    if (this.#count >= 3 && above[0]! > Math.log(10)) return { direction: 'rose', ...ends }
    if (tail.length < 5) return { direction: 'unclear', ...ends }
    const error = Math.hypot(before.noise, after.noise) / Math.sqrt(tail.length)
    const shift = after.mean - before.mean
    const nearlyAll = above[Math.floor(above.length / 10)]! > Math.log(1.25)
    const noise = shown === 'not learned' ? after.noise / Math.sqrt(tail.length) : after.noise
    const higher = nearlyAll || rise > Math.max(0.05, 4 * noise)
    if (higher && (shown !== 'learned' || shift > Math.max(0.05, 4 * error))) {
      return { direction: 'rose', ...ends }
    }
    if (rise < -Math.max(0.1, (3 * after.noise) / Math.sqrt(tail.length))) {
      return { direction: 'fell', ...ends }
    }
    const peak = this.#peak ?? -Infinity
    if (shown !== 'learned' && scale(peak) > Math.max(start, after.mean) + Math.log(10)) {
      return { direction: 'rose', ...ends, peak }
    }
    const steady = Math.abs(shift) < Math.max(0.02, 2.5 * error) && error < 0.1
    const isFlat = steady && Math.abs(rise) < Math.max(0.03, 3 * after.noise)
    return { direction: isFlat ? 'flat' : 'unclear', ...ends }
  }

  state(): LossTrendState {
    return { count: this.#count, first: [...this.#first], last: [...this.#last], peak: this.#peak }
  }

  restore({ count, first, last, peak }: LossTrendState): void {
    this.#count = count
    this.#first = [...first]
    this.#last = [...last]
    this.#peak = peak
  }

  /** The losses that stand for the end: the second half of a short fit, the last `window` of a long one. */
  #tail(): number[] {
    return this.#last.slice(-Math.max(1, Math.floor(this.#count / 2)))
  }
}

/** Mean, and the noise from one value to the next, which a trend doesn't add to. */
function spread(values: readonly number[]): { mean: number; noise: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let squares = 0
  for (let i = 1; i < values.length; i++) squares += (values[i]! - values[i - 1]!) ** 2
  return { mean, noise: Math.sqrt(squares / 2 / Math.max(1, values.length - 1)) }
}
