import { useBackend } from '@ductus/backend'
import {
  Classifier,
  Trainer,
  type Callback,
  type DividedLoss,
  type StepContext,
  type TensorBatch,
} from '@ductus/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

const refused = ['epoch', 'step', 'samples', 'kind', '__proto__', 'constructor', '', 'a\rb', 'a\nb']

beforeAll(async () => {
  await useBackend('cpu')
})

class Logging extends Classifier {
  constructor(readonly metric: string) {
    super(toyModel())
  }

  override trainingStep(batch: TensorBatch, context: StepContext): DividedLoss {
    this.log(this.metric, 99)
    return super.trainingStep(batch, context)
  }
}

describe('a metric', () => {
  it.each(refused)('of a module is not named %j', async (name) => {
    const fit = new Trainer({ rootDir: false }).fit(new Logging(name), toyData())
    await expect(fit).rejects.toMatchObject({
      name: 'TrainingError',
      code: 'INVALID_OPTION',
      message: expect.stringContaining(
        `log: expected a metric's name that is not one of epoch, step, samples, kind, nor empty, __proto__ or the ` +
          `like, received ${JSON.stringify(name)}.`,
      ) as string,
    })
  })

  it.each(refused)('of a callback is not named %j', async (name) => {
    const callback: Callback = {
      name: 'own',
      onTrainBatchEnd: (context) => {
        context.log(name, 1)
      },
    }
    const trainer = new Trainer({ rootDir: false, callbacks: [callback] })
    await expect(trainer.fit(new Classifier(toyModel()), toyData())).rejects.toThrow(
      "Callback own.onTrainBatchEnd: log: expected a metric's name",
    )
  })

  it.each(['train/epoch', 'steps', 'größe', 'a, b'])('may be named %j', async (name) => {
    const { metrics } = await new Trainer({ rootDir: false }).fit(new Logging(name), toyData())
    expect(metrics[name]).toBe(99)
  })
})
