import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { useBackend } from '@ductus/backend'
import {
  Classifier,
  ConfusionMatrix,
  LitModule,
  SGD,
  Trainer,
  type Callback,
  type Logger,
  type StepContext,
  type TensorBatch,
} from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

beforeAll(async () => {
  await useBackend('cpu')
})

interface Row {
  stage: string
  epoch: number
  step: number
  counts: number[][]
}

function read(runDir: string): { header: unknown; rows: Row[]; text: string } {
  const text = readFileSync(join(runDir, 'confusion-matrix.jsonl'), 'utf8')
  const [header, ...rows] = text.trim().split('\n')
  return { header: JSON.parse(header!), rows: rows.map((row) => JSON.parse(row) as Row), text }
}

const trace = (counts: number[][]): number => counts.reduce((sum, row, i) => sum + row[i]!, 0)

describe('ConfusionMatrix', () => {
  it('writes the counts of each validation and of the test, which agree with the accuracies', async () => {
    const accuracies: number[] = []
    const matrix = new ConfusionMatrix()
    const note: Callback = {
      onValidationEnd: ({ metrics }) => void accuracies.push(metrics['validation/acc']!),
    }
    const trainer = new Trainer({
      maxEpochs: 2,
      rootDir: temporaryFolder(),
      callbacks: [matrix, note],
    })
    const { runDir } = await trainer.fit(new Classifier(toyModel()), toyData())
    const { confusion, metrics } = await trainer.test()
    const { header, rows } = read(runDir!)
    expect(header).toEqual({
      format: 'ductus-confusion-matrix',
      version: 1,
      classes: ['left', 'middle', 'right'],
    })
    expect(rows.map(({ stage, epoch, step }) => [stage, epoch, step])).toEqual([
      ['validation', 0, 6],
      ['validation', 1, 12],
      ['test', 1, 12],
    ])
    accuracies.push(metrics['test/acc']!)
    rows.forEach(({ counts }, i) => {
      expect(counts.flat().reduce((sum, count) => sum + count)).toBe(50)
      expect(trace(counts) / 50).toBeCloseTo(accuracies[i]!, 6)
    })
    expect(rows[2]!.counts).toEqual(confusion)
    expect(matrix.latest.test).toEqual(confusion)
  })

  it('shows them in loggers that take text and images', async () => {
    const texts: string[] = []
    const images: { tag: string; width: number; png: Uint8Array }[] = []
    const logger: Logger = {
      name: 'shown',
      log: () => {},
      text: (tag, text) => void texts.push(`${tag}\n${text}`),
      image: (tag, { width, png }) => void images.push({ tag, width, png }),
    }
    const trainer = new Trainer({
      rootDir: temporaryFolder(),
      callbacks: [new ConfusionMatrix({ stages: ['validation'] })],
      loggers: [logger],
    })
    await trainer.fit(new Classifier(toyModel()), toyData())
    await trainer.test()
    expect(texts).toHaveLength(1)
    expect(texts[0]).toMatch(/^validation\/confusion\n\| true \\ predicted \| left \| middle/)
    expect(images).toMatchObject([{ tag: 'validation/confusion', width: 255 }])
    expect(Buffer.from(images[0]!.png.subarray(1, 4)).toString()).toBe('PNG')
  })

  it('goes on where the run does', async () => {
    const files = []
    for (const stop of [Infinity, 8]) {
      const rootDir = temporaryFolder()
      const first: Trainer = new Trainer({
        maxEpochs: 2,
        rootDir,
        callbacks: [
          new ConfusionMatrix(),
          { onTrainBatchEnd: ({ step }) => (step === stop ? first.interrupt() : undefined) },
        ],
      })
      await first.fit(new Classifier(toyModel()), toyData())
      const again = new Trainer({ maxEpochs: 2, rootDir, callbacks: [new ConfusionMatrix()] })
      const module = new Classifier(toyModel())
      const { runDir } = await again.fit(module, toyData(), { resume: 'last' })
      files.push(read(runDir!).text)
    }
    expect(files[1]).toBe(files[0])
    expect(files[0]!.trim().split('\n')).toHaveLength(3)
  })

  it('says that a module has no counts', async () => {
    class Plain extends LitModule {
      constructor() {
        super({ model: toyModel() })
      }
      trainingStep({ x }: TensorBatch, context: StepContext): tf.Scalar {
        return tf.mean(this.forward(x, context))
      }
      override validationStep(batch: TensorBatch, context: StepContext): tf.Scalar {
        return this.trainingStep(batch, context)
      }
      configureOptimizers() {
        return new SGD({ lr: 0.01 })
      }
    }
    const trainer = new Trainer({ rootDir: false, callbacks: [new ConfusionMatrix()] })
    await expect(trainer.fit(new Plain(), toyData())).rejects.toThrow(
      "Callback ConfusionMatrix.onValidationEnd: expected a module whose evaluationReport('validation') has confusion, received Plain",
    )
  })
})
