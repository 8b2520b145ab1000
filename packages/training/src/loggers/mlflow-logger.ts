import { TrainingError } from '../training-error.js'
import type { LoggedRun, Logger, LogRow } from './logger.js'

/** Options of `MLflowLogger`. */
export interface MLflowLoggerOptions {
  /** Address of the tracking server. Defaults to the environment's `MLFLOW_TRACKING_URI`. */
  trackingUri?: string
  /** Defaults to the run's name. */
  experiment?: string
  /** Milliseconds after which a request is given up. Defaults to 10,000. */
  timeoutMs?: number
  /** Gives milliseconds since 1970. Defaults to `Date.now`. */
  now?: () => number
}

interface Metric {
  key: string
  value: number
  timestamp: number
  step: number
}

/** MLflow takes at most so many metrics in one request. */
const mostMetrics = 1000

/**
 * Logs to an MLflow tracking server over its REST interface (2.0): hyperparameters when the run opens, metrics in
 * batches behind the run's back, the run's end. A row never waits for the server; a server that fails fails the run
 * when rows are flushed at its end.
 *
 * @throws TrainingError `INVALID_OPTION` without an address, `FILE_SYSTEM` where the server refuses
 */
export class MLflowLogger implements Logger {
  readonly name = 'mlflow'
  readonly #base: string
  readonly #options: MLflowLoggerOptions
  readonly #now: () => number
  #runId: string | undefined
  #waiting: Metric[] = []
  #sending: Promise<void> | undefined
  #failure: Error | undefined
  #opened: LoggedRun | undefined

  constructor(options: MLflowLoggerOptions = {}) {
    const address = options.trackingUri ?? process.env.MLFLOW_TRACKING_URI
    if (!address || !/^https?:\/\//.test(address)) {
      throw new TrainingError(
        'INVALID_OPTION',
        `MLflowLogger: expected trackingUri to be an http address, received ${address ?? 'none'}. ` +
          'Give { trackingUri: "http://127.0.0.1:5000" } or set MLFLOW_TRACKING_URI.',
      )
    }
    this.#base = `${address.replace(/\/+$/, '')}/api/2.0/mlflow`
    this.#options = options
    this.#now = options.now ?? (() => Date.now())
  }

  /** MLflow's id of the run, once it is open. */
  get runId(): string | undefined {
    return this.#runId
  }

  async open(run: LoggedRun): Promise<void> {
    this.#opened = run
    this.#runId = undefined
    // A resumed run is told its id next.
    if (!run.resumed) await this.#create(run)
  }

  log({ step, metrics }: LogRow): void {
    const timestamp = this.#now()
    for (const [name, value] of Object.entries(metrics)) {
      if (Number.isFinite(value)) this.#waiting.push({ key: name, value, timestamp, step })
    }
    this.#sending ??= this.#send()
  }

  async flush(): Promise<void> {
    await this.#sending
    if (this.#failure === undefined) return
    const failure = this.#failure
    this.#failure = undefined
    throw failure
  }

  async close(status: string): Promise<void> {
    await this.flush()
    const ended = { completed: 'FINISHED', stopped: 'FINISHED', interrupted: 'KILLED' }[status]
    const run = { run_id: this.#runId, status: ended ?? 'FAILED', end_time: this.#now() }
    await this.#post('runs/update', run)
  }

  /** A resumed run goes on in the same run of MLflow. */
  state(): { runId: string | undefined } {
    return { runId: this.#runId }
  }

  restore(state: unknown): void {
    this.#runId = (state as { runId?: string }).runId ?? this.#runId
  }

  async #create({ name, version, hparams }: LoggedRun): Promise<void> {
    const experiment = await this.#experiment(this.#options.experiment ?? name)
    const { run } = (await this.#post('runs/create', {
      experiment_id: experiment,
      run_name: `${name}/version_${version}`,
      start_time: this.#now(),
    })) as { run: { info: { run_id: string } } }
    this.#runId = run.info.run_id
    const params = flat(hparams).slice(0, 100)
    await this.#post('runs/log-batch', { run_id: this.#runId, params })
  }

  async #send(): Promise<void> {
    try {
      if (this.#runId === undefined && this.#opened) await this.#create(this.#opened)
      while (this.#waiting.length > 0) {
        const metrics = this.#waiting.splice(0, mostMetrics)
        await this.#post('runs/log-batch', { run_id: this.#runId, metrics })
      }
    } catch (error) {
      this.#waiting = []
      this.#failure = error as Error
    } finally {
      this.#sending = undefined
    }
  }

  async #experiment(name: string): Promise<string> {
    const query = `experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`
    const found = await this.#request(query, { method: 'GET' })
    if (found.ok) {
      const { experiment } = (await found.json()) as { experiment: { experiment_id: string } }
      return experiment.experiment_id
    }
    if (found.status !== 404) throw await refusal(found, query)
    const made = (await this.#post('experiments/create', { name })) as { experiment_id: string }
    return made.experiment_id
  }

  async #post(path: string, body: object): Promise<unknown> {
    const headers = { 'content-type': 'application/json' }
    const response = await this.#request(path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    if (!response.ok) throw await refusal(response, path)
    return response.json()
  }

  async #request(path: string, init: RequestInit): Promise<Response> {
    const signal = AbortSignal.timeout(this.#options.timeoutMs ?? 10_000)
    try {
      return await fetch(`${this.#base}/${path}`, { ...init, signal })
    } catch (cause) {
      throw new TrainingError(
        'FILE_SYSTEM',
        `MLflowLogger: expected an answer of ${this.#base}, received none. Start the server, or leave the logger out.`,
        { cause },
      )
    }
  }
}

async function refusal(response: Response, path: string): Promise<TrainingError> {
  const text = (await response.text()).slice(0, 300)
  return new TrainingError(
    'FILE_SYSTEM',
    `MLflowLogger: expected ${path} to succeed, received ${response.status} ${text}. See the server's log.`,
  )
}

/** Nested options as MLflow's flat ones: `trainer.maxEpochs`. */
function flat(value: object, prefix = ''): { key: string; value: string }[] {
  return Object.entries(value).flatMap(([key, each]) => {
    const name = `${prefix}${key}`
    if (typeof each === 'object' && each !== null && !Array.isArray(each)) {
      return flat(each as object, `${name}.`)
    }
    const text = typeof each === 'string' ? each : JSON.stringify(each)
    return [{ key: name, value: (text ?? '').slice(0, 500) }]
  })
}
