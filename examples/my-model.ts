// A model of your own: options with defaults in a zod schema, and a function that builds the network.
import { defineModel, through } from '@ductus/models'
import * as tf from '@tensorflow/tfjs-layers'
import { z } from 'zod'

export default defineModel({
  name: 'TinyCNN',
  summary: 'One strided convolution and a dense layer: small enough to look at',
  source: 'an example',
  options: z.object({
    filters: z.int().min(1).default(8).describe('channels of the convolution'),
    dropout: z.number().min(0).max(1).default(0).describe('dropout before the last layer'),
  }),
  build(config, { filters, dropout }, { layers }) {
    const input = layers.input(config.inputDims)
    const logits = through(
      input,
      layers.conv2d({
        name: 'conv',
        filters,
        kernelSize: 5,
        strides: 2,
        padding: 2,
        activation: 'relu',
      }),
      layers.maxPool2d({ name: 'pool' }),
      layers.flatten({ name: 'flatten' }),
      dropout > 0 && layers.dropout({ name: 'dropout', rate: dropout }),
      layers.dense({ name: 'classes', units: config.mapping.length }),
    )
    return tf.model({ inputs: input, outputs: logits })
  },
})
