import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core'
import { composeKernel } from '../compose-kernel.js'
import { activate } from './activate.js'
import { composable, type ConvAttrs, conv2dGeometry } from './conv2d-geometry.js'
import { exactPadding } from './exact-padding.js'

/**
 * FusedConv2D and FusedDepthwiseConv2D: the stock kernel where the bias is a vector of the output's channels; a bias
 * of another shape is added after the plain convolution.
 */
export function fusedConv2dBy(
  plainKernel: 'Conv2D' | 'DepthwiseConv2dNative',
  stock: KernelFunc,
  javascript: KernelFunc,
): KernelFunc {
  return (args) => {
    const { x, filter, bias, preluActivationWeights } = args.inputs as Partial<
      Record<string, TensorInfo>
    >
    const attrs = args.attrs as unknown as ConvAttrs & {
      activation: string
      leakyreluAlpha?: number
    }
    if (!composable(attrs, x!, filter!)) return javascript(args)
    const [inner, outer] = filter!.shape.slice(2) as [number, number]
    const channels = plainKernel === 'Conv2D' ? outer : inner * outer
    const vector = !bias || (bias.shape.length === 1 && bias.shape[0] === channels)
    const info = conv2dGeometry(x!.shape, filter!.shape, attrs, plainKernel !== 'Conv2D')
    const pad = exactPadding(info)
    if (pad && vector && !preluActivationWeights) {
      return stock({ ...args, attrs: { ...args.attrs, pad } })
    }
    return composeKernel(args.backend as BackendWasm, ({ run }) => {
      let y = run(plainKernel, { x: x!, filter: filter! }, { ...attrs })
      if (bias) y = run('Add', { a: y, b: bias })
      return activate(run, y, attrs.activation, preluActivationWeights, attrs.leakyreluAlpha)
    })
  }
}
