import '@tensorflow/tfjs-layers'
import { type BackendName, useBackend } from '@ductus/backend'

// Every test runs with freed arrays filled with NaN: wrong reuse shows.
process.env.DUCTUS_POISON ??= '1'

/** The backends that a suite runs on, for `describe.each`. One that is missing is left out, with the reason printed. */
export async function backendsHere(
  names: readonly BackendName[] = ['cpu', 'wasm', 'native'],
): Promise<BackendName[]> {
  const here: BackendName[] = []
  for (const name of names) {
    try {
      await useBackend(name)
      here.push(name)
    } catch (error) {
      console.info(`${name} skipped: ${(error as Error).message}`)
    }
  }
  return here
}
