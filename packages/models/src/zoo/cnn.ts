import * as tfl from '@tensorflow/tfjs-layers'
import { defineModel, type ModelDefinition } from '../define-model.js'
import type { KeyedLayers } from '../layers/keyed-layers.js'
import { through } from '../layers/through.js'
import { activationLayer, fusedActivation } from './activation-layer.js'
import { cnnOptions, type CNNOptions } from './cnn-options.js'
import { convBlock } from './conv-block.js'
import { cnnFacts } from './model-facts.js'
import { residualBlock } from './residual-block.js'

/**
 * Classifies images with two ConvBlocks, 2×2 max-pooling, dropout, and a hidden layer with ReLU.
 * `[batch, height, width, channels]` to logits `[batch, classes]`; 1,644,618 parameters on MNIST.
 *
 * Its options are the lab's homework: more such blocks, residual connections, batch norm, strides for pooling, other
 * activations, channels that grow. The defaults are the lab's plain network.
 *
 * @see Full Stack Deep Learning, text recognizer, lab 2
 */
export const CNN: ModelDefinition<CNNOptions> = defineModel({
  ...cnnFacts,
  options: cnnOptions,
  build(config, options, { layers }) {
    const { activation } = options
    const input = layers.input(config.inputDims)
    let x = input
    for (let i = 0; i < options.numBlocks; i++) x = block(layers, x, i, options)
    const logits = through(
      x,
      options.fcDropout > 0 && layers.dropout({ name: 'dropout', rate: options.fcDropout }),
      layers.flatten({ name: 'flatten' }),
      layers.dense({ name: 'fc1', units: options.fcDim, activation: fusedActivation(activation) }),
      activationLayer(layers, 'fc1_act', activation),
      layers.dense({ name: 'fc2', units: config.mapping.length }),
    )
    return tfl.model({ inputs: input, outputs: logits })
  },
})

/** Two convolutions that end at half the size. */
function block(
  layers: KeyedLayers,
  x: tfl.SymbolicTensor,
  i: number,
  options: CNNOptions,
): tfl.SymbolicTensor {
  const { batchNorm, activation, downsample } = options
  const filters = Math.round(options.convDim * options.channelGrowth ** i)
  const names = [`conv${2 * i + 1}`, `conv${2 * i + 2}`] as const
  const strides = [1, downsample === 'stride' ? 2 : 1] as const
  const common = { filters, batchNorm, activation }
  const y = options.residual
    ? residualBlock(layers, x, { ...common, name: names, strides })
    : through(
        x,
        ...convBlock(layers, { ...common, name: names[0] }),
        ...convBlock(layers, { ...common, name: names[1], strides: strides[1] }),
      )
  return through(y, downsample === 'maxPool' && layers.maxPool2d({ name: `pool${i + 1}` }))
}
