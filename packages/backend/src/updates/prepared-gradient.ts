import { add, mul } from '@tensorflow/tfjs-core'
import type { Tensor, Variable } from '@tensorflow/tfjs-core'

/** `gradientScale · gradient + weightDecay · parameter` */
export function preparedGradient(
  gradient: Tensor,
  parameter: Variable,
  gradientScale: number,
  weightDecay: number,
): Tensor {
  const scaled = gradientScale === 1 ? gradient : mul(gradient, gradientScale)
  return weightDecay === 0 ? scaled : add(scaled, mul(parameter, weightDecay))
}
