import { engine } from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { markUnread } from './unread-results.js'

/** Tensors by name; one that is not there is left out, never undefined: the tape walks every key. */
export type Inputs = Record<string, Tensor>

/** What is private in the types of TensorFlow.js' engine. */
interface Runner {
  runKernelFunc(call: { kernelName: string; inputs: Inputs; attrs: object }): Tensor | Tensor[]
}

/**
 * Runs a kernel of the current backend, recorded on the tape like any op. The kernel is there: the engine's own
 * `runKernel` looks for it once more, by a name that it puts together anew each time.
 */
export function runKernel<T extends Tensor | Tensor[]>(
  name: string,
  inputs: Inputs,
  attributes: object = {},
): T {
  const call = { kernelName: name, inputs, attrs: attributes }
  const result = (engine() as unknown as Runner).runKernelFunc(call) as T
  if ('activation' in attributes && attributes.activation === 'linear')
    markUnread(Array.isArray(result) ? result[0]! : result)
  return result
}
