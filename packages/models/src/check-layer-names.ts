import type * as tfl from '@tensorflow/tfjs-layers'
import { ModelError } from './model-error.js'

/**
 * Refuses layers that tf.layers named by counting: such names change with what the process built before, and weights
 * are kept by name.
 */
export function checkLayerNames(
  model: string,
  container: { readonly layers: tfl.layers.Layer[] },
): void {
  for (const layer of container.layers) {
    const kind = layer.getClassName()
    const counted = kind === 'InputLayer' ? /^input\d+$/ : new RegExp(`_${kind}\\d+$`)
    if (counted.test(layer.name)) {
      throw new ModelError(
        'BAD_DEFINITION',
        `${model}: expected every layer to have a name of its own, received a ${kind} without one. ` +
          "Give it one: { name: 'conv1' }.",
      )
    }
    if ('layers' in layer) checkLayerNames(model, layer as unknown as tfl.LayersModel)
  }
}
