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

/** Builds a net of the bench by name, with its input's shape `[height, width, channels]`. */
export function buildNet(name) {
  if (name === 'ResidualBlock')
    return { model: residualBlock.build(), inputShape: residualBlock.inputShape }
  const inputShape = [28, 28, 1]
  // The same numbers by either way; unfolded windows are there to be taught with.
  const options = name === 'LeCun1990' ? { convolution: 'conv2d' } : {}
  return { model: zoo[name]({ inputDims: inputShape, mapping }, options), inputShape }
}
