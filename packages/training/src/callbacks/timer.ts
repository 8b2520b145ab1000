import { z } from 'zod'
import type { StateSchema } from '../files/state-schema.js'
import { assertOption } from './assert-option.js'
import type { Callback } from './callback.js'
import type { TrainerContext } from './trainer-context.js'

/** What a fit spends its time on; a test after it counts apart. */
export type TimedStage = 'train' | 'validation' | 'test'

/** Options of `Timer`. */
export interface TimerOptions {
  /** Milliseconds of training and validation after which the run stops. Defaults to no limit. */
  maxTimeMs?: number
  /** Where the limit is looked at: after each step and validation, or after each epoch. Defaults to `step`. */
  interval?: 'step' | 'epoch'
  /** Gives milliseconds. Defaults to `performance.now`. */
  clock?: () => number
}

interface State {
  usedMs: Record<TimedStage, number>
  stage: TimedStage
}

const milliseconds = z.number().nonnegative()

/**
 * Counts the time of a run by stage, and stops it when its time is used up. A run that is taken up again goes on
 * counting; one that was stopped goes on where the limit is higher now.
 */
export class Timer implements Callback {
  readonly name = 'Timer'
  readonly skipOnFastDevRun = true
  readonly stateSchema: StateSchema = z.object({
    usedMs: z.object({ train: milliseconds, validation: milliseconds, test: milliseconds }),
    stage: z.enum(['train', 'validation', 'test']),
  })
  readonly #limit: number
  readonly #interval: 'step' | 'epoch'
  readonly #clock: () => number
  #used: Record<TimedStage, number> = { train: 0, validation: 0, test: 0 }
  #stage: TimedStage = 'train'
  /** When the running stage began; undefined while none does. */
  #since: number | undefined

  constructor({ maxTimeMs = Infinity, interval = 'step', clock }: TimerOptions = {}) {
    this.#limit = maxTimeMs
    this.#interval = interval
    this.#clock = clock ?? (() => performance.now())
    const above = { expected: 'a number above 0', holds: (value: number) => value > 0 }
    assertOption('Timer', 'maxTimeMs', maxTimeMs, above, 'no limit')
  }

  /** Gives the milliseconds that a stage has taken so far, in all processes of the run. */
  usedMs(stage: TimedStage): number {
    const running = this.#since !== undefined && this.#stage === stage
    return this.#used[stage] + (running ? this.#clock() - this.#since! : 0)
  }

  /** Milliseconds that are left for training and validation. */
  get leftMs(): number {
    return Math.max(0, this.#limit - this.usedMs('train') - this.usedMs('validation'))
  }

  onFitStart(context: TrainerContext): void {
    this.#enter(this.#stage === 'test' ? 'train' : this.#stage)
    this.#check(context)
  }

  onValidationStart({ fitting }: TrainerContext): void {
    if (fitting) this.#enter('validation')
  }

  onValidationEnd(context: TrainerContext): void {
    if (!context.fitting) return
    this.#enter('train')
    if (this.#interval === 'step') this.#check(context)
  }

  onTrainBatchEnd(context: TrainerContext): void {
    if (this.#interval === 'step') this.#check(context)
  }

  onEpochEnd(context: TrainerContext): void {
    this.#check(context)
  }

  onTestStart(): void {
    this.#enter('test')
  }

  onTeardown(): void {
    this.#pause()
  }

  state(): State {
    const { train, validation, test } = {
      train: this.usedMs('train'),
      validation: this.usedMs('validation'),
      test: this.usedMs('test'),
    }
    return { usedMs: { train, validation, test }, stage: this.#stage }
  }

  restore(state: unknown): void {
    const { usedMs, stage } = state as State
    this.#used = { ...usedMs }
    this.#stage = stage
    this.#since = undefined
  }

  #enter(stage: TimedStage): void {
    this.#pause()
    this.#stage = stage
    this.#since = this.#clock()
  }

  #pause(): void {
    this.#used[this.#stage] = this.usedMs(this.#stage)
    this.#since = undefined
  }

  #check(context: TrainerContext): void {
    if (this.leftMs > 0) return
    const seconds = (stage: TimedStage): string => (this.usedMs(stage) / 1000).toFixed(1)
    context.stop(
      `Timer: ${this.#limit / 1000} s are over (training ${seconds('train')} s, validation ${seconds('validation')} s)`,
      { resumable: true },
    )
  }
}
