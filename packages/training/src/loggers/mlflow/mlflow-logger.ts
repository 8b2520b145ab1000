import type { StateSchema } from '../../files/state-schema.js'
import { z } from 'zod'
import { silentReporter, type Reporter } from '../../reporters/reporter.js'
import { TrainingError } from '../../training-error.js'
import { withoutCredentials } from '../../without-credentials.js'
import { flatHparams } from '../flat-hparams.js'
import type { LoggedRun, Logger, LogRow } from '../logger.js'
import { MLflowClient, Refusal } from './mlflow-client.js'

/** Options of `MLflowLogger`. */
export interface MLflowLoggerOptions {
  /** Address of the tracking server. Defaults to the environment's `MLFLOW_TRACKING_URI`. */
  trackingUri?: string
  /** Made where it is not there. Defaults to the environment's `MLFLOW_EXPERIMENT_NAME`, or to the run's name. */
  experiment?: string
  /** Milliseconds after which a request is given up. Defaults to 30,000. */
  timeoutMs?: number
  /** Milliseconds until a server that failed is tried again. Defaults to 5,000. */
  retryMs?: number
  /** Gives milliseconds since 1970. Defaults to `Date.now`. */
  now?: () => number
}

interface Metric {
  key: string
  value: number
  timestamp: number
  step: number
}

/** What MLflow takes in one request. */
const mostMetrics = 1000
const mostParams = 100
/** What its stores keep of one value, the least of them. */
const mostCharacters = 500
/** Answers that say that the request is at fault: 400 bad request, 413 too large, 422 not to be processed. */
const unfit = new Set([400, 413, 422])
/** Metrics that wait for a server that is away; the oldest go first. */
const mostWaiting = 100_000

/**
 * Logs to an MLflow tracking server over its REST interface (2.0): hyperparameters when the run opens, metrics in
 * batches behind the run's back, how the run ended. Read back from a server of MLflow 3.17.2.
 *
 * A server that is not there when the run opens is an error, before anything was trained. One that fails later costs a
 * warning: the run goes on, what waits is sent when the server is back, and what could not be sent at the end is named.
 * A resumed run goes on in the same run of MLflow; what that holds past the checkpoint is logged again, with the same
 * numbers. Credentials come from the address (`https://user:password@host`), `MLFLOW_TRACKING_TOKEN`, or
 * `MLFLOW_TRACKING_USERNAME` and `_PASSWORD`; they are sent to that server alone, and are in no file, message or other
 * request.
 *
 * @throws TrainingError `INVALID_OPTION` without an address; when the run opens, `FILE_SYSTEM` where the server is not
 *   there or refuses
 */
export class MLflowLogger implements Logger {
  readonly name = 'mlflow'
  readonly stateSchema: StateSchema = z.object({ runId: z.string().max(256).optional() })
  readonly #client: MLflowClient
  readonly #options: MLflowLoggerOptions
  readonly #now: () => number
  #reporter: Reporter = silentReporter
  #runId: string | undefined
  #opened: LoggedRun | undefined
  #waiting: Metric[] = []
  #sending: Promise<void> | undefined
  /** Why the server failed last, until it answers again. */
  #failure: Error | undefined
  #tryAgainAt = 0

  constructor(options: MLflowLoggerOptions = {}) {
    const address = options.trackingUri ?? process.env.MLFLOW_TRACKING_URI
    if (!address || !/^https?:\/\//.test(address) || !URL.canParse(address)) {
      throw new TrainingError(
        'INVALID_OPTION',
        `MLflowLogger: expected trackingUri to be an http address, received ${withoutCredentials(address ?? 'none')}. ` +
          'Give { trackingUri: "http://127.0.0.1:5000" } or set MLFLOW_TRACKING_URI.',
      )
    }
    this.#client = new MLflowClient(address, options.timeoutMs ?? 30_000)
    this.#options = options
    this.#now = options.now ?? (() => Date.now())
  }

  /** MLflow's id of the run, once it is open. */
  get runId(): string | undefined {
    return this.#runId
  }

  async open(run: LoggedRun): Promise<void> {
    this.#opened = run
    this.#reporter = run.reporter
    this.#runId = undefined
    // A resumed run is told its id next.
    if (!run.resumed) await this.#create(run)
  }

