import type { LayersModel } from '@tensorflow/tfjs-layers'
import { suggestName } from '../nearest-name.js'
import { TrainingError } from '../training-error.js'

/** Layers by their names, or by a pattern of them. */
export type LayerChoice = readonly string[] | RegExp

/**
 * Keeps layers as they are: their weights no longer train, and the optimizer leaves them alone. At any time, also
 * from a callback.
 *
 * @returns the names of the frozen layers
 * @throws TrainingError `UNKNOWN_NAME` with the nearest name
 */
export function freeze(model: LayersModel, layers: LayerChoice): string[] {
  return setTrainable(model, layers, false)
}

/** Lets layers train again. */
export function unfreeze(model: LayersModel, layers: LayerChoice): string[] {
  return setTrainable(model, layers, true)
}

function setTrainable(model: LayersModel, choice: LayerChoice, trainable: boolean): string[] {
  const known = model.layers.map(({ name }) => name)
  const wanted = choice instanceof RegExp ? known.filter((name) => choice.test(name)) : choice
  if (wanted.length === 0) {
    throw new TrainingError(
      'UNKNOWN_NAME',
      `freeze: expected a choice of layers, received ${String(choice)}. Known: ${known.join(', ')}.`,
    )
  }
  for (const name of wanted) {
    const layer = model.layers.find((each) => each.name === name)
    if (!layer) {
      throw new TrainingError(
        'UNKNOWN_NAME',
        `Unknown layer "${name}". ${suggestName(name, known)}`,
      )
    }
    layer.trainable = trainable
  }
  return [...wanted]
}
