import { uniformValues } from '@ductus/backend'
import type { Batch } from '@ductus/data'
import { defineModel, MLP, through } from '@ductus/models'
import type { BatchLoader } from '@ductus/training'
import * as tfl from '@tensorflow/tfjs-layers'
import { z } from 'zod'

const config = { inputDims: [28, 28, 1], mapping: [...'0123456789'] }

/** 1→4→8→16→16→10 channels, stride 2: small maps, where everything but arithmetic shows. */
const Strided = defineModel({
  name: 'Strided',
  summary: 'Strided convolutions',
  source: 'a test',
  options: z.object({}),
  build({ inputDims }, _options, { layers }) {
    const input = layers.input(inputDims)
    const channels = [4, 8, 16, 16, 10]
    const convolutions = channels.map((filters, i) =>
      layers.conv2d({
        name: `conv${i}`,
        ...{ filters, kernelSize: 3, strides: 2, padding: 1 },
        ...(i < 4 ? { activation: 'relu' as const } : {}),
      }),
    )
    const outputs = through(input, ...convolutions, layers.flatten({ name: 'flatten' }))
    return tfl.model({ inputs: input, outputs })
  },
})

/** The networks that the Trainer is timed on, for so many steps that what a fit costs once, some 12 ms, is little; `goal` is the most that it may add to a loop written by hand. */
export const trainerCases = [
  {
    name: 'MLP, batch 128',
    make: (): tfl.LayersModel => MLP(config, {}, { seed: 1 }),
    ...{ batch: 128, steps: 200, goal: 0.03 },
  },
  {
    name: 'strided CNN, batch 32',
    make: (): tfl.LayersModel => Strided(config, {}, { seed: 1 }),
    ...{ batch: 32, steps: 300, goal: 0.15 },
  },
]

/** Hands out one batch `length` times: what loading costs is another bench's. */
export function loaderOf(batchSize: number, length: number): BatchLoader & { batchSize: number } {
  const x = uniformValues(1, batchSize * 784, 0, 1)
  const y = Int32Array.from({ length: batchSize }, (_, i) => i % 10)
  const xShape = [batchSize, 28, 28, 1]
  const batch: Batch = { x, xShape, y, yShape: [batchSize], size: batchSize }
  return {
    length,
    batchSize,
    async *batches() {
      for (let i = 0; i < length; i++) yield batch
    },
  }
}
