import * as tfl from '@tensorflow/tfjs-layers'
import { defineModel, type ModelDefinition } from '../define-model.js'
import { through } from '../layers/through.js'
import { Windowed } from '../layers/windowed.js'
import { ModelError } from '../model-error.js'
import { CNN } from './cnn.js'
import { lineCNNSimpleOptions, type LineCNNSimpleOptions } from './line-cnn-simple-options.js'
import { lineCNNSimpleFacts } from './model-facts.js'

/**
 * Reads a line by the {@link CNN} on one window after another: `[batch, height, width, channels]` to logits
 * `[batch, windows, classes]`, ⌊(width − windowWidth) / windowStride⌋ + 1 windows.
 *
 * @throws ModelError `BAD_OPTION` when the windows aren't as many as a line's characters (`config.outputDims[0]`) and
 * `limitOutputLength` is off, or when they are fewer
 * @see Full Stack Deep Learning, text recognizer, lab 2
 */
export const LineCNNSimple: ModelDefinition<LineCNNSimpleOptions> = defineModel({
  ...lineCNNSimpleFacts,
  options: lineCNNSimpleOptions,
  build(config, options, { layers, seed }) {
    const [height, width, channels] = config.inputDims as [number, number, number]
    const { windowWidth, windowStride, limitOutputLength, windowsAtOnce, ...cnn } = options
    const count = windowCount(width, config.outputDims?.[0], {
      windowWidth,
      windowStride,
      limitOutputLength,
    })
    const inner = CNN(
      { inputDims: [height, windowWidth, channels], mapping: config.mapping },
      cnn,
      { seed },
    )
    inner.name = 'cnn'
    const windows = new Windowed({
      name: 'windows',
      model: inner,
      width: windowWidth,
      stride: windowStride,
      count,
      trainChunk: windowsAtOnce,
    })
    const input = layers.input(config.inputDims)
    return tfl.model({ inputs: input, outputs: through(input, windows) })
  },
})

function windowCount(
  width: number,
  length: number | undefined,
  {
    windowWidth,
    windowStride,
    limitOutputLength,
  }: Pick<LineCNNSimpleOptions, 'windowWidth' | 'windowStride' | 'limitOutputLength'>,
): number {
  const count = Math.floor((width - windowWidth) / windowStride) + 1
  if (count < 1) {
    throw new ModelError(
      'BAD_OPTION',
      `expected windowWidth of at most the line's ${width} pixels, received ${windowWidth}. Use narrower windows.`,
    )
  }
  if (length === undefined || count === length) return count
  if (limitOutputLength && count > length) return length
  const fix =
    count > length
      ? 'Set limitOutputLength to leave the rest out'
      : 'Use a smaller windowStride or windowWidth'
  throw new ModelError(
    'BAD_OPTION',
    `expected as many windows as a line has characters, ${length}, received ${count} ` +
      `(limitOutputLength is ${limitOutputLength}). ${fix}.`,
  )
}