  log({ step, metrics }: LogRow): void {
    const timestamp = this.#now()
    for (const [name, value] of Object.entries(metrics)) {
      // What JSON cannot hold, and characters that MLflow refuses together with all of the request.
      const key = name.replace(/[^\w\-. :/]/g, '_')
      if (Number.isFinite(value)) this.#waiting.push({ key, value, timestamp, step })
    }
    if (this.#failure && timestamp < this.#tryAgainAt) return
    this.#sending ??= this.#send()
  }

  /** Waits until all metrics are with the server; a server that is away is tried once more. */
  async flush(): Promise<void> {
    await this.#sending
    if (this.#waiting.length > 0) await (this.#sending ??= this.#send())
  }

  async close(status: string): Promise<void> {
    await this.flush()
    const ended = { completed: 'FINISHED', stopped: 'FINISHED', interrupted: 'KILLED' }[status]
    try {
      const run = { run_id: this.#runId, status: ended ?? 'FAILED', end_time: this.#now() }
      if (this.#runId !== undefined) await this.#client.post('runs/update', run)
    } catch (error) {
      this.#failed(error as Error)
    }
    const lost = this.#waiting.length
    if (lost > 0) this.#reporter.warn(`MLflowLogger: ${lost} metrics were not sent.`)
    this.#waiting = []
  }

  state(): { runId: string | undefined } {
    return { runId: this.#runId }
  }

  /** Goes on in the same run of MLflow, or in a new one where that is gone. */
  async restore(state: unknown): Promise<void> {
    const kept = (state as { runId?: unknown } | null)?.runId
    const runId = typeof kept === 'string' ? kept : undefined
    const found =
      runId === undefined ? undefined : await this.#client.get('runs/get', { run_id: runId })
    if (!found) return this.#create(this.#opened!)
    this.#runId = runId
    await this.#client.post('runs/update', { run_id: runId, status: 'RUNNING' })
  }

  async #create({ name, version, hparams }: LoggedRun): Promise<void> {
    const { experiment = process.env.MLFLOW_EXPERIMENT_NAME ?? name } = this.#options
    const created = await this.#client.post('runs/create', {
      experiment_id: await this.#experiment(experiment),
      run_name: `${name}/version_${version}`,
      start_time: this.#now(),
    })
    const run_id = created.text('run.info.run_id')
    this.#runId = run_id
    const params = flatHparams(hparams).map(([key, value]) => ({
      key: key.replace(/[^\w\-. :/]/g, '_'),
      value: String(value).slice(0, mostCharacters),
    }))
    for (let from = 0; from < params.length; from += mostParams) {
      const batch = params.slice(from, from + mostParams)
      await this.#client.post('runs/log-batch', { run_id, params: batch })
    }
  }

  async #experiment(name: string): Promise<string> {
    const found = await this.#client.get('experiments/get-by-name', { experiment_name: name })
    if (found) return found.text('experiment.experiment_id')
    const made = await this.#client.post('experiments/create', { name })
    return made.text('experiment_id')
  }

  /** Sends what waits; never throws. */
  async #send(): Promise<void> {
    try {
      if (this.#runId === undefined && this.#opened) await this.#create(this.#opened)
      while (this.#waiting.length > 0) {
        const metrics = this.#waiting.slice(0, mostMetrics)
        try {
          await this.#client.post('runs/log-batch', { run_id: this.#runId, metrics })
        } catch (error) {
          // A server that is up and cannot take such metrics would not take them later either.
          if (!(error instanceof Refusal && unfit.has(error.status))) throw error
          this.#reporter.warn(`${error.message} ${metrics.length} metrics are left out.`)
        }
        this.#waiting.splice(0, metrics.length)
        this.#failure = undefined
      }
    } catch (error) {
      this.#failed(error as Error)
    } finally {
      this.#sending = undefined
    }
  }

  #failed(error: Error): void {
    if (!this.#failure) {
      this.#reporter.warn(`${error.message} The run goes on; what waits is sent when it is back.`)
    }
    this.#failure = error
    this.#tryAgainAt = this.#now() + (this.#options.retryMs ?? 5000)
    this.#waiting.splice(0, this.#waiting.length - mostWaiting)
  }
}
