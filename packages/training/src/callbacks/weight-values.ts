import { namedWeights } from '@ductus/backend'
import { tensor, tidy } from '@tensorflow/tfjs-core'
import type { LitModule } from '../modules/lit-module.js'
import { TrainingError } from '../training-error.js'

/** Values of all weights of a module, by `model:layer/weight`. */
export type WeightValues = ReadonlyMap<string, Float32Array>

/** Copies all weights of a module, without blocking. */
export async function readWeights({ models }: LitModule): Promise<WeightValues> {
  const entries = Object.entries(models).flatMap(([model, layers]) =>
    namedWeights(layers).map(async ({ name, variable }) => {
      const values = Float32Array.from(await variable.data())
      return [`${model}:${name}`, values] as const
    }),
  )
  return new Map(await Promise.all(entries))
}

/** Puts copied weights back. */
export function assignWeights({ models }: LitModule, values: WeightValues): void {
  for (const [model, layers] of Object.entries(models)) {
    for (const { name, variable } of namedWeights(layers)) {
      const own = values.get(`${model}:${name}`)
      if (own?.length !== variable.size) {
        throw new TrainingError(
          'SHAPE_MISMATCH',
          `expected ${variable.size} values of ${name}, received ${own?.length ?? 'none'}. Resume with the model of the run.`,
        )
      }
      tidy(() => variable.assign(tensor(own, variable.shape, variable.dtype as 'float32')))
    }
  }
}
