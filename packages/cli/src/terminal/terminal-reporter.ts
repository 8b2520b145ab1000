import type { ProgressState, Reporter } from '@ductus/training'
import type { LiveLine } from './live-line.js'
import type { Printer } from './printer.js'
import { epochName, metricsText, progressText } from './progress-text.js'

/** Shows a run: one line redrawn on a terminal, and on a terminal or off it a line an epoch with its means. */
export class TerminalReporter implements Reporter {
  /** Signs that the fit didn't learn: to print after its results, where they are read. */
  readonly findings: string[] = []
  #trainingSpeed = 0

  constructor(
    private readonly printer: Printer,
    private readonly line: LiveLine,
    private readonly isProgressShown: boolean,
  ) {}

  info(text: string): void {
    this.printer.info(text)
  }

  warn(text: string): void {
    this.printer.warn(text)
  }

  finding(text: string): void {
    this.findings.push(text)
  }

  progress(state: ProgressState): void {
    if (!state.done) {
      if (state.stage === 'train') this.#trainingSpeed = state.samplesPerSecond
      if (this.isProgressShown) this.line.draw(progressText(state))
      return
    }
    this.line.clear()
    if (state.stage === 'train') this.printer.info(this.#epochLine(state))
  }

  /** Takes the live line away: the run is over, whatever its end. */
  finish(): void {
    this.line.clear()
  }

  #epochLine(state: ProgressState): string {
    const metrics = Object.entries(state.metrics).filter(([name]) => !name.startsWith('test/'))
    const speed = Math.round(this.#trainingSpeed).toLocaleString('en-US')
    const said = `${epochName(state)}: ${metricsText(Object.fromEntries(metrics))}`
    return this.#trainingSpeed > 0 ? `${said} (${speed} samples/s)` : said
  }
}
