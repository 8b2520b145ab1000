import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core'
import { composable, type ConvAttrs, conv2dGeometry } from './conv2d-geometry.js'
import { exactPadding } from './exact-padding.js'

/** Conv2D and DepthwiseConv2dNative: the stock kernel, told the padding in full. */
export function conv2dBy(
  depthwise: boolean,
  stock: KernelFunc,
  javascript: KernelFunc,
): KernelFunc {
  return (args) => {
    const { x, filter } = args.inputs as { x: TensorInfo; filter: TensorInfo }
    const attrs = args.attrs as unknown as ConvAttrs
    if (!composable(attrs, x, filter)) return javascript(args)
    const pad = exactPadding(conv2dGeometry(x.shape, filter.shape, attrs, depthwise))
    return pad ? stock({ ...args, attrs: { ...args.attrs, pad } }) : javascript(args)
  }
}
