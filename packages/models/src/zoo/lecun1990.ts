import * as tfl from '@tensorflow/tfjs-layers'
import { defineModel, type ModelDefinition } from '../define-model.js'
import type { KeyedLayers } from '../layers/keyed-layers.js'
import { SelectChannels } from '../layers/select-channels.js'
import { through } from '../layers/through.js'
import { UnitBias } from '../layers/unit-bias.js'
import { leCun1990Options, type LeCun1990Options } from './lecun1990-options.js'
import { leCun1990Facts } from './model-facts.js'

/** Which of the first layer's 12 maps each third of the second layer's filters reads, 8 of them each. */
const mapGroups = [
  [[0, 8]],
  [[4, 12]],
  [
    [0, 4],
    [8, 12],
  ],
] as const

/**
 * Classifies digits as the network of 1990 does: 12 filters 5×5 at stride 2, twice, then 30 and 10 units, a scaled
 * tanh after each. `[batch, height, width, channels]` to `[batch, classes]` near ±1; 21,904 parameters on 28×28.
 *
 * With `paper` every unit of a map has a bias of its own and the second layer's filters read 8 of the 12 maps: 9,760
 * parameters on 16×16. The paper doesn't say which 8: here each third of the filters leaves another third out.
 *
 * @see LeCun et al. 1990, Handwritten digit recognition with a back-propagation network
 */
export const LeCun1990: ModelDefinition<LeCun1990Options> = defineModel({
  ...leCun1990Facts,
  options: leCun1990Options,
  build(config, options, { layers, seed }) {
    const { init } = options
    const input = layers.input(config.inputDims)
    const act = activations(layers, options)
    const bias = (name: string, fanIn: number) =>
      options.paper && new UnitBias({ name, init, fanIn, seed })
    const conv = convolutions(layers, options)
    const first = through(
      input,
      conv('conv1', 12),
      bias('conv1_bias', 25 * config.inputDims[2]!),
      act('conv1_act'),
    )
    const second = options.paper
      ? through(eightOfTwelve(first, conv), bias('conv2_bias', 25 * 8))
      : through(first, conv('conv2', 12))
    const outputs = through(
      second,
      act('conv2_act'),
      layers.flatten({ name: 'flatten' }),
      layers.dense({ name: 'fc1', units: 30, init }),
      act('fc1_act'),
      layers.dense({ name: 'fc2', units: config.mapping.length, init }),
      act('fc2_act'),
    )
    return tfl.model({ inputs: input, outputs })
  },
})

type MakeConv = (name: string, filters: number) => tfl.layers.Layer

function convolutions(
  layers: KeyedLayers,
  { paper, init, convolution }: LeCun1990Options,
): MakeConv {
  return (name, filters) => {
    const options = { name, filters, kernelSize: 5, strides: 2, padding: 2, init, useBias: !paper }
    return convolution === 'im2col' ? layers.im2colConv2d(options) : layers.conv2d(options)
  }
}

function activations(layers: KeyedLayers, { activation }: LeCun1990Options) {
  return (name: string) =>
    activation === 'tanh' ? layers.activation({ name, activation }) : layers.scaledTanh({ name })
}

function eightOfTwelve(x: tfl.SymbolicTensor, conv: MakeConv): tfl.SymbolicTensor {
  const parts = mapGroups.map((ranges, i) =>
    through(
      x,
      new SelectChannels({ name: `conv2_maps${i + 1}`, ranges }),
      conv(`conv2_${i + 1}`, 4),
    ),
  )
  return tfl.layers.concatenate({ name: 'conv2_join', axis: -1 }).apply(parts) as tfl.SymbolicTensor
}
