import { useBackend } from '@ductus/backend'
import { ArrayDataset, DataLoader } from '@ductus/data'
import {
  Classifier,
  LineRecognizer,
  lossNames,
  Trainer,
  type LitModule,
  type TrainingData,
} from '@ductus/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { backendsHere } from '../support/backends-here.js'
import { toyLineConfig, toyCtcModel, toyWindowModel } from '../support/toy-lines.js'
import { toyModel } from '../support/toy-model.js'

type Part = 'train' | 'val' | 'test'
type Labels = Int32Array | Float32Array

/** Five samples in batches of two; one part has the labels given, the others are well. */
function data(wrong: Labels, part: Part, xShape: number[], yShape?: number[]): TrainingData {
  const size = xShape.reduce((product, each) => product * each, 1)
  const loader = (y: Labels): DataLoader => {
    const of = { x: new Float32Array(5 * size), xShape, y, ...(yShape && { yShape }) }
    return new DataLoader(new ArrayDataset(of), { batchSize: 2, shuffle: false })
  }
  const well = wrong.map((label) => (Number.isInteger(label) && label >= 0 ? label % 3 : 0))
  return {
    trainDataLoader: () => loader(part === 'train' ? wrong : well),
    valDataLoader: () => loader(part === 'val' ? wrong : well),
    testDataLoader: () => loader(part === 'test' ? wrong : well),
  }
}

async function run(module: LitModule, given: TrainingData): Promise<void> {
  const trainer = new Trainer({ rootDir: false, numSanityValSteps: 0, logEveryNSteps: 100 })
  await trainer.fit(module, given)
  await trainer.test()
}

const fixes = {
  3: 'Number the classes from 0 without a gap, or train a model with an output for each.',
  '-1': 'Number the classes from 0, and leave out samples without a class.',
  1.7: 'Give the index of the class, not a value.',
}
const stages = { train: 'training', val: 'validation', test: 'test' }

describe.each(backendsHere)('labels on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend)
  })

  describe.each(lossNames)('of a Classifier with %s', (loss) => {
    it.each([
      { part: 'train', label: 3 },
      { part: 'val', label: -1 },
      { part: 'test', label: 1.7 },
    ] as const)('are refused by name: $label in $part', async ({ part, label }) => {
      const labels = Float32Array.of(0, 1, 2, label, 0)
      const module = new Classifier(toyModel(), { loss, lr: 1e-6 })
      const given = data(
        Number.isInteger(label) ? Int32Array.from(labels) : labels,
        part,
        [4, 3, 1],
      )
      await expect(run(module, given)).rejects.toMatchObject({
        name: 'TrainingError',
        code: 'INVALID_LABEL',
        message:
          'Classifier: expected labels that are whole numbers from 0 to 2, one of 3 classes, received ' +
          `${label} in ${stages[part]} batch 1, sample 1 (counted from 0). ${fixes[label]}`,
      })
    })

    it('are taken as floats that are whole', async () => {
      const fit = async (labels: Labels) => {
        const trainer = new Trainer({ rootDir: false })
        const module = new Classifier(toyModel(), { loss, lr: 1e-6 })
        return (await trainer.fit(module, data(labels, 'train', [4, 3, 1]))).metrics
      }
      expect(await fit(Float32Array.of(0, 1, 2, 2, 0))).toEqual(
        await fit(Int32Array.of(0, 1, 2, 2, 0)),
      )
    })
  })

  describe.each(['cross_entropy', 'ctc'] as const)('of a LineRecognizer with %s', (loss) => {
    const { mapping } = toyLineConfig()
    const lines = (label: number) => {
      const labels = new Float32Array(5 * 6).fill(3)
      labels[6 * 3 + 2] = label
      return Number.isInteger(label) ? Int32Array.from(labels) : labels
    }

    it.each([
      { part: 'train', label: 4.5 },
      { part: 'val', label: 8 },
      { part: 'test', label: -1 },
    ] as const)('are refused by name: $label in $part', async ({ part, label }) => {
      const module = new LineRecognizer(loss === 'ctc' ? toyCtcModel() : toyWindowModel(), { loss })
      await expect(run(module, data(lines(label), part, [8, 96, 1], [6]))).rejects.toMatchObject({
        code: 'INVALID_LABEL',
        message: expect.stringContaining(
          `LineRecognizer: expected labels that are whole numbers from 0 to 7, one of 8 classes, received ${label} ` +
            `in ${stages[part]} batch 1, sample 1, position 2 (counted from 0).`,
        ) as string,
      })
    })

    it('may be padding', async () => {
      const module = new LineRecognizer(loss === 'ctc' ? toyCtcModel() : toyWindowModel(), { loss })
      expect(mapping[3]).toBe('<P>')
      await run(module, data(lines(5), 'train', [8, 96, 1], [6]))
    })
  })
})
