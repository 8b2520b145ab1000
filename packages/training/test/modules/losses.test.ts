import { readFileSync } from 'node:fs'
import { useBackend } from '@ductus/backend'
import { Classifier, lossByName, lossNames, Trainer, type LossName } from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

interface Fixture {
  outputs: number[]
  labels: number[]
  cases: Record<string, { options: object; loss: number; gradient: number[] }>
}

const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/losses.json', import.meta.url), 'utf8'),
) as Fixture

describe.each(['cpu', 'wasm'] as const)('losses on %s', (backend) => {
  it.each(Object.keys(fixture.cases))('%s follows PyTorch, with its gradient', async (name) => {
    await useBackend(backend)
    const { options, loss, gradient } = fixture.cases[name]!
    const named = lossByName(name.replace(/_(smooth|weighted)$/, '') as LossName)
    const outputs = tf.tensor<tf.Rank.R2>(fixture.outputs, [5, 4])
    const labels = tf.tensor1d(fixture.labels, 'int32')
    const divisor = named.divisor(fixture.labels, options)
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) =>
      named.compute(x as tf.Tensor2D, labels, options, divisor),
    )(outputs)
    expect(value.shape).toEqual([])
    expect(value.dataSync()[0]).toBeCloseTo(loss, 5)
    Array.from(grad.dataSync()).forEach((own, i) => {
      expect(own).toBeCloseTo(gradient[i]!, 5)
    })
  })
})

describe('Classifier', () => {
  it.each(lossNames.filter((name) => name !== 'nll'))('learns by %s', async (loss) => {
    await useBackend('cpu')
    const module = new Classifier(toyModel(5, 0), { loss, lr: 0.02 })
    const trainer = new Trainer({ maxEpochs: 25, rootDir: false })
    const { metrics } = await trainer.fit(module, toyData())
    expect(metrics['validation/acc']).toBeGreaterThan(0.9)
    expect(module.hparams()).toMatchObject({ loss })
  })

  it('suggests the nearest loss', () => {
    expect(() => new Classifier(toyModel(), { loss: 'hubr' as 'huber' })).toThrow(
      'Unknown loss "hubr". Did you mean huber?',
    )
  })
})
