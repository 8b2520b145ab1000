import type { CliIo, TextSink } from './cli-io.js'

/** One line at the bottom of a terminal that is drawn over and over. */
export class LiveLine {
  readonly isLive: boolean
  #drawn = false

  constructor(private readonly sink: TextSink) {
    this.isLive = sink.isTTY === true
  }

  /** Draws the line anew, cut to the terminal's width; does nothing off a terminal. */
  draw(text: string): void {
    if (!this.isLive) return
    const width = (this.sink.columns ?? 80) - 1
    this.sink.write(`\r\u001b[K${[...text].slice(0, width).join('')}`)
    this.#drawn = true
  }

  /** Takes the line away, so that other text may be written. */
  clear(): void {
    if (!this.#drawn) return
    this.sink.write('\r\u001b[K')
    this.#drawn = false
  }
}

/** Makes an io whose text first takes the live line away. */
export function aroundLiveLine(io: CliIo, line: LiveLine): CliIo {
  const wrapped = (sink: TextSink): TextSink => ({
    write(text) {
      line.clear()
      return sink.write(text)
    },
    get isTTY() {
      return sink.isTTY ?? false
    },
    // Asked each time: a terminal's width changes.
    get columns() {
      return sink.columns
    },
  })
  return { ...io, stdout: wrapped(io.stdout), stderr: wrapped(io.stderr) }
}
