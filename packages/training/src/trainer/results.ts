import type { LearningFinding } from '../learning-check/learning-finding.js'
import type { EvaluationReport } from '../modules/lit-module.js'
import type { Profile } from '../profiler/profiler.js'

/** How a run ended. */
export type RunStatus = 'completed' | 'stopped' | 'interrupted'

/** What `fit` gives. */
export interface FitResult {
  /** `completed` at the end of epochs or steps, `stopped` by a callback or by time, `interrupted` from outside. */
  status: RunStatus
  /** Why a run was stopped; null for one that was not. */
  stopReason: string | null
  /** Epochs done, over all processes of the run. */
  epochs: number
  /** Optimizer steps done, over all processes of the run. */
  steps: number
  /** Seconds this call took. */
  seconds: number
  /** Training samples a second, validation and checkpoints apart; 0 where this call trained none. */
  samplesPerSecond: number
  /** The share of training's time that waited for the loader's next batch, 0 to 1; 0 where this call trained none. */
  waitedForData: number
  /** Where the time went; null without `profile`. */
  profile: Profile | null
  /** The latest value of each metric. */
  metrics: Record<string, number>
  /** Signs that the model didn't learn, the gravest first; empty where there is none, or with `learningCheck: false`. */
  findings: readonly LearningFinding[]
  /** Null where nothing was written. */
  runDir: string | null
  /** Folder of the best checkpoint; null where there is none. */
  bestCheckpoint: string | null
  lastCheckpoint: string | null
  /** The monitored metric of the best checkpoint. */
  bestScore: number | null
}

/** What `validate` and `test` give: the module's report is in it, such as a classifier's `confusion`. */
export interface EvaluationResult extends EvaluationReport {
  status: RunStatus
  metrics: Record<string, number>
  samples: number
  seconds: number
  samplesPerSecond: number
  /** The checkpoint whose weights were tested; null for the weights as they were. */
  checkpoint: string | null
}

/** What `predict` gives. */
export interface PredictResult {
  status: RunStatus
  /** All predictions, row-major. */
  values: Float32Array
  /** `[samples, ...]` */
  shape: number[]
  samples: number
  seconds: number
  samplesPerSecond: number
}
