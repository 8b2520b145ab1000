import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { BatchOutcome, Callback } from '../callbacks/callback.js'
import type { TrainerContext } from '../callbacks/trainer-context.js'
import { anyNumber, anyRecord, count, type StateSchema } from '../files/state-schema.js'
import { writeFileWhole } from '../files/write-folder.js'
import { modelInfo } from '../modules/model-info.js'
import { classScores, type ClassScores } from './class-scores.js'
import { deadestLayer, SampleKeeper, type DeadLayer } from './dead-units.js'
import { judgeLearning, type ReadingScores } from './judge-learning.js'
import { findingLines, findingsFormat, type LearningFinding } from './learning-finding.js'
import { LossTrend, type LossTrendState } from './loss-trend.js'

interface State {
  loss: LossTrendState
  rate: { optimizer: string; lr: number } | null
  classes: ClassScores | null
  readings: ReadingScores | null
}

/**
 * Says at the end of a fit when the model didn't learn, and what to try next: to the reporter, in `FitResult.findings`,
 * and in `findings.json` of the run folder. It judges by what the fit has counted, over all processes of the run, and
 * by one pass of at most 256 samples for dead units. The Trainer has one unless `learningCheck` is false.
 */
export class LearningCheck implements Callback {
  readonly name = 'LearningCheck'
  readonly stateSchema: StateSchema = z.object({
    loss: z.object({
      count,
      first: z.array(anyNumber),
      last: z.array(anyNumber),
      peak: anyNumber.nullish(),
    }),
    rate: z.object({ optimizer: z.string(), lr: anyNumber }).nullable(),
    classes: anyRecord.nullable(),
    readings: anyRecord.nullable(),
  })
  /** What was found at the end of the fit. */
  findings: readonly LearningFinding[] = []
  readonly #loss = new LossTrend()
  readonly #samples = new SampleKeeper()
  #rate: State['rate'] = null
  #classes: ClassScores | null = null
  #readings: ReadingScores | null = null

  async onFitStart({ runDir }: TrainerContext): Promise<void> {
    // Of an earlier process: the run is about to change.
    if (runDir !== undefined) await rm(join(runDir, 'findings.json'), { force: true })
  }

  onAfterOptimizerStep({ optimizers }: TrainerContext): void {
    for (const name in optimizers) {
      const { learningRate: lr, name: optimizer } = optimizers[name]!
      if (lr > (this.#rate?.lr ?? -1)) this.#rate = { optimizer, lr }
    }
  }

  onTrainBatchEnd({ batch }: TrainerContext, { metrics }: BatchOutcome): void {
    this.#loss.add(metrics['train/loss']!)
    if (batch) this.#samples.add(batch)
  }

  onValidationEnd({ module, fresh }: TrainerContext): void {
    const { confusion, readings = [] } = module.evaluationReport('validation')
    this.#classes = confusion ? classScores(confusion) : null
    const reading = readings[0]?.read
    const [accuracy, baseline] = [fresh['validation/acc'], fresh['validation/acc_always_padding']]
    this.#readings = {
      lines: readings.length,
      onlyReading:
        readings.length >= 5 &&
        readings.every(({ read }) => read === reading) &&
        readings.some(({ reference }) => reference !== readings[0]!.reference)
          ? reading!
          : null,
      cer: fresh['validation/cer'] ?? null,
      padding: accuracy === undefined || baseline === undefined ? null : { accuracy, baseline },
    }
  }

  async onFitEnd({ module, runDir, reporter }: TrainerContext): Promise<void> {
    const model = Object.values(module.models)[0]
    const manual = module.step !== undefined
    this.findings = judgeLearning({
      loss: this.#loss,
      rate: this.#rate,
      classes: this.#classes,
      readings: this.#readings,
      mapping: (model && modelInfo(model)?.config?.mapping) ?? null,
      deadest: manual ? undefined : await this.#deadest(module),
      manual,
    })
    if (this.findings.length === 0) return
    if (runDir !== undefined) {
      const content = { ...findingsFormat, findings: this.findings }
      await writeFileWhole(join(runDir, 'findings.json'), `${JSON.stringify(content, null, 2)}\n`)
    }
    for (const line of findingLines(this.findings)) {
      if (reporter.finding) reporter.finding(line)
      else reporter.warn(line)
    }
  }

  state(): State {
    const [rate, classes, readings] = [this.#rate, this.#classes, this.#readings]
    return { loss: this.#loss.state(), rate, classes, readings }
  }

  restore(state: unknown): void {
    const { loss, rate, classes, readings } = state as State
    this.#loss.restore(loss)
    this.#rate = rate
    this.#classes = classes
    this.#readings = readings
  }

  async #deadest(module: TrainerContext['module']): Promise<DeadLayer | undefined> {
    try {
      return await deadestLayer(module, this.#samples.batch())
    } catch {
      // A model of the user's that can't be run apart from its module: what it learned must not be lost for a hint.
      return undefined
    }
  }
}
