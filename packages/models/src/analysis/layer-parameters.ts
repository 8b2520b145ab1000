import type { ShapedLayer } from './shape-layers.js'
import { sizeOf } from './shape-layers.js'
import { pairOf } from './layer-spec.js'

/** A tensor of weights. */
export interface ParameterCost {
  /** `layer/weight`. */
  readonly name: string
  readonly shape: readonly number[]
  readonly count: number
  /** Whether it is no parameter, but a running statistic. */
  readonly statistic: boolean
}

/** Lists the tensors of a layer's weights. */
export function layerParameters({
  name,
  spec,
  inputShape,
  outputShape,
}: ShapedLayer): ParameterCost[] {
  const tensor = (weight: string, shape: readonly number[]) => ({
    name: `${name}/${weight}`,
    shape,
    count: sizeOf(shape),
    statistic: weight.startsWith('moving_'),
  })
  switch (spec.kind) {
    case 'conv': {
      const kernel = [
        ...pairOf(spec.kernelSize),
        spec.fanInChannels ?? inputShape[2]!,
        spec.filters,
      ]
      const bias = spec.useBias === 'unit' ? outputShape : [spec.filters]
      return [tensor('kernel', kernel), ...(spec.useBias === false ? [] : [tensor('bias', bias)])]
    }
    case 'dense': {
      const kernel = tensor('kernel', [inputShape.at(-1)!, spec.units])
      return [kernel, ...(spec.useBias === false ? [] : [tensor('bias', [spec.units])])]
    }
    case 'unitBias':
      return [tensor('bias', [sizeOf(inputShape)])]
    case 'batchNorm':
      return ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((weight) =>
        tensor(weight, [inputShape.at(-1)!]),
      )
    case 'other':
      return spec.weights.map((weight) => tensor(weight.name, weight.shape))
    default:
      return []
  }
}

/**
 * Counts a layer's multiply-accumulates for one image, exactly: taps that fall on the padding count, as every
 * implementation computes them; additions of biases and pooling have no multiplication and do not.
 *
 * @returns undefined for a layer that the arithmetic doesn't know
 */
export function layerMacs({
  spec,
  inputShape,
  outputShape,
  windows,
}: ShapedLayer): number | undefined {
  switch (spec.kind) {
    case 'conv': {
      const taps = sizeOf(pairOf(spec.kernelSize)) * (spec.fanInChannels ?? inputShape[2]!)
      return windows * sizeOf(outputShape) * taps
    }
    case 'dense':
      return windows * sizeOf(inputShape) * spec.units
    case 'batchNorm':
      return windows * sizeOf(outputShape)
    case 'other':
      return spec.macs === undefined ? undefined : windows * spec.macs
    default:
      return 0
  }
}
