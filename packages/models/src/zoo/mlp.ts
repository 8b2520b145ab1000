import * as tfl from '@tensorflow/tfjs-layers'
import { defineModel, type ModelDefinition } from '../define-model.js'
import { through } from '../layers/through.js'
import { mlpFacts } from './model-facts.js'
import { mlpOptions, type MLPOptions } from './mlp-options.js'

/**
 * Classifies images with two hidden layers, each with ReLU and dropout. `[batch, height, width, channels]` to logits
 * `[batch, classes]`; 936,330 parameters on MNIST.
 *
 * @see Full Stack Deep Learning, text recognizer, lab 2
 */
export const MLP: ModelDefinition<MLPOptions> = defineModel({
  ...mlpFacts,
  options: mlpOptions,
  build(config, { fc1, fc2, fcDropout }, { layers }) {
    const input = layers.input(config.inputDims)
    const hidden = (name: string, units: number) => [
      units > 0 && layers.dense({ name, units, activation: 'relu' }),
      units > 0 && fcDropout > 0 && layers.dropout({ name: `${name}_dropout`, rate: fcDropout }),
    ]
    const logits = through(
      input,
      layers.flatten({ name: 'flatten' }),
      ...hidden('fc1', fc1),
      ...hidden('fc2', fc2),
      layers.dense({ name: 'fc3', units: config.mapping.length }),
    )
    return tfl.model({ inputs: input, outputs: logits })
  },
})
