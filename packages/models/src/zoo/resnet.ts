import * as tfl from '@tensorflow/tfjs-layers'
import { defineModel, type ModelDefinition } from '../define-model.js'
import { through } from '../layers/through.js'
import { convBlock } from './conv-block.js'
import { resNetFacts } from './model-facts.js'
import { residualBlock } from './residual-block.js'
import { resNetOptions, type ResNetOptions } from './resnet-options.js'

/**
 * Classifies small images (28×28, 32×32) with a residual network: three stages of 16, 32 and 64 channels, at full,
 * half and quarter size, batch norm after every convolution, 1×1 projections where shapes differ, the mean of each
 * channel at the end. `[batch, height, width, channels]` to logits `[batch, classes]`.
 *
 * @see He et al. 2016, Deep Residual Learning, section 4.2 (with projections, its option B)
 */
export const ResNet: ModelDefinition<ResNetOptions> = defineModel({
  ...resNetFacts,
  options: resNetOptions,
  build(config, { depth, width }, { layers }) {
    const input = layers.input(config.inputDims)
    const common = { batchNorm: true, useBias: false } as const
    let x = through(input, ...convBlock(layers, { ...common, name: 'stem', filters: width }))
    const blocks = (depth - 2) / 6
    for (let stage = 0; stage < 3; stage++) {
      for (let i = 0; i < blocks; i++) {
        x = residualBlock(layers, x, {
          ...common,
          name: `stage${stage + 1}_block${i + 1}`,
          filters: width * 2 ** stage,
          strides: [stage > 0 && i === 0 ? 2 : 1, 1],
        })
      }
    }
    const logits = through(
      x,
      layers.globalAvgPool2d({ name: 'pool' }),
      layers.dense({ name: 'fc', units: config.mapping.length }),
    )
    return tfl.model({ inputs: input, outputs: logits })
  },
})
