import type { Batch } from '@ductus/data'
import type {
  CheckpointRequest,
  HookLogOptions,
  TrainerContext,
} from '../callbacks/trainer-context.js'
import type { LoggedImage } from '../files/encode-png.js'
import type { Logger } from '../loggers/logger.js'
import { assertMetricName } from '../metrics/assert-metric-name.js'
import type { MetricMode } from '../metrics/metric-mode.js'
import { StepLog, type LoggedValue } from '../metrics/step-log.js'
import { WeightedMeans } from '../metrics/weighted-means.js'
import type { LitModule } from '../modules/lit-module.js'
import type { Stage } from '../modules/step-context.js'
import type { Optimizer } from '../optimizers/optimizer.js'
import type { Reporter } from '../reporters/reporter.js'
import { initialLoopState, type LoopState } from './loop-state.js'

/** What a run is given at its start and keeps. */
export interface RunSetup {
  module: LitModule
  reporter: Reporter
  seed: number
  maxEpochs: number | undefined
  maxSteps: number | undefined
}

/** The context of one run: hooks read it, the loops write it. */
export class RunContext implements TrainerContext {
  readonly module: LitModule
  readonly reporter: Reporter
  readonly seed: number
  readonly maxEpochs: number | undefined
  readonly maxSteps: number | undefined
  stage: Stage = 'train'
  sanityChecking = false
  epoch = 0
  batchIndex = 0
  batches = 0
  passSamples = 0
  fitting = false
  validates = false
  batchSize = 0
  batch: Batch | undefined
  runDir: string | undefined
  optimizers: Readonly<Record<string, Optimizer>> = {}
  fresh: Readonly<Record<string, number>> = {}
  state: LoopState = initialLoopState()
  /** Who takes texts and pictures. */
  loggers: readonly Logger[] = []
  /** Means of the pass that runs. */
  means = new WeightedMeans()
  /** Tensors that hooks logged, waiting to be read. */
  readonly #extra = new StepLog()
  /** Names of what loggers do not get. */
  readonly #watchedOnly = new Set<string>()
  #requests: CheckpointRequest[] = []
  /** A reason that checkpoints do not keep. */
  #passingReason: string | null = null

  constructor(setup: RunSetup) {
    this.module = setup.module
    this.reporter = setup.reporter
    this.seed = setup.seed
    this.maxEpochs = setup.maxEpochs
    this.maxSteps = setup.maxSteps
  }

  get step(): number {
    return this.state.step
  }

  get validations(): number {
    return this.state.validations
  }

  get samples(): number {
    return this.state.samples
  }

  get metrics(): Readonly<Record<string, number>> {
    return this.state.metrics
  }

  get logged(): Readonly<Record<string, number>> {
    return this.state.logged
  }

  get modes(): Readonly<Record<string, MetricMode>> {
    return this.state.modes
  }

  get running(): Readonly<Record<string, number>> {
    return this.means.means()
  }

  /** Why a callback asked the run to end, null while none did. */
  get stopReason(): string | null {
    return this.state.stopReason ?? this.#passingReason
  }

  stop(reason: string, { resumable = false }: { resumable?: boolean } = {}): void {
    if (resumable) this.#passingReason ??= reason
    else this.state.stopReason ??= reason
  }

  log(name: string, value: LoggedValue, { mode, row = true }: HookLogOptions = {}): void {
    assertMetricName(name)
    this.declare(name, mode)
    if (!row) this.#watchedOnly.add(name)
    if (typeof value === 'number') this.#took(name, value)
    else this.#extra.add(name, value, 1)
  }

  /** Notes which way of a metric is better, where that is said. */
  declare(name: string, mode: MetricMode | undefined): void {
    if (mode !== undefined) this.state.modes[name] = mode
  }

  /** Reads the tensors that hooks logged. */
  async settle(): Promise<void> {
    if (!this.#extra.pending) return
    for (const { name, value } of await this.#extra.take()) this.#took(name, value)
  }

  #took(name: string, value: number): void {
    this.state.logged[name] = value
    if (!this.#watchedOnly.has(name)) this.state.waiting[name] = value
  }

  logText(tag: string, text: string): void {
    for (const logger of this.loggers) logger.text?.(tag, text, this.step)
  }

  logImage(tag: string, image: LoggedImage): void {
    for (const logger of this.loggers) logger.image?.(tag, image, this.step)
  }

  /** Takes what hooks logged since the last row; of one name the latest. */
  async takeLogged(): Promise<Record<string, number>> {
    await this.settle()
    const { waiting } = this.state
    this.state.waiting = {}
    return waiting
  }

  /** Drops what hooks logged: the run has failed. */
  dropLogged(): void {
    this.#extra.clear()
  }

  requestCheckpoint(request: CheckpointRequest): void {
    this.#requests.push(request)
  }

  takeRequests(): CheckpointRequest[] {
    const requests = this.#requests
    this.#requests = []
    return requests
  }
}
