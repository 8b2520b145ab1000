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

/** Writes values as base64 of their bytes, by name: JSON for a checkpoint. */
export function encodeWeights(values: WeightValues): Record<string, string> {
  return Object.fromEntries(
    [...values].map(([name, { buffer, byteOffset, byteLength }]) => [
      name,
      Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
    ]),
  )
}

/** Reads what `encodeWeights` wrote. */
export function decodeWeights(encoded: Readonly<Record<string, string>>): WeightValues {
  return new Map(
    Object.entries(encoded).map(([name, text]) => {
      const bytes = Uint8Array.from(Buffer.from(text, 'base64'))
      return [name, new Float32Array(bytes.buffer)]
    }),
  )
}
