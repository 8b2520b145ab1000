import { join } from 'node:path'
import { z } from 'zod'
import { keep, tidy } from '@tensorflow/tfjs-core'
import type { Batch } from '@ductus/data'
import { replaceWhole } from '../files/run-file.js'
import { anyNumber, count, type StateSchema } from '../files/state-schema.js'
import { JsonLines, jsonLinesState, type JsonLinesState } from '../files/json-lines.js'
import type { ScoreKind } from '../modules/losses.js'
import { modelInfo } from '../modules/model-info.js'
import { tensorBatch } from '../modules/tensor-batch.js'
import { assertOption, whole } from './assert-option.js'
import type { Callback } from './callback.js'
import { firstRows, readScores, readTexts, sampleImage, type ReadSample } from './read-scores.js'
import type { TrainerContext } from './trainer-context.js'

/** Name and version of `sample-predictions/index.jsonl`. */
export const samplePredictionsFormat = { format: 'ductus-sample-predictions', version: 2 } as const

/** What the model made of one sample. */
export interface SamplePrediction extends ReadSample {
  /** Position in the validation data. */
  index: number
}

interface State {
  file: JsonLinesState | undefined
  seen: number
  pictured: number
  open: SamplePrediction[]
}

const reading = z.union([anyNumber, z.array(anyNumber)])

/**
 * Shows how the model reads the same few validation samples after each epoch: label, prediction and its score, in
 * `sample-predictions/` of the run folder with the images as PNG, and in loggers that show text and images.
 */
export class SamplePredictions implements Callback {
  readonly name = 'SamplePredictions'
  readonly skipOnFastDevRun = true
  readonly stateSchema: StateSchema = z.object({
    file: jsonLinesState.optional(),
    seen: count,
    pictured: count,
    open: z.array(
      z.object({ index: count, label: reading, prediction: reading, score: anyNumber }),
    ),
  })
  /** What the latest validation of this process came to, for those without a run folder. */
  latest: readonly SamplePrediction[] = []
  readonly #samples: number
  #file: JsonLines | undefined
  /** Validation samples of this pass so far; samples whose image is kept. */
  #seen = 0
  #pictured = 0
  #open: SamplePrediction[] = []
  #restored: State | undefined

  /** @param samples how many, the first of the validation data. Defaults to 16. */
  constructor({ samples = 16 }: { samples?: number } = {}) {
    this.#samples = samples
    assertOption('SamplePredictions', 'samples', samples, whole(1), 16)
  }

  onFitStart({ module, runDir }: TrainerContext): void {
    const { file, seen = 0, pictured = 0, open = [] } = this.#restored ?? {}
    this.#seen = seen
    this.#pictured = pictured
    this.#open = open
    const classes = classNames(module.models) ?? null
    this.#file =
      runDir === undefined
        ? undefined
        : new JsonLines(join(runDir, 'sample-predictions', 'index.jsonl'), {
            ...samplePredictionsFormat,
            classes,
            scores: kindOf(module),
          })
    if (file) this.#file?.restore(file)
    else this.#file?.start()
    this.#restored = undefined
  }

  onValidationStart(): void {
    this.#seen = 0
    this.#open = []
  }

  async onValidationBatchEnd(context: TrainerContext): Promise<void> {
    const { batch, fitting, module } = context
    if (!fitting || !batch) return
    const first = this.#seen
    this.#seen += batch.size
    const wanted = Math.min(batch.size, this.#samples - first)
    if (wanted <= 0) return
    const rows = firstRows(batch, wanted)
    const scores = await scoresOf(context, rows)
    const texts = module.readings?.(scores)
    const read = texts
      ? readTexts(texts, rows, classNames(module.models))
      : readScores(scores, rows)
    this.#open.push(...read.map((each, i) => ({ index: first + i, ...each })))
    for (let i = 0; i < wanted; i++) this.#picture(context, rows, i, first + i)
  }

  onValidationEnd(context: TrainerContext): void {
    const { epoch, step, fitting, module } = context
    if (!fitting) return
    this.latest = this.#open
    this.#file?.append({ epoch, step, samples: this.#open })
    context.logText(
      'validation/samples',
      sampleText(this.#open, kindOf(module), classNames(module.models)),
    )
  }

  state(): State {
    return {
      file: this.#file?.state(),
      seen: this.#seen,
      pictured: this.#pictured,
      open: this.#open,
    }
  }

  restore(state: unknown): void {
    this.#restored = state as State
  }

  /** Keeps the image of a sample, once: it is the same in every epoch. */
  #picture(context: TrainerContext, batch: Batch, row: number, index: number): void {
    if (index < this.#pictured) return
    this.#pictured = index + 1
    const image = sampleImage(batch, row)
    if (!image) return
    const { runDir } = context
    if (runDir !== undefined) {
      replaceWhole(join(runDir, 'sample-predictions', `${index}.png`), image.png)
    }
    context.logImage(`validation/samples/${index}`, image)
  }
}

/** Predicts for a few samples, as `Trainer.predict` does. */
async function scoresOf(
  { module, epoch, step, batchIndex, seed }: TrainerContext,
  batch: Batch,
): Promise<{ values: Float32Array; shape: number[] }> {
  const place = { epoch, step, micro: 0, batchIndex, seed }
  const scores = tidy(() =>
    keep(
      module.predictStep(tensorBatch(batch, batchIndex), {
        stage: 'predict',
        training: false,
        ...place,
      }),
    ),
  )
  const values = Float32Array.from(await scores.data())
  const shape = [...scores.shape]
  scores.dispose()
  return { values, shape }
}

/** What the scores are; those of a module that reads text are its confidences. */
function kindOf(module: TrainerContext['module']): ScoreKind {
  return module.readings ? 'probability' : module.scoreKind
}

function classNames(models: TrainerContext['module']['models']): readonly string[] | undefined {
  const model = Object.values(models)[0]
  return model && modelInfo(model)?.config?.mapping
}

/** Writes predictions as a table in Markdown. */
function sampleText(
  samples: readonly SamplePrediction[],
  kind: ScoreKind,
  names?: readonly string[],
): string {
  const shown = (value: number | readonly number[]): string => {
    const each = typeof value === 'number' ? [value] : value
    const words = each.map((at) => names?.[at] ?? String(at))
    return words.join(words.every((word) => word.length <= 1) ? '' : ' ').replaceAll('|', '\\|')
  }
  const rows = samples.map(({ index, label, prediction, score }) => {
    const right = String(label) === String(prediction) ? '' : ' ✗'
    return `| ${index} | ${shown(label)} | ${shown(prediction)}${right} | ${score.toFixed(3)} |`
  })
  return [
    `| sample | label | prediction | ${kind === 'score' ? 'score' : 'probability'} |`,
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}
