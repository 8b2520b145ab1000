/** One span as it is kept. */
export interface Span {
  name: string
  heading: string
  /** Milliseconds. */
  start: number
  end: number
  /** Negative where it has none. */
  index: number
}

/** Past so many only sums go on: a trace of them is about 100 MB. */
const mostSpans = 1_000_000

/** Keeps spans in order of their start, 24 bytes each, up to a limit. */
export class SpanLog {
  readonly #names: { name: string; heading: string }[] = []
  #ids = new Int32Array(1024)
  #indices = new Int32Array(1024)
  #starts = new Float64Array(1024)
  #ends = new Float64Array(1024)
  #length = 0
  #dropped = 0

  /** Spans kept. */
  get length(): number {
    return this.#length
  }

  /** Spans past the limit. */
  get dropped(): number {
    return this.#dropped
  }

  /** Makes a name known; gives its number. */
  name(name: string, heading: string): number {
    return this.#names.push({ name, heading }) - 1
  }

  /** Gives the place of a span that begins, negative past the limit. */
  open(id: number, start: number, index: number): number {
    if (this.#length === mostSpans) {
      this.#dropped++
      return -1
    }
    if (this.#length === this.#ids.length) this.#grow()
    const slot = this.#length++
    this.#ids[slot] = id
    this.#indices[slot] = index
    this.#starts[slot] = start
    return slot
  }

  close(slot: number, end: number): void {
    if (slot >= 0) this.#ends[slot] = end
  }

  /** A span by its place. */
  at(slot: number): Span {
    return {
      ...this.#names[this.#ids[slot]!]!,
      start: this.#starts[slot]!,
      end: this.#ends[slot]!,
      index: this.#indices[slot]!,
    }
  }

  #grow(): void {
    const length = Math.min(mostSpans, 2 * this.#length)
    const ints = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(length)
      to.set(from)
      return to
    }
    const doubles = (from: Float64Array): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(length)
      to.set(from)
      return to
    }
    this.#ids = ints(this.#ids)
    this.#indices = ints(this.#indices)
    this.#starts = doubles(this.#starts)
    this.#ends = doubles(this.#ends)
  }
}
