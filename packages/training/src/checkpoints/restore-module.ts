import type { DataConfig } from '@ductus/data'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { Classifier, type ClassifierOptions } from '../modules/classifier.js'
import { LineRecognizer } from '../modules/line-recognizer.js'
import type { LineRecognizerOptions } from '../modules/line-recognizer-options.js'
import { lossByName, type LossName } from '../modules/losses.js'
import { lineLossNames } from '../text/line-reader.js'
import { TrainingError } from '../training-error.js'
import type { Checkpoint } from './read-checkpoint.js'

/** Options of `restoreModule`. */
export interface RestoreModuleOptions {
  /** What the data say of themselves. Defaults to what the checkpoint holds of its data. */
  config?: Partial<Pick<DataConfig, 'mapping' | 'preprocessing'>> | undefined
  /** Texts that CTC's beam search follows. Defaults to the checkpoint's. */
  beamWidth?: number | undefined
}

/**
 * Makes the module that a checkpoint was trained with, with all its options that matter to evaluation: its validation
 * and test give the loss and the metrics of the fit. The optimizer and its schedule are left out.
 *
 * @param model the checkpoint's model, with its weights
 * @throws TrainingError `NOT_SUPPORTED` for a module of another class than `Classifier` and `LineRecognizer`, or data of
 *   the other kind; `CHECKPOINT_DAMAGED` naming an option that can't be
 * @example
 * const module = restoreModule(checkpoint, model)
 * const { metrics } = await new Trainer({ rootDir: false }).test(module, data)
 */
export function restoreModule(
  { path, manifest }: Pick<Checkpoint, 'path' | 'manifest'>,
  model: LayersModel,
  { config = manifest.data ?? {}, beamWidth }: RestoreModuleOptions = {},
): Classifier | LineRecognizer {
  const { name, hparams } = manifest.module
  const kept = new KeptOptions(path, hparams)
  const isLines = config.preprocessing?.kind === 'line'
  if (name === 'Classifier' && !isLines)
    return new Classifier(model, classifierOptions(kept, model))
  if (name === 'LineRecognizer' && (isLines || !config.preprocessing)) {
    return new LineRecognizer(model, {
      ...lineOptions(kept),
      ...(config.mapping && { mapping: config.mapping }),
      ...(beamWidth === undefined ? {} : { beamWidth }),
    })
  }
  const known = name === 'Classifier' || name === 'LineRecognizer'
  throw new TrainingError(
    'NOT_SUPPORTED',
    known
      ? `Checkpoint ${path}: expected data of ${isLines ? 'single images' : 'lines'}, as its ${name} was trained on, ` +
          `received data of ${isLines ? 'lines' : 'single images'}. Give the data it was trained on.`
      : `Checkpoint ${path}: expected a Classifier or a LineRecognizer, received a module of class ` +
          `${JSON.stringify(name)}. Make that module in code, and give it to trainer.test(module, data, { checkpoint }).`,
  )
}

function classifierOptions(kept: KeptOptions, model: LayersModel): ClassifierOptions {
  const classes = model.outputs[0]?.shape.at(-1) ?? undefined
  const loss = kept.take('loss', 'a loss that Classifier knows', isLossName)
  const labelSmoothing = kept.take('labelSmoothing', 'a number from 0 to 1', isShare)
  const classWeights = kept.take(
    'classWeights',
    `${classes ?? 'as many'} numbers of at least 0, one a class`,
    (value): value is number[] =>
      Array.isArray(value) &&
      (classes === undefined || value.length === classes) &&
      value.every((each) => Number.isFinite(each) && each >= 0),
  )
  return {
    ...(loss === undefined ? {} : { loss }),
    ...(labelSmoothing === undefined ? {} : { labelSmoothing }),
    ...(classWeights === undefined ? {} : { classWeights }),
  }
}

function lineOptions(kept: KeptOptions): LineRecognizerOptions {
  const loss = kept.take('loss', lineLossNames.join(' or '), isLineLoss)
  const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
  const countPadding = kept.take('countPadding', 'true or false', isBoolean)
  const zeroInfinity = kept.take('zeroInfinity', 'true or false', isBoolean)
  const labelSmoothing = kept.take('labelSmoothing', 'a number from 0 to 1', isShare)
  const beamWidth = kept.take(
    'beamWidth',
    'a whole number of at least 1',
    (value): value is number => Number.isInteger(value) && (value as number) >= 1,
  )
  const mapping = kept.take(
    'mapping',
    'a list of characters',
    (value): value is string[] =>
      Array.isArray(value) && value.every((each) => typeof each === 'string'),
  )
  return {
    ...(loss === undefined ? {} : { loss }),
    ...(countPadding === undefined ? {} : { countPadding }),
    ...(zeroInfinity === undefined ? {} : { zeroInfinity }),
    ...(labelSmoothing === undefined ? {} : { labelSmoothing }),
    ...(beamWidth === undefined ? {} : { beamWidth }),
    ...(mapping === undefined ? {} : { mapping }),
  }
}

/** A checkpoint's `module.hparams`, which anyone may have written. */
class KeptOptions {
  readonly #path: string
  readonly #values: Record<string, unknown>

  constructor(path: string, values: unknown) {
    this.#path = path
    if (typeof values !== 'object' || values === null) {
      throw this.#damaged('module.hparams', 'an object', values)
    }
    this.#values = values as Record<string, unknown>
  }

  /** Takes an option, undefined where it was left at its default. */
  take<T>(name: string, what: string, is: (value: unknown) => value is T): T | undefined {
    const value = this.#values[name]
    if (value === undefined || is(value)) return value
    throw this.#damaged(`module.hparams.${name}`, what, value)
  }

  #damaged(name: string, what: string, value: unknown): TrainingError {
    return new TrainingError(
      'CHECKPOINT_DAMAGED',
      `Checkpoint ${this.#path}: expected ${name} in checkpoint.json to be ${what}, received ` +
        `${JSON.stringify(value)?.slice(0, 200)}. Take another checkpoint.`,
    )
  }
}

function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1
}

function isLossName(value: unknown): value is LossName {
  try {
    return typeof value === 'string' && lossByName(value as LossName) !== undefined
  } catch {
    return false
  }
}

function isLineLoss(value: unknown): value is (typeof lineLossNames)[number] {
  return lineLossNames.some((each) => each === value)
}
