import type { StateSchema } from '../files/state-schema.js'
import type { LoggedImage } from '../files/encode-png.js'
import type { Reporter } from '../reporters/reporter.js'

/** A row of numbers that loggers get. */
export interface LogRow {
  /** What it sums up: one optimizer step, a validation, an epoch, or a test. */
  kind: 'step' | 'validation' | 'epoch' | 'test'
  epoch: number
  /** Optimizer steps done. */
  step: number
  /** Training samples seen. */
  samples: number
  metrics: Readonly<Record<string, number>>
  /** Seconds since this process began the run. */
  seconds: number
  /** Training samples a second since the last row of its kind; undefined where nothing was trained. */
  samplesPerSecond: number | undefined
  /** The share of that training's time that waited for data, 0 to 1; undefined where nothing was trained. */
  waitedForData: number | undefined
}

/** The run that a logger is opened for. */
export interface LoggedRun {
  runDir: string
  name: string
  version: number
  hparams: Readonly<Record<string, unknown>>
  /** Whether the run goes on from a checkpoint. */
  resumed: boolean
  /** Takes what the logger has to say. */
  reporter: Reporter
}

/**
 * Takes rows to wherever they are kept. A slow one queues: `log` must return at once. An error of `open` or `restore`
 * ends the fit before it trains; a later one is a warning, and the run continues without the logger.
 */
export interface Logger {
  /** What checkpoints call it. */
  readonly name: string
  open?(run: LoggedRun): void | Promise<void>
  log(row: LogRow): void
  /** Takes a text in Markdown, where the logger shows such. */
  text?(tag: string, text: string, step: number): void
  /** Takes a picture, where the logger shows such. */
  image?(tag: string, image: LoggedImage, step: number): void
  /** Waits until all rows are where they belong. */
  flush?(): void | Promise<void>
  close?(status: string): void | Promise<void>
  /** Gives what a checkpoint must hold so that rows past it can be cut. */
  state?(): unknown
  /** Checks a stored state before anything of a run is restored, such as a zod schema. Defaults to no check. */
  readonly stateSchema?: StateSchema
  /** Cuts what was logged past the checkpoint; called after `open`. */
  restore?(state: unknown): void | Promise<void>
}
