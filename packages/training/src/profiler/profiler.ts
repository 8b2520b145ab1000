import { SpanLog } from './span-log.js'

/** Where the time of a run went, under one heading. */
export interface ProfileRow {
  /** Such as `forward`, `callback ProgressBar` or `other`. */
  name: string
  calls: number
  /** Milliseconds of its own: what ran inside it under another heading is not counted again. */
  ms: number
  /** The part of the run's time, 0 to 1; over all rows they add up to 1. */
  share: number
}

/** What a profile found. */
export interface Profile {
  /** Most time first, `other` last: what lies between all that is measured. */
  rows: readonly ProfileRow[]
  /** Milliseconds from the run's start to its end. */
  ms: number
}

const other = 'other'

interface Open {
  id: number
  start: number
  /** Milliseconds of what ran inside. */
  inner: number
  slot: number
}

/**
 * Measures where the time of a run goes, on the host's clock: spans inside spans, each with a name and the heading that
 * its own time counts under.
 */
export class Profiler {
  readonly spans = new SpanLog()
  readonly #clock: () => number
  readonly #ids = new Map<string, number>()
  readonly #headings: string[] = []
  readonly #calls: number[] = []
  readonly #ms: number[] = []
  readonly #open: Open[] = []
  #depth = 0
  #profile: Profile | undefined

  /** Starts with the run as the outermost span. */
  constructor(clock: () => number) {
    this.#clock = clock
    this.begin('fit', other)
  }

  /**
   * Opens a span.
   *
   * @param heading what its own time counts under. Defaults to its name.
   * @param index a number that tells it from others of its name: the epoch's, the step's
   */
  begin(name: string, heading = name, index = -1): void {
    const id = this.#ids.get(name) ?? this.#add(name, heading)
    const open = (this.#open[this.#depth++] ??= { id: 0, start: 0, inner: 0, slot: 0 })
    open.id = id
    open.inner = 0
    open.start = this.#clock()
    open.slot = this.spans.open(id, open.start, index)
  }

  /** Closes the span that was opened last. */
  end(): void {
    const open = this.#open[--this.#depth]!
    const now = this.#clock()
    const ms = now - open.start
    this.#calls[open.id]!++
    this.#ms[open.id]! += ms - open.inner
    if (this.#depth > 0) this.#open[this.#depth - 1]!.inner += ms
    this.spans.close(open.slot, now)
  }

  /** Closes a span and opens the next. */
  next(name: string): void {
    this.end()
    this.begin(name)
  }

  /** Measures a function whenever it is called, until its promise is fulfilled where it gives one. */
  around<Args extends unknown[], Result>(
    name: string,
    heading: string,
    call: (...args: Args) => Result,
  ): (...args: Args) => Result {
    return (...args) => {
      if (this.#profile) return call(...args)
      this.begin(name, heading)
      let pending = false
      try {
        const result = call(...args)
        if (!(result instanceof Promise)) return result
        pending = true
        return result.finally(() => {
          this.end()
        }) as Result
      } finally {
        if (!pending) this.end()
      }
    }
  }

  /** Measures how long one waits for each item. */
  async *waiting<Item>(name: string, items: AsyncIterable<Item>): AsyncGenerator<Item> {
    const iterator = items[Symbol.asyncIterator]()
    try {
      for (;;) {
        this.begin(name)
        const next = await iterator.next()
        this.end()
        if (next.done) return
        yield next.value
      }
    } finally {
      await iterator.return?.()
    }
  }

  /** Closes all that is open, and sums up. */
  finish(): Profile {
    if (this.#profile) return this.#profile
    while (this.#depth > 0) this.end()
    const ms = this.#ms.reduce((sum, each) => sum + each, 0)
    const rows = new Map<string, ProfileRow>()
    this.#headings.forEach((name, id) => {
      const row = rows.get(name) ?? { name, calls: 0, ms: 0, share: 0 }
      row.calls += this.#calls[id]!
      row.ms += this.#ms[id]!
      row.share = ms > 0 ? row.ms / ms : 0
      rows.set(name, row)
    })
    const rest = rows.get(other)!
    rows.delete(other)
    rest.calls = 1
    this.#profile = { rows: [...[...rows.values()].sort((a, b) => b.ms - a.ms), rest], ms }
    return this.#profile
  }

  #add(name: string, heading: string): number {
    const id = this.spans.name(name, heading)
    this.#ids.set(name, id)
    this.#headings.push(heading)
    this.#calls.push(0)
    this.#ms.push(0)
    return id
  }
}

/** Measures a function where there is a profiler. */
export function timed<Result>(
  profiler: Profiler | undefined,
  name: string,
  call: () => Result,
): Result {
  return profiler ? profiler.around(name, name, call)() : call()
}
