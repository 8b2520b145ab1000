import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  Classifier,
  Trainer,
  type Callback,
  type ClassifierOptions,
  type FitResult,
  type TrainerOptions,
  type TrainingData,
} from '@ductus/training'
import { temporaryFolder } from './temporary-folder.js'
import { toyData } from './toy-data.js'
import { toyModel } from './toy-model.js'
import { weightsOf } from './weights-of.js'

/** What a run leaves that resuming must not change. */
export interface Trace {
  result: FitResult
  weights: Record<string, number[]>
  /** What loggers and callbacks wrote, but for clocks. */
  files: Record<string, string>
}

/** What a run is made of besides the Trainer's options. */
export interface Parts {
  learning?: ClassifierOptions
  data?: () => TrainingData
  callbacks?: () => Callback[]
}

/** A short run with groups, validations inside an epoch, clipping and a row a step. */
export const base = {
  maxEpochs: 2,
  accumulateGradBatches: 4,
  valCheckInterval: 4,
  logEveryNSteps: 1,
  gradientClip: { norm: 1 },
} satisfies TrainerOptions

/** Fits, interrupted each time that one of `stops` batches (training and validation) is over, and taken up again. */
export async function fitWithStops(
  stops: number[],
  options: TrainerOptions = base,
  { learning = { lr: 0.01 }, data = toyData, callbacks = () => [] }: Parts = {},
): Promise<Trace> {
  const rootDir = temporaryFolder()
  let seen = 0
  let left = [...stops]
  for (;;) {
    const trainer: Trainer = new Trainer({
      ...options,
      rootDir,
      callbacks: [...callbacks(), counting(() => trainer)],
    })
    const model = toyModel()
    const module = new Classifier(model, learning)
    const result = await trainer.fit(module, data(), { resume: 'last' })
    if (result.status === 'interrupted') continue
    await trainer.test({ checkpoint: 'last' })
    const files = filesOf(result.runDir!)
    return { result: comparable(result, rootDir), weights: weightsOf(model), files }
  }

  function counting(trainer: () => Trainer): Callback {
    const count = (): void => {
      seen++
      if (left[0] !== seen) return
      left = left.slice(1)
      trainer().interrupt()
    }
    return { onTrainBatchEnd: count, onValidationBatchEnd: count }
  }
}

function filesOf(runDir: string): Record<string, string> {
  const names = readdirSync(runDir, { recursive: true, encoding: 'utf8' }).sort()
  const kept = names.filter(
    (name) =>
      !/^(checkpoints|time\.csv|hparams\.json)/.test(name) && statSync(join(runDir, name)).isFile(),
  )
  return Object.fromEntries(
    kept.map((name) => [name, readFileSync(join(runDir, name)).toString('base64')]),
  )
}

/** Takes clocks and the folder out of a result. */
export function comparable(result: FitResult, rootDir: string): FitResult {
  const plain = { ...result, seconds: 0, samplesPerSecond: 0, waitedForData: 0 }
  return JSON.parse(JSON.stringify(plain).replaceAll(rootDir, '')) as FitResult
}
