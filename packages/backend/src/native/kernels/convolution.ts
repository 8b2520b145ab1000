import { util } from '@tensorflow/tfjs-core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { allFloat } from '../native-kernel.js'
import type { KernelCall, KernelTable } from '../native-kernel.js'
import { activationCode, isChannelBias } from './activation-code.js'
import { convPlan } from './conv-geometry.js'
import type { StockConvAttributes } from './conv-geometry.js'

interface Layer {
  x: TensorInfo
  filter: TensorInfo
  bias?: TensorInfo
  preluActivationWeights?: TensorInfo
}

interface FusedAttributes extends StockConvAttributes {
  activation?: string
}

type Kind = 'conv2d' | 'depthwise'

/** `activation(conv(x, filter) + bias)`: the stock kernels, the stock fused ones and ours, for they differ in names only. */
function forward(kind: Kind) {
  return ({ inputs, attrs, backend }: KernelCall<Layer, FusedAttributes>) => {
    const { x, filter, bias, preluActivationWeights } = inputs
    const { addon } = backend
    const code = activationCode(addon, attrs.activation)
    if (!allFloat(x, filter, bias) || preluActivationWeights || code === undefined) return undefined
    const plan = convPlan(x.shape, filter.shape, attrs, kind === 'depthwise')
    if (!plan || !isChannelBias(bias, plan.outShape[3])) return undefined
    const y = backend.output(plan.outShape)
    const run = kind === 'depthwise' ? 'depthwiseForward' : 'conv2dForward'
    addon[run](
      plan.geometry,
      backend.floats(x),
      backend.floats(filter),
      bias ? backend.floats(bias) : null,
      code,
      backend.floats(y),
    )
    return y
  }
}

interface FilterGradientInputs {
  x: TensorInfo
  dy: TensorInfo
  /** The layer's output, where an activation is to be undone. */
  y?: TensorInfo
}

interface FilterGradientAttributes extends FusedAttributes {
  filterShape: number[]
}

/** Gradients of filter and bias. */
function filterGradients(
  kind: Kind,
  {
    inputs: { x, dy, y },
    attrs,
    backend,
  }: KernelCall<FilterGradientInputs, FilterGradientAttributes>,
  withBias: boolean,
): TensorInfo[] | undefined {
  const { addon } = backend
  const { filterShape } = attrs
  const code = y ? activationCode(addon, attrs.activation) : 0
  if (!allFloat(x, dy, y) || code === undefined) return undefined
  const plan = convPlan(x.shape, filterShape, attrs, kind === 'depthwise')
  if (!plan || !util.arraysEqual(dy.shape, plan.outShape)) return undefined
  const dFilter = backend.output(filterShape)
  const dBias = withBias ? backend.output([plan.outShape[3]]) : undefined
  const run = kind === 'depthwise' ? 'depthwiseFilterGradient' : 'conv2dFilterGradient'
  addon[run](
    plan.geometry,
    backend.floats(x),
    backend.floats(dy),
    y ? backend.floats(y) : null,
    code,
    backend.floats(dFilter),
    dBias ? backend.floats(dBias) : null,
  )
  return dBias ? [dFilter, dBias] : [dFilter]
}

interface InputGradientInputs {
  dy: TensorInfo
  filter: TensorInfo
  /** The layer's output, where an activation is to be undone. */
  y?: TensorInfo
}

interface InputGradientAttributes extends FusedAttributes {
  inputShape: number[]
}

function inputGradient(kind: Kind) {
  return ({ inputs, attrs, backend }: KernelCall<InputGradientInputs, InputGradientAttributes>) => {
    const { dy, filter, y } = inputs
    const { addon } = backend
    const code = y ? activationCode(addon, attrs.activation) : 0
    if (!allFloat(dy, filter, y) || code === undefined) return undefined
    const plan = convPlan(attrs.inputShape, filter.shape, attrs, kind === 'depthwise')
    // A transposed convolution may come with shapes that do not belong together; JavaScript takes them.
    if (!plan || !util.arraysEqual(dy.shape, plan.outShape)) return undefined
    const dx = backend.output(attrs.inputShape)
    const run = kind === 'depthwise' ? 'depthwiseInputGradient' : 'conv2dInputGradient'
    addon[run](
      plan.geometry,
      backend.floats(dy),
      y ? backend.floats(y) : null,
      code,
      backend.floats(filter),
      backend.floats(dx),
    )
    return dx
  }
}

type FilterGradientCall = KernelCall<FilterGradientInputs, FilterGradientAttributes>

const both = (kind: Kind) => (call: FilterGradientCall) => filterGradients(kind, call, true)
const filterOnly = (kind: Kind) => (call: FilterGradientCall) =>
  filterGradients(kind, call, false)?.[0]

export const convolutionKernels: KernelTable = {
  Conv2D: forward('conv2d'),
  FusedConv2D: forward('conv2d'),
  DuctusConv2D: forward('conv2d'),
  Conv2DBackpropFilter: filterOnly('conv2d'),
  DuctusConv2DFilterGradient: both('conv2d'),
  Conv2DBackpropInput: inputGradient('conv2d'),
  DuctusConv2DInputGradient: inputGradient('conv2d'),
  DepthwiseConv2dNative: forward('depthwise'),
  FusedDepthwiseConv2D: forward('depthwise'),
  DuctusDepthwiseConv2D: forward('depthwise'),
  DepthwiseConv2dNativeBackpropFilter: filterOnly('depthwise'),
  DuctusDepthwiseConv2DFilterGradient: both('depthwise'),
  DepthwiseConv2dNativeBackpropInput: inputGradient('depthwise'),
  DuctusDepthwiseConv2DInputGradient: inputGradient('depthwise'),
}
