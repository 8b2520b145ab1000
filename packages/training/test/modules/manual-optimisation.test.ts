import { useBackend } from '@ductus/backend'
import {
  Adam,
  freeze,
  LitModule,
  Trainer,
  unfreeze,
  type ManualStepContext,
  type StepContext,
  type TensorBatch,
} from '@ductus/training'
import { uniformValues } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'
import { weightsOf } from '../support/weights-of.js'

beforeAll(async () => {
  await useBackend('cpu')
})

const dense = (name: string, units: number, inputs?: number, activation?: 'relu') =>
  tfl.layers.dense({
    name,
    units,
    ...(inputs === undefined ? {} : { inputShape: [inputs] }),
    ...(activation === undefined ? {} : { activation }),
    kernelInitializer: tfl.initializers.glorotUniform({ seed: units + name.length }),
  })

/** A tiny GAN: the generator learns to give numbers around 3, as the data are. */
class Gan extends LitModule {
  constructor() {
    super({
      generator: tfl.sequential({ layers: [dense('g1', 1, 1)] }),
      critic: tfl.sequential({ layers: [dense('d1', 8, 1, 'relu'), dense('d2', 1)] }),
    })
  }

  override step({ size }: TensorBatch, context: ManualStepContext): tf.Scalar {
    const { generator, critic } = this.models
    const noise = tf.tensor(uniformValues(context.step, size, -1, 1), [size, 1])
    const real = tf.tensor(uniformValues(~context.step >>> 0, size, 2.5, 3.5), [size, 1])
    const judge = (x: tf.Tensor, target: number): tf.Scalar => {
      const logits = this.forward(x, context, critic)
      return tf.losses.sigmoidCrossEntropy<tf.Tensor, tf.Scalar>(
        tf.fill(logits.shape, target),
        logits,
      )
    }
    const fake = this.forward(noise, context, generator)
    const criticLoss = context.minimize('critic', () => tf.add(judge(real, 1), judge(fake, 0)))
    const loss = context.minimize('generator', () =>
      judge(this.forward(noise, context, generator), 1),
    )
    this.log('train/critic', criticLoss)
    return loss
  }

  trainingStep(): tf.Scalar {
    throw new Error('step is there')
  }

  configureOptimizers() {
    return {
      generator: { optimizer: new Adam({ lr: 0.02, betas: [0.5, 0.999] }), models: ['generator'] },
      critic: { optimizer: new Adam({ lr: 0.02, betas: [0.5, 0.999] }), models: ['critic'] },
    }
  }

  override predictStep({ x }: TensorBatch, context: StepContext): tf.Tensor {
    return this.forward(x, context, this.models.generator)
  }
}

describe('manual optimisation', () => {
  it('trains two models with two optimizers', async () => {
    const module = new Gan()
    const before = tf.memory().numTensors
    const trainer = new Trainer({
      maxEpochs: 40,
      rootDir: temporaryFolder(),
      limitValBatches: 0,
      detectLeaks: true,
    })
    const result = await trainer.fit(module, toyData())
    expect(result.steps).toBe(240)
    expect(Object.keys(result.metrics)).toEqual(['train/loss', 'train/critic'])
    const made = tf.tidy(() => {
      const zero = module.models.generator!.predict(tf.zeros([1, 1])) as tf.Tensor
      return zero.dataSync()[0]!
    })
    expect(made).toBeGreaterThan(2)
    expect(made).toBeLessThan(4)
    expect(tf.memory().numTensors).toBe(before)
  })
})

describe('manual optimisation, taken up again', () => {
  it('gives the same bits: two models, two optimizers', async () => {
    const fit = async (stop: number) => {
      const rootDir = temporaryFolder()
      for (;;) {
        const module = new Gan()
        const trainer: Trainer = new Trainer({
          maxEpochs: 3,
          rootDir,
          limitValBatches: 0,
          callbacks: [
            { onTrainBatchEnd: ({ step }) => (step === stop ? trainer.interrupt() : undefined) },
          ],
        })
        const { status, metrics } = await trainer.fit(module, toyData(), { resume: 'last' })
        if (status === 'interrupted') continue
        return { metrics, weights: Object.values(module.models).map(weightsOf) }
      }
    }
    const whole = await fit(Infinity)
    for (const stop of [1, 6, 8]) expect(await fit(stop)).toEqual(whole)
  })
})

describe('freeze and unfreeze', () => {
  it('take layers by name or by pattern', () => {
    const model = toyModel()
    expect(freeze(model, /^fc[12]$/)).toEqual(['fc1', 'fc2'])
    expect(model.trainableWeights.map(({ originalName }) => originalName)).toHaveLength(2)
    expect(unfreeze(model, ['fc2'])).toEqual(['fc2'])
    expect(model.trainableWeights).toHaveLength(4)
    expect(() => freeze(model, ['fc9'])).toThrow('Unknown layer "fc9". Did you mean')
    expect(() => freeze(model, /nothing/)).toThrow('expected a choice of layers')
  })

  it('may come and go while a run goes', async () => {
    const { Classifier } = await import('@ductus/training')
    const model = toyModel(5, 0)
    const start = weightsOf(model)
    const seen: boolean[] = []
    freeze(model, ['fc1'])
    const trainer = new Trainer({
      maxEpochs: 2,
      rootDir: false,
      callbacks: [
        {
          onEpochEnd: () => {
            seen.push(
              JSON.stringify(weightsOf(model)['fc1/kernel']) ===
                JSON.stringify(start['fc1/kernel']),
            )
            unfreeze(model, ['fc1'])
          },
        },
      ],
    })
    await trainer.fit(new Classifier(model), toyData())
    expect(seen).toEqual([true, false])
  })
})
