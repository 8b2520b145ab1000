import { lstatSync, mkdirSync, readdirSync, truncateSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { appendWhole } from '../../files/run-file.js'
import { count, fileName, type StateSchema } from '../../files/state-schema.js'
import { TrainingError } from '../../training-error.js'
import { flatHparams } from '../flat-hparams.js'
import type { LoggedRun, Logger, LogRow } from '../logger.js'
import { histogramEvent, imageEvent, scalarsEvent, textEvent, versionEvent } from './events.js'
import { histogramOf } from './histogram-of.js'
import { hparamsEndEvent, hparamsStartEvent } from './hparams-events.js'
import { tfRecord } from './tf-record.js'

interface State {
  file: string
  bytes: number
}

/**
 * Writes event files that TensorBoard opens into `tensorboard/` of the run folder: every metric as a scalar by step, the
 * hyperparameters for its HPARAMS tab and as a text; images, texts and histograms by its own methods, from a callback
 * for example. `tensorboard --logdir runs` shows all runs side by side. Read back with TensorBoard 2.21.0.
 */
export class TensorBoardLogger implements Logger {
  readonly name = 'tensorboard'
  readonly stateSchema: StateSchema = z.object({
    file: z.union([z.literal(''), fileName]),
    bytes: count,
  })
  readonly #now: () => number
  #folder = ''
  #file = ''
  #bytes = 0
  #step = 0

  /** @param now gives milliseconds since 1970. Defaults to `Date.now`. */
  constructor({ now = () => Date.now() }: { now?: () => number } = {}) {
    this.#now = now
  }

  open({ runDir, hparams, resumed }: LoggedRun): void {
    this.#folder = join(runDir, 'tensorboard')
    mkdirSync(this.#folder, { recursive: true })
    if (resumed) return
    this.#start()
    this.#append(hparamsStartEvent(this.#time(0), flatHparams(hparams)))
    this.text('hparams', `\`\`\`json\n${JSON.stringify(hparams, null, 2)}\n\`\`\``, 0)
  }

  log({ step, metrics }: LogRow): void {
    this.#step = step
    this.#append(scalarsEvent(this.#time(step), metrics))
  }

  /** Logs a text, shown as Markdown. */
  text(tag: string, text: string, step: number): void {
    this.#append(textEvent(this.#time(step), tag, text))
  }

  /** Logs a PNG. */
  image(
    tag: string,
    image: { width: number; height: number; png: Uint8Array },
    step: number,
  ): void {
    this.#append(imageEvent(this.#time(step), tag, image))
  }

  /**
   * Logs how values spread, in equal bins from the least to the greatest; one bin where all are the same. NaN and
   * infinities are left out.
   *
   * @param bins a whole number of at least 1. Defaults to 30.
   * @throws TrainingError `INVALID_OPTION` for another number of bins
   */
  histogram(tag: string, values: ArrayLike<number>, step: number, bins = 30): void {
    if (!Number.isInteger(bins) || bins < 1) {
      throw new TrainingError(
        'INVALID_OPTION',
        `TensorBoardLogger.histogram: expected bins to be a whole number of at least 1, received ${bins}. Leave it out for 30.`,
      )
    }
    this.#append(histogramEvent(this.#time(step), tag, histogramOf(values, bins)))
  }

  /** Says how the run ended. */
  close(status: string): void {
    this.#append(hparamsEndEvent(this.#time(this.#step), status !== 'failed'))
  }

  state(): State {
    return { file: this.#file, bytes: this.#bytes }
  }

  /** Cuts the file at the checkpoint. */
  restore(state: unknown): void {
    const { file, bytes } = state as State
    const found = lstatSync(join(this.#folder, file), { throwIfNoEntry: false })
    // A file that is gone or lost its end is left as it is, and a new one begun beside it.
    if (!found?.isFile() || found.size < bytes) {
      this.#start()
      return
    }
    truncateSync(join(this.#folder, file), bytes)
    this.#file = file
    this.#bytes = bytes
  }

  #start(): void {
    const seconds = String(Math.floor(this.#now() / 1000)).padStart(10, '0')
    const taken = readdirSync(this.#folder).length
    this.#file = `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${taken}`
    this.#bytes = 0
    this.#append(versionEvent(this.#now() / 1000))
  }

  #time(step: number): { wallTime: number; step: number } {
    return { wallTime: this.#now() / 1000, step }
  }

  #append(event: Uint8Array): void {
    if (this.#file === '') this.#start()
    const record = tfRecord(event)
    appendWhole(join(this.#folder, this.#file), record)
    this.#bytes += record.length
  }
}
