import * as tfl from '@tensorflow/tfjs-layers'
import { defineModel, type ModelDefinition } from '../define-model.js'
import type { Conv2d } from '../layers/conv2d.js'
import type { KeyedLayers } from '../layers/keyed-layers.js'
import { through } from '../layers/through.js'
import { ModelError } from '../model-error.js'
import { convBlock } from './conv-block.js'
import { lineCNNOptions, type LineCNNOptions } from './line-cnn-options.js'
import { lineCNNFacts } from './model-facts.js'

/**
 * Reads a line by convolutions alone: eight 3×3 ones that bring it to an eighth of its size, one over windows of full
 * height, and two dense layers on each window. `[batch, height, width, channels]` to logits `[batch, windows, classes]`,
 * more windows than characters, for CTC.
 *
 * @see Full Stack Deep Learning, text recognizer, lab 3
 */
export const LineCNN: ModelDefinition<LineCNNOptions> = defineModel({
  ...lineCNNFacts,
  options: lineCNNOptions,
  build(config, options, { layers }) {
    const { convDim, fcDim, fcDropout, init } = options
    const input = layers.input(config.inputDims)
    const block = (i: number, filters: number, strides = 1) =>
      convBlock(layers, { name: `conv${i}`, filters, strides, init })
    const maps = through(
      input,
      ...block(1, convDim),
      ...block(2, convDim),
      ...block(3, convDim, 2),
      ...block(4, convDim),
      ...block(5, convDim * 2, 2),
      ...block(6, convDim * 2),
      ...block(7, convDim * 4, 2),
      ...block(8, convDim * 4),
    )
    const features = through(maps, windowConv(layers, config.inputDims[0]!, options))
    const windows = features.shape[2]!
    const length = keptWindows(windows, config.outputDims?.[0], options)
    const logits = through(
      features,
      length < windows && layers.crop2d({ name: 'limit', right: windows - length }),
      layers.reshape({ name: 'line', shape: [length, fcDim] }),
      layers.dense({ name: 'fc1', units: fcDim, activation: 'relu', init }),
      fcDropout > 0 && layers.dropout({ name: 'dropout', rate: fcDropout }),
      layers.dense({ name: 'fc2', units: config.mapping.length, init }),
    )
    return tfl.model({ inputs: input, outputs: logits })
  },
})

function windowConv(
  layers: KeyedLayers,
  height: number,
  { windowWidth, windowStride, fcDim, init }: LineCNNOptions,
): Conv2d {
  const rows = Math.floor(height / 8)
  return layers.conv2d({
    name: 'conv9',
    filters: fcDim,
    kernelSize: [rows, windowWidth / 8],
    strides: [rows, windowStride / 8],
    activation: 'relu',
    init,
  })
}

function keptWindows(
  windows: number,
  length: number | undefined,
  { limitOutputLength }: LineCNNOptions,
): number {
  if (!limitOutputLength || length === undefined) return windows
  if (windows >= length) return length
  throw new ModelError(
    'BAD_OPTION',
    `expected at least as many windows as a line has characters, ${length}, received ${windows}. ` +
      'Use a smaller windowStride.',
  )
}
