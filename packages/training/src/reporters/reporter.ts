import type { Stage } from '../modules/step-context.js'

/** How far a loop is; given to `Reporter.progress` a few times a second and at the end of each pass. */
export interface ProgressState {
  stage: Stage
  /** Epochs done before this one. */
  epoch: number
  /** Undefined where steps or time end the run. */
  maxEpochs: number | undefined
  /** Batches done and in all, of this pass. */
  batch: number
  batches: number
  /** Samples done and in all, of this pass. */
  samples: number
  samplesTotal: number
  samplesPerSecond: number
  secondsLeft: number
  /** Means so far in this pass, with the latest of earlier ones. */
  metrics: Readonly<Record<string, number>>
  /** True once, when the pass is over: the line stays. */
  done: boolean
}

/** Takes what a run has to say. Libraries print nothing: whoever owns the terminal gives one. */
export interface Reporter {
  info(line: string): void
  warn(line: string): void
  /** Takes a sign that a fit didn't learn, at its end. Defaults to `warn`. */
  finding?(line: string): void
  progress(state: ProgressState): void
}

/** Keeps quiet: the default. */
export const silentReporter: Reporter = {
  info() {},
  warn() {},
  progress() {},
}
