import type { ProgressState, Reporter } from '@ductus/training'

/** Keeps what is reported. */
export class RecordingReporter implements Reporter {
  readonly infos: string[] = []
  readonly warnings: string[] = []
  readonly states: ProgressState[] = []

  info(line: string): void {
    this.infos.push(line)
  }

  warn(line: string): void {
    this.warnings.push(line)
  }

  progress(state: ProgressState): void {
    this.states.push(state)
  }
}
