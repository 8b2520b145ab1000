import { pairOf, type ConvSpec, type PoolSpec } from './layer-spec.js'

/** A window along one axis, with what goes before and after the map. */
export interface ResolvedAxis {
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  /** Zeros before the map; negative never. */
  readonly before: number
  readonly output: number
}

/** Works out both axes of a convolution or pooling over a map of the given size. */
export function windowAxes(
  layer: ConvSpec | PoolSpec,
  space: readonly number[],
): readonly [ResolvedAxis, ResolvedAxis] {
  return [axis(layer, space, 0), axis(layer, space, 1)]
}

function axis(layer: ConvSpec | PoolSpec, space: readonly number[], i: 0 | 1): ResolvedAxis {
  const isConv = layer.kind === 'conv'
  const kernel = pairOf(isConv ? layer.kernelSize : layer.size)[i]
  const stride = pairOf(layer.strides ?? (isConv ? 1 : layer.size))[i]
  const dilation = pairOf((isConv ? layer.dilation : undefined) ?? 1)[i]
  const padding = layer.padding ?? 0
  const length = space[i]!
  const reach = dilation * (kernel - 1) + 1
  if (padding === 'same') {
    const output = Math.ceil(length / stride)
    const total = Math.max((output - 1) * stride + reach - length, 0)
    return { kernel, stride, dilation, before: Math.floor(total / 2), output }
  }
  const before = padding === 'valid' ? 0 : pairOf(padding)[i]
  const output = Math.floor((length + 2 * before - reach) / stride) + 1
  return { kernel, stride, dilation, before, output }
}
