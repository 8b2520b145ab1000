import type { Batch } from '@ductus/data'
import { keep, tidy, type Tensor } from '@tensorflow/tfjs-core'
import type { BatchLoader, TrainingData } from '../data/training-data.js'
import type { Run } from '../loops/run.js'
import type { LitModule } from '../modules/lit-module.js'
import type { StepContext } from '../modules/step-context.js'
import { tensorBatch } from '../modules/tensor-batch.js'
import { TrainingError } from '../training-error.js'
import { checkNotEmpty, isNone } from './check-not-empty.js'
import { evaluationRun, loadWanted } from './evaluate.js'
import { guarded } from './guarded.js'
import { testLoader } from './loaders.js'
import type { PredictResult } from './results.js'
import type { Surroundings } from './surroundings.js'

type PredictionInput = AsyncIterable<Batch> | Iterable<Batch> | BatchLoader | TrainingData

/** Predicts for every batch, in order. */
export async function runPrediction(
  surroundings: Surroundings,
  module: LitModule,
  input: PredictionInput,
  wanted: string | undefined,
): Promise<PredictResult> {
  const run = evaluationRun(surroundings, module)
  const { context, dispatcher, clock } = run
  return guarded(dispatcher, context, async () => {
    await loadWanted(run, module, wanted, surroundings)
    const { batches, count } = await source(surroundings, input)
    // `limitTestBatches` limits data alone, and has said so.
    const asked = count === 0 && isNone(surroundings.options.limitTestBatches)
    context.stage = 'predict'
    context.batches = count ?? 0
    await dispatcher.call('onPredictStart', context)
    const start = clock()
    const parts: Float32Array[] = []
    let shape: readonly number[] = [0]
    let samples = 0
    let index = 0
    for await (const batch of batches) {
      if (index >= (count ?? Infinity) || run.interrupted()) break
      context.batchIndex = index
      context.batchSize = batch.size
      context.batch = batch
      const predicted = await predictBatch(run, batch, index)
      const outcome = { index, size: batch.size, metrics: {}, labels: batch.y, ...predicted }
      await dispatcher.call('onPredictBatchEnd', context, outcome)
      parts.push(predicted.values)
      shape = predicted.shape
      samples += batch.size
      index++
      const turned = run.turn()
      if (turned) await turned
    }
    const interrupted = run.interrupted()
    if (samples === 0 && !interrupted && !asked) {
      throw new TrainingError(
        'NO_DATA',
        'Trainer.predict: expected at least one batch, received none. Give data with samples.',
      )
    }
    await dispatcher.call('onPredictEnd', context)
    const seconds = (clock() - start) / 1000
    return {
      status: interrupted ? 'interrupted' : 'completed',
      values: joined(parts),
      shape: [samples, ...shape.slice(1)],
      samples,
      seconds,
      samplesPerSecond: seconds > 0 ? samples / seconds : 0,
    }
  })
}

async function predictBatch(
  { context: { module, state, seed } }: Run,
  batch: Batch,
  index: number,
): Promise<{ values: Float32Array; shape: number[] }> {
  const context: StepContext = {
    stage: 'predict',
    training: false,
    epoch: state.epoch,
    step: state.step,
    micro: 0,
    batchIndex: index,
    seed,
  }
  const output: Tensor = tidy(() => keep(module.predictStep(tensorBatch(batch, index), context)))
  const values = Float32Array.from(await output.data())
  const shape = [...output.shape]
  output.dispose()
  return { values, shape }
}

async function source(
  { options, reporter }: Surroundings,
  input: PredictionInput,
): Promise<{ batches: AsyncIterable<Batch> | Iterable<Batch>; count: number | undefined }> {
  if (Symbol.asyncIterator in input || Symbol.iterator in input) {
    return { batches: input, count: undefined }
  }
  if ('batches' in input) return { batches: input.batches(0), count: input.length }
  await input.prepareData?.()
  await input.setup?.('predict')
  const limited = testLoader(input, options)
  const limit = options.limitTestBatches
  const pass = {
    where: 'Trainer.predict',
    part: 'test',
    option: 'limitTestBatches',
    limit,
  } as const
  checkNotEmpty([limited], pass, reporter)
  const { loader, batches } = limited
  return { batches: loader.batches(0), count: batches }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((total, { length }) => total + length, 0))
  let offset = 0
  for (const part of parts) {
    all.set(part, offset)
    offset += part.length
  }
  return all
}
