import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { silentReporter, type Reporter } from '../reporters/reporter.js'
import { TrainingError } from '../training-error.js'
import { withoutCredentials } from '../without-credentials.js'
import { flatHparams } from './flat-hparams.js'
import type { LoggedRun, Logger, LogRow } from './logger.js'

/** Options of `WandbLogger`. */
export interface WandbLoggerOptions {
  /** Defaults to the environment's `WANDB_PROJECT`, or to the run's name. */
  project?: string
  /** User or team. Defaults to the environment's `WANDB_ENTITY`, or to the key's own. */
  entity?: string
  /** Name to show. Defaults to `<name>/version_N`. */
  name?: string
  /** Whether the fit's end ends the run there; false leaves it open for a test's row, until `finish`. Defaults to true. */
  finishAfterFit?: boolean
  /** Milliseconds after which a service that does not answer is given up, at the start and at the end. Defaults to 120,000. */
  timeoutMs?: number
}

/** The part of `@wandb/sdk` that is used. */
interface Sdk {
  init(options: {
    project: string
    entity?: string
    name: string
    config: Record<string, string | number | boolean>
    settings: { silent: boolean }
  }): Promise<SdkRun>
}
interface SdkRun {
  log(data: Record<string, unknown>): void
  finish(code?: number): Promise<void>
  url?(): string
}

const packageName = '@wandb/sdk'

/**
 * Logs to Weights & Biases through its own package `@wandb/sdk` (0.5), which you install beside this one:
 * hyperparameters as the run's config, every row with `trainer/global_step`, `epoch` and `samples`, how the run ended.
 * **Unproven live**: run with that package against a stand-in of the service on loopback, never against the service.
 *
 * The key is the SDK's affair (`WANDB_API_KEY`, or `.netrc`; `WANDB_BASE_URL` for a server of your own). The SDK cannot
 * go on in a run, so a fit that is resumed is a run of its own there, named so.
 *
 * @throws TrainingError when the run opens: `NOT_SUPPORTED` where the package is not installed, `FILE_SYSTEM` where it
 *   cannot begin a run
 */
export class WandbLogger implements Logger {
  readonly name = 'wandb'
  readonly #options: WandbLoggerOptions
  #reporter: Reporter = silentReporter
  #opened: LoggedRun | undefined
  #run: SdkRun | undefined
  #status = 'completed'
  #saidClosed = false

  constructor(options: WandbLoggerOptions = {}) {
    this.#options = options
  }

  async open(run: LoggedRun): Promise<void> {
    this.#opened = run
    this.#reporter = run.reporter
    this.#saidClosed = false
    const { project = process.env.WANDB_PROJECT, entity = process.env.WANDB_ENTITY } = this.#options
    const shown = `${run.name}/version_${run.version}`
    const sdk = await loadSdk()
    const handlers = signalHandlers()
    try {
      const begun = sdk.init({
        project: project ?? run.name,
        ...(entity === undefined ? {} : { entity }),
        name: this.#options.name ?? (run.resumed ? `${shown} (resumed)` : shown),
        config: Object.fromEntries(flatHparams(run.hparams)),
        // It would print to stdout.
        settings: { silent: true },
      })
      this.#run = await this.#inTime(begun)
    } catch (cause) {
      throw new TrainingError(
        'FILE_SYSTEM',
        `WandbLogger: expected ${packageName} to begin a run, received ${reason(cause)}. ` +
          'Set WANDB_API_KEY, see that the service can be reached, or leave the logger out.',
        { cause },
      )
    } finally {
      dropNew(handlers)
    }
    const url = this.#run.url?.()
    if (url !== undefined) this.#reporter.info(`Weights & Biases: ${url}`)
  }

  log({ epoch, step, samples, metrics }: LogRow): void {
    if (this.#opened && !this.#run && !this.#saidClosed) {
      this.#saidClosed = true
      this.#reporter.warn(
        'WandbLogger: its run has ended, so this row is left out. Give finishAfterFit: false, and call finish().',
      )
    }
    // Without a step of ours: the SDK drops a second row of one step. It writes into what it is given.
    this.#run?.log({ ...metrics, 'trainer/global_step': step, epoch, samples })
  }

  async close(status: string): Promise<void> {
    this.#status = status
    if (this.#options.finishAfterFit !== false || status === 'failed') await this.finish()
  }

  /** Ends the run, and waits until the SDK has sent what it holds. */
  async finish(): Promise<void> {
    const run = this.#run
    this.#run = undefined
    try {
      if (run) await this.#inTime(run.finish(this.#status === 'failed' ? 1 : 0))
    } catch (error) {
      this.#reporter.warn(`WandbLogger: ${packageName} could not end its run (${reason(error)}).`)
    }
  }

  /** Gives a promise of the SDK's up, which has no limit of its own. */
  async #inTime<T>(promise: Promise<T>): Promise<T> {
    const { timeoutMs = 120_000 } = this.#options
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const error = new Error(`no answer within ${timeoutMs / 1000} s`)
      timer = setTimeout(() => reject(error), timeoutMs)
    })
    try {
      return await Promise.race([promise, late])
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Loads the package from where this one is installed, or from the folder that the program runs in. */
async function loadSdk(): Promise<Sdk> {
  let failure: unknown
  for (const specifier of [() => packageName, fromWorkingFolder]) {
    try {
      const loaded = (await import(specifier())) as { default?: Partial<Sdk> & { default?: Sdk } }
      const sdk = loaded.default?.default ?? loaded.default
      if (typeof sdk?.init === 'function') return sdk as Sdk
      failure = new Error('no init()')
    } catch (error) {
      failure = error
    }
  }
  throw new TrainingError(
    'NOT_SUPPORTED',
    `WandbLogger: expected the package ${packageName} to be installed, received ${reason(failure)}. ` +
      `Install it with: npm install ${packageName} graphql`,
    { cause: failure },
  )
}

function fromWorkingFolder(): string {
  const require = createRequire(pathToFileURL(join(process.cwd(), 'index.js')))
  return pathToFileURL(require.resolve(packageName)).href
}

const signals = ['SIGINT', 'SIGTERM'] as const

function signalHandlers(): Map<string, readonly unknown[]> {
  return new Map(signals.map((signal) => [signal, process.rawListeners(signal)]))
}

/** The SDK ends the process on Ctrl-C at once; the Trainer's owner wants to save a checkpoint first. */
function dropNew(before: ReadonlyMap<string, readonly unknown[]>): void {
  for (const signal of signals) {
    for (const handler of process.rawListeners(signal)) {
      if (before.get(signal)?.includes(handler)) continue
      process.removeListener(signal, handler as NodeJS.SignalsListener)
    }
  }
}

function reason(error: unknown): string {
  return withoutCredentials(
    (error instanceof Error ? error.message : String(error)).split('\n')[0]!,
  )
}
