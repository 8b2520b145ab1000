import { backend_util, type KernelFunc } from '@tensorflow/tfjs-core'

/** Attributes that TensorFlow.js gives to pooling and its gradients. */
export interface PoolAttrs {
  filterSize: [number, number] | number
  strides: [number, number] | number
  pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
  dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/**
 * MaxPool and AvgPool: the stock kernel where XNNPACK takes the window. It refuses one of a single pixel, and
 * TensorFlow.js then returns memory that nobody wrote.
 */
export function poolBy(stock: KernelFunc, javascript: KernelFunc): KernelFunc {
  return (args) => {
    const x = args.inputs['x']!
    if (x.dtype !== 'float32' || x.shape.includes(0)) return javascript(args)
    const attrs = args.attrs as unknown as PoolAttrs
    const { filterHeight, filterWidth, outShape } = backend_util.computePool2DInfo(
      x.shape as [number, number, number, number],
      attrs.filterSize,
      attrs.strides,
      1,
      attrs.pad,
      attrs.dimRoundingMode,
    )
    const refused = filterHeight * filterWidth === 1 || outShape.includes(0)
    return refused ? javascript(args) : stock(args)
  }
}
