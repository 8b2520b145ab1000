import type * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'

/** A shape as tf.layers has it: null is a size not known yet, such as the batch's. */
export type Shape = (number | null)[]

/** Takes the one tensor out of what tf.layers passes to `call`. */
export function onlyTensor(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return Array.isArray(inputs) ? inputs[0]! : inputs
}

/** Takes the one shape out of what tf.layers passes to `build`. */
export function onlyShape(shapes: Shape | Shape[]): Shape {
  return Array.isArray(shapes[0]) ? shapes[0] : (shapes as Shape)
}

/** Lists the shapes that a layer with one input was connected to, one a use. */
export function inputShapes(layer: tfl.layers.Layer): Shape[] {
  return layer.inboundNodes.map((node) => onlyShape(node.inputShapes))
}
