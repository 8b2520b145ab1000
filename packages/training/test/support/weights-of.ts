import { namedWeights } from '@ductus/backend'
import type { LayersModel } from '@tensorflow/tfjs-layers'

/** Reads all weights by name, as the bits they are. */
export function weightsOf(model: LayersModel): Record<string, number[]> {
  return Object.fromEntries(
    namedWeights(model).map(({ name, variable }) => [
      name,
      Array.from(new Uint32Array(Float32Array.from(variable.dataSync()).buffer)),
    ]),
  )
}
