import * as tf from '@tensorflow/tfjs-core'
import { weighted } from '../../support/values.js'
import type { Plain } from '../as-on-cpu.js'
import type { Draw, Special } from '../random-shapes.js'

export type Compute = (...t: tf.Tensor[]) => tf.Tensor | tf.Tensor[]

/** One comparison with cpu. */
export interface Case {
  inputs: Plain[]
  compute: Compute
  /** Share of the greatest result that a result may differ by. */
  tolerance?: number
}

/** Draws a comparison, by the name of what is compared. */
export type CaseTable = Readonly<Record<string, (draw: Draw) => Case>>

export const activations = ['linear', 'relu', 'tanh', 'sigmoid', 'relu6'] as const

export function plain(
  draw: Draw,
  shape: number[],
  low = -2,
  high = 2,
  special: Special = 'none',
): Plain {
  return { values: draw.values(shape, low, high, special), shape }
}

/** Value and gradients of a function, weighted so that each gradient is its own. */
export const withGradients =
  (f: (...t: tf.Tensor[]) => tf.Tensor): Compute =>
  (...t) => [f(...t), ...tf.grads((...u) => weighted(f(...u)))(t)]
