import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { namedWeights, useBackend } from '@ductus/backend'
import {
  Classifier,
  GradientNormMonitor,
  JSONLLogger,
  CSVLogger,
  LearningRateMonitor,
  LossHistory,
  ParameterHistory,
  PredictionWriter,
  readParameterHistory,
  silentReporter,
  ThroughputMonitor,
  Trainer,
  type Callback,
  type TrainerOptions,
} from '@ductus/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

beforeAll(async () => {
  await useBackend('cpu')
})

const text = (runDir: string, name: string): string => readFileSync(join(runDir, name), 'utf8')

async function fit(callbacks: Callback[], options: TrainerOptions = {}) {
  const model = toyModel()
  const trainer = new Trainer({ maxEpochs: 2, rootDir: temporaryFolder(), callbacks, ...options })
  const { runDir } = await trainer.fit(new Classifier(model), toyData())
  return { runDir: runDir!, model, trainer }
}

/** Fits two epochs in two processes' worth: stopped in the middle, then taken up again. */
async function fitInTwo(make: () => Callback[]): Promise<string> {
  const rootDir = temporaryFolder()
  const first: Trainer = new Trainer({
    maxEpochs: 2,
    rootDir,
    callbacks: [
      ...make(),
      { onTrainBatchEnd: ({ step }) => (step === 7 ? first.interrupt() : undefined) },
    ],
  })
  await first.fit(new Classifier(toyModel()), toyData())
  const second = new Trainer({ maxEpochs: 2, rootDir, callbacks: make() })
  const { runDir } = await second.fit(new Classifier(toyModel()), toyData(), { resume: 'last' })
  return runDir!
}

describe('LossHistory', () => {
  it('has the loss of steps 0, n, 2n, … across epochs', async () => {
    const losses: number[] = []
    const { runDir } = await fit([
      { onAfterOptimizerStep: ({ fresh }) => void losses.push(fresh['train/loss']!) },
      new LossHistory({ everyNSteps: 5 }),
    ])
    expect(text(runDir, 'loss-history.csv')).toBe(
      `step,loss\n0,${losses[0]}\n5,${losses[5]}\n10,${losses[10]}\n`,
    )
  })

  it('goes on where the run does', async () => {
    const { runDir } = await fit([new LossHistory({ everyNSteps: 2 })])
    const resumed = await fitInTwo(() => [new LossHistory({ everyNSteps: 2 })])
    expect(text(resumed, 'loss-history.csv')).toBe(text(runDir, 'loss-history.csv'))
  })
})

describe('ParameterHistory', () => {
  it('has every weight after steps 0, n, 2n, …', async () => {
    const { runDir, model } = await fit([new ParameterHistory({ everyNSteps: 11 })])
    const history = await readParameterHistory(runDir)
    const weights = namedWeights(model)
    expect(history!.map(({ name }) => name)).toEqual(weights.map(({ name }) => name))
    expect(history![0]!.steps).toEqual([0, 11])
    history!.forEach((each, i) => {
      // Step 11 is the last of twelve: the weights are those of now.
      expect('values' in each && Array.from(each.values[1]!)).toEqual(
        Array.from(weights[i]!.variable.dataSync()),
      )
    })
  })

  it('keeps counts alone when asked to', async () => {
    const histogram = { bins: 8, low: -1, high: 1 }
    const { runDir } = await fit([new ParameterHistory({ everyNSteps: 4, histogram })])
    const [kernel] = (await readParameterHistory(runDir))!
    expect(kernel!.steps).toEqual([0, 4, 8])
    if (!('counts' in kernel!)) throw new Error('expected counts')
    expect(kernel.edges).toEqual([-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1])
    for (const counts of kernel.counts) {
      expect(counts.reduce((sum, count) => sum + count)).toBe(12 * 16)
    }
  })

  it('goes on where the run does', async () => {
    const make = () => [new ParameterHistory({ everyNSteps: 3 })]
    const { runDir } = await fit(make())
    const resumed = await fitInTwo(make)
    expect(await readParameterHistory(resumed)).toEqual(await readParameterHistory(runDir))
  })

  it('is not there where nothing was recorded', async () => {
    expect(await readParameterHistory(temporaryFolder())).toBeUndefined()
  })
})

describe('monitors', () => {
  it('log learning rate, momentum and the gradients’ norm with the steps’ rows', async () => {
    const { runDir } = await fit(
      [new LearningRateMonitor(), new GradientNormMonitor({ everyNSteps: 3, perWeight: true })],
      { logEveryNSteps: 3 },
    )
    const [header, first] = text(runDir, 'metrics.csv')
      .split('\n')
      .map((line) => line.split(','))
    const row = Object.fromEntries(header!.map((name, i) => [name, Number(first![i])]))
    expect(row).toMatchObject({ step: 3, lr: 1e-3, momentum: 0.9 })
    const own = Object.entries(row).filter(([name]) => name.startsWith('grad/norm/'))
    expect(own).toHaveLength(6)
    const together = Math.sqrt(own.reduce((sum, [, value]) => sum + value ** 2, 0))
    expect(row['grad/norm']).toBeCloseTo(together, 5)
  })

  it('write throughput apart from the metrics', async () => {
    const { runDir } = await fit([new ThroughputMonitor({ everyNSteps: 4 })])
    const lines = text(runDir, 'throughput.csv').trim().split('\n')
    expect(lines[0]).toBe('step,samplesPerSecond,stepsPerSecond,tensors,tensorBytes,rssBytes')
    expect(lines.slice(1).map((line) => Number(line.split(',')[0]))).toEqual([4, 10])
    expect(text(runDir, 'metrics.csv')).not.toContain('PerSecond')
  })
})

describe('JSONLLogger', () => {
  it('writes the rows of the CSV as JSON, side by side with it, and cuts when resumed', async () => {
    const make = () => ({ loggers: [new CSVLogger(), new JSONLLogger()] })
    const { runDir } = await fit([], make())
    const rows = text(runDir, 'metrics.jsonl').trim().split('\n')
    expect(rows).toHaveLength(text(runDir, 'metrics.csv').trim().split('\n').length - 1)
    expect(JSON.parse(rows.at(-1)!)).toMatchObject({
      kind: 'epoch',
      epoch: 1,
      step: 12,
      samples: 220,
    })
    const logger = new JSONLLogger()
    logger.open({
      ...{ runDir, name: 'x', version: 0, hparams: {} },
      ...{ resumed: true, reporter: silentReporter },
    })
    logger.restore({ rows: 1 })
    expect(text(runDir, 'metrics.jsonl')).toBe(`${rows[0]!}\n`)
  })
})

describe('PredictionWriter', () => {
  it('writes a line a sample', async () => {
    const path = join(temporaryFolder(), 'predictions', 'out.jsonl')
    const trainer = new Trainer({ rootDir: false, callbacks: [new PredictionWriter(path)] })
    const { values } = await trainer.predict(new Classifier(toyModel()), toyData())
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    expect(lines).toHaveLength(50)
    expect(JSON.parse(lines[21]!)).toEqual({
      index: 21,
      label: 0,
      values: Array.from(values.subarray(63, 66)),
    })
  })
})
