import type { Tensor, Variable } from '@tensorflow/tfjs-core'
import { BackendError } from '../backend-error.js'

/** What every optimizer's update takes. */
export interface UpdateOptions {
  /** Changed in place, or assigned to. */
  parameter: Variable
  /** Of the parameter's shape. */
  gradient: Tensor
  learningRate: number
  /** L2 penalty, added to the gradient as `weightDecay · parameter`. Defaults to 0. */
  weightDecay?: number
  /** Factor on the gradient, applied first: clipping by norm without another pass. Defaults to 1. */
  gradientScale?: number
}

/** Refuses tensors that do not have the parameter's shape. */
export function checkShapes(
  op: string,
  parameter: Variable,
  others: Record<string, Tensor | undefined>,
): void {
  const expected = parameter.shape.join(', ')
  for (const [name, tensor] of Object.entries(others)) {
    if (!tensor || tensor.shape.join(', ') === expected) continue
    throw new BackendError(
      'INVALID_ARGUMENT',
      `${op}: expected ${name} [${expected}] as its parameter, received [${tensor.shape.join(', ')}]. ` +
        'Slots and gradient have the shape of the parameter.',
    )
  }
}
