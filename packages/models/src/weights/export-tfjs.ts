import { namedWeights } from '@ductus/backend'
import type * as tfl from '@tensorflow/tfjs-layers'
import { modelInfo } from '../model-info.js'

/** The files of a model for plain TensorFlow.js, by name. */
export interface TfjsFiles {
  readonly 'model.json': string
  readonly 'weights.bin': Uint8Array
}

/**
 * Writes a model as the two files that plain `tf.loadLayersModel` opens, in Node and in browsers: every layer is a
 * stock one. What it is and its classes' names are in `userDefinedMetadata`.
 *
 * @throws ModelError `NOT_A_DUCTUS_MODEL` for a model without a definition, which `model.save` writes
 */
export async function exportTfjs(model: tfl.LayersModel): Promise<TfjsFiles> {
  const { name, options, config, source, stockArtifacts } = modelInfo(model)
  const { modelTopology, weightNames } = stockArtifacts()
  const weights = namedWeights(model)
  const bytes = new Uint8Array(weights.reduce((size, { variable }) => size + 4 * variable.size, 0))
  const view = new DataView(bytes.buffer)
  let place = 0
  for (const { variable } of weights) {
    for (const value of await variable.data()) {
      view.setFloat32(place, value, true)
      place += 4
    }
  }
  const manifest = weights.map(({ variable }, i) => ({
    name: weightNames[i],
    shape: variable.shape,
    dtype: 'float32',
  }))
  const json = {
    format: 'layers-model',
    generatedBy: 'Ductus',
    convertedBy: null,
    modelTopology,
    weightsManifest: [{ paths: ['weights.bin'], weights: manifest }],
    userDefinedMetadata: { model: name, options, mapping: config.mapping, source },
  }
  return { 'model.json': `${JSON.stringify(json)}\n`, 'weights.bin': bytes }
}
