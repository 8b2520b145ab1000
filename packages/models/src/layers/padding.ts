import type { Padding } from '@ductus/backend'

/** One axis of a convolution or pooling. */
export interface Axis {
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
}

/** Gives the output's length along one axis; `length` null (unknown) stays null. */
export function outputLength(
  length: number | null,
  axis: Axis,
  padding: number | 'same' | 'valid',
): number | null {
  if (length === null) return null
  if (padding === 'same') return Math.ceil(length / axis.stride)
  const before = padding === 'valid' ? 0 : padding
  return Math.floor((length + 2 * before - reach(axis)) / axis.stride) + 1
}

/** Says whether `padding` on both sides reads the same pixels as tf.layers' `same` does. */
export function equalsSame(length: number | null, axis: Axis, padding: number): boolean {
  if (length === null) return axis.stride === 1 && padding * 2 === reach(axis) - 1
  const out = outputLength(length, axis, 'same') ?? 0
  const total = Math.max((out - 1) * axis.stride + reach(axis) - length, 0)
  return outputLength(length, axis, padding) === out && Math.floor(total / 2) === padding
}

/** Splits a {@link Padding} into one for rows and one for columns. */
export function paddingByAxis(
  padding: Padding,
): readonly [number | 'same' | 'valid', number | 'same' | 'valid'] {
  return typeof padding === 'number' || typeof padding === 'string' ? [padding, padding] : padding
}

/** Turns `n` or `[rows, columns]` into a pair. */
export function pair(value: number | readonly [number, number]): readonly [number, number] {
  return typeof value === 'number' ? [value, value] : value
}

function reach(axis: Axis): number {
  return axis.dilation * (axis.kernel - 1) + 1
}
