import { uniformValues, useBackend } from '@ductus/backend'
import type { Batch } from '@ductus/data'
import { MLP } from '@ductus/models'
import { Classifier, Trainer, type BatchLoader } from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { temporaryFolder } from '../test/support/temporary-folder.js'

const config = { inputDims: [28, 28, 1], mapping: [...'0123456789'] }

function loaderOf(batchSize: number, length: number): BatchLoader & { batchSize: number } {
  const x = uniformValues(1, batchSize * 784, 0, 1)
  const y = Int32Array.from({ length: batchSize }, (_, i) => i % 10)
  const batch: Batch = {
    x,
    xShape: [batchSize, 28, 28, 1],
    y,
    yShape: [batchSize],
    size: batchSize,
  }
  return {
    length,
    batchSize,
    async *batches() {
      for (let i = 0; i < length; i++) yield batch
    },
  }
}

beforeAll(async () => {
  await useBackend('auto')
})

it('memory is flat over 10,000 steps', { timeout: 600_000 }, async () => {
  const model = MLP(config, { fc1: 4, fc2: 0, fcDropout: 0.1 }, { seed: 1 })
  const counts = new Set<number>()
  let bytes = 0
  const trainer = new Trainer({
    rootDir: temporaryFolder(),
    checkpointing: false,
    callbacks: [
      {
        onTrainBatchEnd: ({ step }) => {
          const { numTensors, numBytes } = tf.memory()
          if (step > 10) counts.add(numTensors)
          if (step === 11) bytes = numBytes
          else if (step > 11) expect(numBytes).toBe(bytes)
        },
      },
    ],
  })
  await trainer.fit(new Classifier(model), { trainDataLoader: () => loaderOf(2, 10_000) })
  expect(counts.size).toBe(1)
})
