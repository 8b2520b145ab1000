import * as tfl from '@tensorflow/tfjs-layers'
import { defineModel, type ModelDefinition } from '../define-model.js'
import { through } from '../layers/through.js'
import { ModelError } from '../model-error.js'
import { conv } from './conv.js'
import { simpleCNNFacts } from './model-facts.js'
import { simpleCNNOptions, type SimpleCNNOptions } from './simple-cnn-options.js'

/**
 * Classifies 28×28 images with five convolutions of stride 2 alone: maps of 14, 7, 4, 2 and 1 pixel, 4, 8, 16, 16
 * channels and one a class. `[batch, height, width, channels]` to logits `[batch, classes]`; 5,274 parameters.
 *
 * @see fast.ai, Convolutions
 */
export const SimpleCNN: ModelDefinition<SimpleCNNOptions> = defineModel({
  ...simpleCNNFacts,
  options: simpleCNNOptions,
  build(config, _, { layers, seed }) {
    const input = layers.input(config.inputDims)
    const channels = [config.inputDims[2]!, 4, 8, 16, 16, config.mapping.length]
    const map = through(
      input,
      ...[1, 2, 3, 4, 5].map((i) =>
        conv(channels[i - 1]!, channels[i]!, { name: `conv${i}`, act: i < 5, seed }),
      ),
    )
    const [, height, width] = map.shape
    if (height !== 1 || width !== 1) {
      throw new ModelError(
        'BAD_CONFIG',
        `expected images of at most 32 pixels a side, which halve to 1×1, received ${config.inputDims.join('×')}. ` +
          'Resize them, or use a CNN.',
      )
    }
    const logits = through(map, layers.flatten({ name: 'flatten' }))
    return tfl.model({ inputs: input, outputs: logits })
  },
})
