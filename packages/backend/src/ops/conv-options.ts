import { BackendError } from '../backend-error.js'
import { checkActivation } from './activation.js'
import type { Activation } from './activation.js'

/** Rows and columns apart, or one number for both. */
export type Pair = number | readonly [number, number]

/** Zeros around the image: so many on each side (of rows, of columns), or TensorFlow's rules by name. */
export type Padding = Pair | 'same' | 'valid'

export interface ConvOptions {
  /** Step of the window. Defaults to 1. */
  strides?: Pair
  /** Defaults to 0. */
  padding?: Padding
  /** Distance of neighbouring filter elements. Defaults to 1. */
  dilation?: Pair
  /** Defaults to `linear`. */
  activation?: Activation
}

type ExplicitPadding = [[0, 0], [number, number], [number, number], [0, 0]]

/** What convolution kernels get to know beside their tensors. */
export interface ConvAttributes {
  strides: [number, number]
  pad: 'same' | 'valid' | ExplicitPadding
  dilations: [number, number]
  activation: Activation
}

/** Brings a convolution's options to the form that kernels take. */
export function convAttributes(op: string, options: ConvOptions): ConvAttributes {
  const { strides = 1, padding = 0, dilation = 1, activation = 'linear' } = options
  checkActivation(op, activation)
  return {
    strides: pair(op, 'strides', strides, 1),
    pad: padAttribute(op, padding),
    dilations: pair(op, 'dilation', dilation, 1),
    activation,
  }
}

function padAttribute(op: string, padding: Padding): ConvAttributes['pad'] {
  if (padding === 'same' || padding === 'valid') return padding
  const [rows, columns] = pair(op, 'padding', padding, 0)
  return [
    [0, 0],
    [rows, rows],
    [columns, columns],
    [0, 0],
  ]
}

function pair(op: string, name: string, value: Pair, least: number): [number, number] {
  const [a, b] = typeof value === 'number' ? [value, value] : value
  if (Number.isInteger(a) && Number.isInteger(b) && a >= least && b >= least) return [a, b]
  throw new BackendError(
    'INVALID_ARGUMENT',
    `${op}: expected ${name} of whole numbers from ${least}, received ${JSON.stringify(value)}. ` +
      'Give one number, or one for rows and one for columns.',
  )
}
