import { engine } from '@tensorflow/tfjs-core'
import type { NamedAttrMap, Tensor } from '@tensorflow/tfjs-core'
import { markUnread } from './unread-results.js'

/** Tensors by name; one that is not there is left out, never undefined: the tape walks every key. */
export type Inputs = Record<string, Tensor>

/** Runs a kernel of the current backend, recorded on the tape like any op. */
export function runKernel<T extends Tensor | Tensor[]>(
  name: string,
  inputs: Inputs,
  attributes: object = {},
): T {
  const result: T = engine().runKernel(name, inputs, attributes as NamedAttrMap)
  if ('activation' in attributes && attributes.activation === 'linear')
    markUnread(Array.isArray(result) ? result[0]! : result)
  return result
}
