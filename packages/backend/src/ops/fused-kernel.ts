import type { GradFunc, Tensor } from '@tensorflow/tfjs-core'
import type { Inputs } from './run-kernel.js'

/**
 * A kernel of ours: composed of stock ops on every backend that has nothing better, with its gradient, which is the
 * same for all backends.
 */
export interface FusedKernel {
  readonly name: string
  /** Computes the result from stock ops. Runs inside a tidy. */
  readonly compose: (inputs: Inputs, attributes: never) => Tensor | Tensor[]
  readonly gradient?: {
    readonly inputsToSave?: string[]
    readonly outputsToSave?: boolean[]
    readonly gradFunc: GradFunc
  }
}
