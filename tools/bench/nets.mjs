import * as zoo from '@ductus/models'
import * as tfl from '@tensorflow/tfjs-layers'

const mapping = [...'0123456789']

/** A residual block alone, on 64 maps of 28×28, as a network: what ResNet-style networks repeat. */
const residualBlock = {
  inputShape: [28, 28, 64],
  build: () => {
    const layers = zoo.keyedLayers(1)
    const input = layers.input([28, 28, 64])
    const options = { name: 'block', filters: 64, batchNorm: true }
    return tfl.model({ inputs: input, outputs: zoo.residualBlock(layers, input, options) })
  },
}

/**
 * Builds a row's net, with its input's shape `[height, width, channels]`. `size` is [height, width], 28×28 unless told;
 * a line's net has as many outputs as it likes.
 */
export function buildNet({ net, options = {}, size = [28, 28] }) {
  if (net === 'ResidualBlock')
    return { model: residualBlock.build(), inputShape: residualBlock.inputShape }
  const inputShape = [...size, 1]
  return { model: zoo[net]({ inputDims: inputShape, mapping }, options), inputShape }
}
