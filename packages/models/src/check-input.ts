import type * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { ModelError } from './model-error.js'

/** Makes `model.apply` say which images it expects when it gets others. */
export function checkInput(name: string, model: tfl.LayersModel): void {
  const [input] = model.inputs
  if (!input || model.inputs.length !== 1) return
  const apply = model.apply.bind(model)
  model.apply = (inputs, options) => {
    const given = Array.isArray(inputs) ? inputs[0] : inputs
    if (given && !fits(given, input.shape)) {
      const expected = input.shape.map((size, i) => size ?? (i === 0 ? 'batch' : 'any')).join(', ')
      throw new ModelError(
        'BAD_INPUT',
        `${name}: expected images [${expected}], received [${given.shape.join(', ')}]. ` +
          'Resize them, or build the model with their inputDims.',
      )
    }
    return apply(inputs, options)
  }
}

function fits(given: tf.Tensor | tfl.SymbolicTensor, expected: (number | null)[]): boolean {
  return (
    given.shape.length === expected.length &&
    expected.every((size, i) => size === null || given.shape[i] === null || given.shape[i] === size)
  )
}
