import * as tfl from '@tensorflow/tfjs-layers'
import { defineModel, type ModelDefinition } from '../define-model.js'
import { through } from '../layers/through.js'
import { leNet5Options, type LeNet5Options } from './lenet5-options.js'
import { leNet5Facts } from './model-facts.js'

/**
 * Classifies 28×28 images as LeNet-5 does, with batch norm before each activation, average pooling, and a little
 * dropout. `[batch, height, width, channels]` to logits `[batch, classes]`; 62,158 parameters on FashionMNIST.
 */
export const LeNet5: ModelDefinition<LeNet5Options> = defineModel({
  ...leNet5Facts,
  options: leNet5Options,
  build(config, { activation, dropout }, { layers }) {
    const drop = (name: string) => dropout > 0 && layers.dropout({ name, rate: dropout })
    const input = layers.input(config.inputDims)
    const logits = through(
      input,
      layers.conv2d({ name: 'conv1', filters: 6, kernelSize: 5, padding: 2 }),
      layers.batchNorm({ name: 'conv1_bn', activation }),
      layers.avgPool2d({ name: 'pool1' }),
      drop('conv2_dropout'),
      layers.conv2d({ name: 'conv2', filters: 16, kernelSize: 5 }),
      layers.batchNorm({ name: 'conv2_bn', activation }),
      layers.avgPool2d({ name: 'pool2' }),
      layers.flatten({ name: 'flatten' }),
      drop('fc1_dropout'),
      layers.dense({ name: 'fc1', units: 120 }),
      layers.batchNorm({ name: 'fc1_bn', activation }),
      drop('fc2_dropout'),
      layers.dense({ name: 'fc2', units: 84 }),
      layers.batchNorm({ name: 'fc2_bn', activation }),
      drop('fc3_dropout'),
      layers.dense({ name: 'fc3', units: config.mapping.length }),
    )
    return tfl.model({ inputs: input, outputs: logits })
  },
})
