import { useBackend } from '@ductus/backend'
import { Classifier, Trainer } from '@ductus/training'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

beforeAll(async () => {
  await useBackend('cpu')
})

describe('Classifier', () => {
  it('refuses outputs that are no logits, and says what mends them', async () => {
    const maps = tfl.sequential({
      layers: [
        tfl.layers.conv2d({
          name: 'conv',
          filters: 10,
          kernelSize: 3,
          padding: 'same',
          inputShape: [4, 3, 1],
        }),
      ],
    })
    const trainer = new Trainer({ rootDir: false })
    await expect(trainer.fit(new Classifier(maps), toyData())).rejects.toThrow(
      'Classifier: expected logits [20, classes], received [20, 4, 3, 10]. Bring height and width down to 1 by ' +
        'strides or pooling and then flatten, or flatten',
    )
  })

  it('counts a confusion matrix in a test, and gives probabilities', async () => {
    const module = new Classifier(toyModel(5, 0), { lr: 0.02 })
    const trainer = new Trainer({ maxEpochs: 20, rootDir: false })
    await trainer.fit(module, toyData())
    const { confusion, metrics, samples } = await trainer.test()
    expect(confusion!.flat().reduce((sum, count) => sum + count)).toBe(samples)
    const right = confusion!.reduce((sum, row, i) => sum + row[i]!, 0)
    expect(metrics['test/acc']).toBeCloseTo(right / samples, 12)
    expect(confusion!.map((row) => row.reduce((sum, count) => sum + count))).toEqual([17, 17, 16])
    const { values, shape } = await trainer.predict(module, toyData())
    expect(shape).toEqual([50, 3])
    for (let i = 0; i < 50; i++) {
      expect(values[3 * i]! + values[3 * i + 1]! + values[3 * i + 2]!).toBeCloseTo(1, 5)
    }
  })

  it('fails on a wrong option before any data is read', () => {
    expect(() => new Classifier(toyModel(), { optimizer: 'Adm' as 'Adam' })).toThrow(
      'Did you mean Adam?',
    )
    expect(() => new Classifier(toyModel(), { lr: NaN })).toThrow('expected lr')
    expect(() => new Classifier(toyModel(), { labelSmoothing: 1.5 })).toThrow(
      'Classifier: expected labelSmoothing from 0 to 1, received 1.5. The default is 0.',
    )
    expect(() => new Classifier(toyModel(), { classWeights: [1, 2] })).toThrow(
      'Classifier: expected classWeights of 3, each at least 0, received [1, 2]. Leave it out for 1 each.',
    )
    expect(() => new Classifier(toyModel(), { classWeights: [1, 2, NaN] })).toThrow(
      'received [1, 2, NaN]',
    )
  })
})
