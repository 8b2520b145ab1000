import { namedWeights } from '@ductus/backend'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { FolderFiles } from '../files/write-folder.js'
import { modelInfo, type StockArtifacts } from '../modules/model-info.js'
import { withoutCredentials } from '../without-credentials.js'
import type { StoredModel } from './checkpoint-manifest.js'
import { packTensors } from './tensor-file.js'

/**
 * Makes the files of one model: `model.json`, which plain `tf.loadLayersModel` opens, and `weights.bin`, with the
 * entry for `checkpoint.json` that says how to build the model again.
 */
export async function modelFiles(
  model: LayersModel,
): Promise<{ files: FolderFiles; stored: StoredModel }> {
  const weights = namedWeights(model).map(({ name, variable }) => ({ name, tensor: variable }))
  const { bytes, stored } = await packTensors(weights)
  const info = modelInfo(model)
  const artifacts = stockArtifacts(model)
  const json = {
    format: 'layers-model',
    generatedBy: 'Ductus',
    convertedBy: null,
    modelTopology: artifacts.modelTopology,
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: stored.map(({ shape, dtype }, i) => ({
          name: artifacts.weightNames[i]!,
          shape,
          dtype,
        })),
      },
    ],
  }
  return {
    files: { 'model.json': `${JSON.stringify(json, null, 1)}\n`, 'weights.bin': bytes },
    stored: {
      name: info?.name ?? null,
      options: withoutCredentials(info?.options ?? {}),
      config: info?.config ?? null,
      seed: info?.seed ?? null,
      source: info?.source ?? null,
      file: info?.file ?? null,
      weights: stored,
    },
  }
}

function stockArtifacts(model: LayersModel): StockArtifacts {
  return (
    modelInfo(model)?.stockArtifacts?.() ?? {
      modelTopology: model.toJSON(null, false),
      weightNames: originalNames(model),
    }
  )
}

/** The names that `tf.loadLayersModel` looks for, in the order of `namedWeights`. */
function originalNames(model: LayersModel): string[] {
  const byVariable = new Map(model.weights.map((weight) => [weight.read(), weight.originalName]))
  return namedWeights(model).map(({ variable, name }) => byVariable.get(variable) ?? name)
}
