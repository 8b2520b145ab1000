import { progressLine } from './progress-line.js'
import type { ProgressState, Reporter } from './reporter.js'

/** What a stream reporter writes to; `process.stderr` is one. */
export interface ReportStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/**
 * Reports to a stream. On a terminal, progress is one line that is redrawn; elsewhere it is a line for each pass that
 * is over, so that a log file stays short.
 *
 * @param terminal whether to redraw. Defaults to what the stream says of itself.
 */
export function streamReporter(
  stream: ReportStream,
  terminal: boolean = stream.isTTY ?? false,
): Reporter {
  let drawn = false
  const line = (text: string): void => {
    if (drawn) stream.write('\r\u001b[2K')
    drawn = false
    stream.write(`${text}\n`)
  }
  return {
    info: line,
    warn: (text) => {
      line(`Warning: ${text}`)
    },
    progress: (state: ProgressState) => {
      if (state.done) line(progressLine(state))
      else if (terminal) {
        const width = (stream.columns ?? 80) - 1
        stream.write(`\r\u001b[2K${progressLine(state, 16).slice(0, width)}`)
        drawn = true
      }
    },
  }
}
