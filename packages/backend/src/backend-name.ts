import { BackendError } from './backend-error.js'
import { nearest } from './nearest.js'

/**
 * Every backend by the name it is asked for, best first: the order in which `auto` tries them.
 * `tensorflow-gpu` is `@tensorflow/tfjs-node-gpu`, `tensorflow` is `@tensorflow/tfjs-node`.
 */
export const backendNames = [
  'tensorflow-gpu',
  'webgpu',
  'native',
  'tensorflow',
  'wasm',
  'cpu',
] as const

export type BackendName = (typeof backendNames)[number]

/** Checks a name that came from outside. Throws a {@link BackendError} that lists the known ones. */
export function parseBackendName(name: string): BackendName | 'auto' {
  const known = ['auto', ...backendNames] as const
  const found = known.find((candidate) => candidate === name)
  if (found) return found
  const hint = nearest(name, known)
  throw new BackendError(
    'UNKNOWN_BACKEND',
    `Unknown backend "${name}".${hint ? ` Did you mean ${hint}?` : ''} Known: ${known.join(', ')}.`,
  )
}
