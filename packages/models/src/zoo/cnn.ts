import * as tfl from '@tensorflow/tfjs-layers'
import { defineModel, type ModelDefinition } from '../define-model.js'
import { through } from '../layers/through.js'
import { cnnFacts } from './cnn-facts.js'
import { cnnOptions, type CNNOptions } from './cnn-options.js'
import { convBlock } from './conv-block.js'

/**
 * Classifies images with two ConvBlocks, 2×2 max-pooling, dropout, and a hidden layer with ReLU.
 * `[batch, height, width, channels]` to logits `[batch, classes]`; 1,644,618 parameters on MNIST.
 *
 * @see Full Stack Deep Learning, text recognizer, lab 2
 */
export const CNN: ModelDefinition<CNNOptions> = defineModel({
  ...cnnFacts,
  options: cnnOptions,
  build(config, { convDim, fcDim, fcDropout }, { layers }) {
    const input = layers.input(config.inputDims)
    const logits = through(
      input,
      convBlock(layers, { name: 'conv1', filters: convDim }),
      convBlock(layers, { name: 'conv2', filters: convDim }),
      layers.maxPool2d({ name: 'pool' }),
      fcDropout > 0 && layers.dropout({ name: 'dropout', rate: fcDropout }),
      layers.flatten({ name: 'flatten' }),
      layers.dense({ name: 'fc1', units: fcDim, activation: 'relu' }),
      layers.dense({ name: 'fc2', units: config.mapping.length }),
    )
    return tfl.model({ inputs: input, outputs: logits })
  },
})
