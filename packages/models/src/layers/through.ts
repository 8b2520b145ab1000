import type * as tfl from '@tensorflow/tfjs-layers'
import { ModelError } from '../model-error.js'

/**
 * Connects layers in a row to `x`; those that are absent (`undefined`, `false`) are passed over.
 *
 * @throws ModelError `BAD_SHAPE` when nothing is left of the images
 */
export function through(
  x: tfl.SymbolicTensor,
  ...layers: (tfl.layers.Layer | undefined | false)[]
): tfl.SymbolicTensor {
  return layers.reduce((y, layer) => (layer ? connect(y, layer) : y), x)
}

function connect(x: tfl.SymbolicTensor, layer: tfl.layers.Layer): tfl.SymbolicTensor {
  const y = layer.apply(x) as tfl.SymbolicTensor
  if (y.shape.every((size) => size === null || size > 0)) return y
  const [, ...received] = x.shape
  throw new ModelError(
    'BAD_SHAPE',
    `${layer.name}: expected larger maps than it got, received [${received.join(', ')}]. ` +
      'Use larger images, or fewer layers that shrink them.',
  )
}
