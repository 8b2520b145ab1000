import type * as tfl from '@tensorflow/tfjs-layers'
import { inputShapes } from '../layers/single-input.js'

/** Layers that leave the order of features as it is. */
const keepOrder = new Set([
  'Dropout',
  'Activation',
  'ScaledTanh',
  'BatchNormalization',
  'DuctusBatchNormalization',
])

/**
 * Finds the map `[height, width, channels]` whose flattened values a layer reads, if it does: there PyTorch, channels
 * first, has another order than TensorFlow.js, channels last.
 */
export function flattenedMap(layer: tfl.layers.Layer): readonly number[] | undefined {
  if (layer.getClassName() === 'UnitBias') return inputShapes(layer)[0]!.slice(1) as number[]
  const source = layer.inboundNodes[0]?.inboundLayers[0]
  if (!source || inputShapes(layer)[0]!.length !== 2) return undefined
  if (source.getClassName() === 'Flatten') {
    const shape = inputShapes(source)[0]!.slice(1) as number[]
    return shape.length === 3 ? shape : undefined
  }
  return keepOrder.has(source.getClassName()) ? flattenedMap(source) : undefined
}
