import type { StateSchema } from '../files/state-schema.js'
import { join } from 'node:path'
import { encodePng } from '../files/encode-png.js'
import { JsonLines, jsonLinesState, type JsonLinesState } from '../files/json-lines.js'
import { modelInfo } from '../modules/model-info.js'
import { TrainingError } from '../training-error.js'
import type { Callback } from './callback.js'
import type { TrainerContext } from './trainer-context.js'

/** Name and version of `confusion-matrix.jsonl`. */
export const confusionMatrixFormat = { format: 'ductus-confusion-matrix', version: 1 } as const

/** Counts by true class (rows) and predicted class (columns). */
export type ConfusionRows = readonly (readonly number[])[]

type CountedStage = 'validation' | 'test'

/** Options of `ConfusionMatrix`. */
export interface ConfusionMatrixOptions {
  /** The passes whose counts are written. Defaults to both. */
  stages?: readonly CountedStage[]
}

/** A matrix of more classes has too many columns for a text. */
const mostColumns = 20

/**
 * Writes what each validation and test took for what to `confusion-matrix.jsonl` in the run folder, and to loggers that
 * show text and images. The counts are the module's own, from `evaluationReport`: `Classifier` has them.
 *
 * @throws TrainingError `NOT_SUPPORTED` for a module without such counts
 */
export class ConfusionMatrix implements Callback {
  readonly name = 'ConfusionMatrix'
  readonly skipOnFastDevRun = true
  readonly stateSchema: StateSchema = jsonLinesState
  /** The latest counts by pass, for those without a run folder. */
  readonly latest: { [Stage in CountedStage]?: ConfusionRows } = {}
  readonly #stages: readonly CountedStage[]
  #file: JsonLines | undefined
  #restored: JsonLinesState | undefined

  constructor({ stages = ['validation', 'test'] }: ConfusionMatrixOptions = {}) {
    this.#stages = stages
  }

  onFitStart(context: TrainerContext): void {
    const { runDir } = context
    this.#file =
      runDir === undefined
        ? undefined
        : new JsonLines(join(runDir, 'confusion-matrix.jsonl'), {
            ...confusionMatrixFormat,
            classes: classNames(context),
          })
    if (this.#restored) this.#file?.restore(this.#restored)
    else this.#file?.start()
    this.#restored = undefined
  }

  onValidationEnd(context: TrainerContext): void {
    this.#count(context, 'validation')
  }

  onTestEnd(context: TrainerContext): void {
    this.#count(context, 'test')
  }

  state(): JsonLinesState | undefined {
    return this.#file?.state()
  }

  restore(state: unknown): void {
    this.#restored = state as JsonLinesState
  }

  #count(context: TrainerContext, stage: CountedStage): void {
    if (!this.#stages.includes(stage)) return
    const counts = context.module.evaluationReport(stage).confusion
    if (!counts) {
      throw new TrainingError(
        'NOT_SUPPORTED',
        `expected a module whose evaluationReport('${stage}') has confusion, received ` +
          `${context.module.constructor.name}, which has none. Count it there, or leave the callback out.`,
      )
    }
    this.latest[stage] = counts
    const { epoch, step } = context
    this.#file?.append({ stage, epoch, step, counts })
    context.logText(`${stage}/confusion`, confusionText(counts, classNames(context)))
    context.logImage(`${stage}/confusion`, confusionImage(counts))
  }
}

/** The classes' names, where the model knows them. */
function classNames({ module }: TrainerContext): readonly string[] | null {
  const model = Object.values(module.models)[0]
  return (model && modelInfo(model)?.config?.mapping) ?? null
}

/** Writes counts as a table in Markdown; of many classes only the most frequent mistakes. */
export function confusionText(counts: ConfusionRows, names: readonly string[] | null): string {
  const name = (i: number): string => (names?.[i] ?? String(i)).replaceAll('|', '\\|')
  if (counts.length <= mostColumns) {
    const rows = counts.map((row, i) => [`**${name(i)}**`, ...row.map(String)])
    return table(['true \\ predicted', ...counts.map((_, i) => name(i))], rows)
  }
  const mistakes = counts.flatMap((row, i) =>
    row.flatMap((count, j) => (i === j || count === 0 ? [] : [{ i, j, count }])),
  )
  const worst = mistakes.sort((a, b) => b.count - a.count).slice(0, mostColumns)
  return table(
    ['true', 'predicted', 'samples'],
    worst.map(({ i, j, count }) => [name(i), name(j), String(count)]),
  )
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Paints each cell's share of its row, white for none and black for all. */
function confusionImage(counts: ConfusionRows) {
  const classes = counts.length
  const side = Math.max(4, Math.floor(256 / classes))
  const width = classes * side
  const pixels = new Uint8Array(width * width)
  const totals = counts.map((row) => row.reduce((sum, count) => sum + count, 0))
  for (let at = 0; at < pixels.length; at++) {
    const row = Math.floor(at / width / side)
    const share = counts[row]![Math.floor((at % width) / side)]! / Math.max(1, totals[row]!)
    pixels[at] = Math.round(255 * (1 - share))
  }
  return encodePng(pixels, [width, width, 1])
}
