import { add, depthwiseConv2d as stockDepthwise, sum } from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import { activate, activationGradient } from './activation.js'
import type { ConvAttributes } from './conv-options.js'
import { convGradients } from './conv2d-kernels.js'
import type { FilterGradientAttributes, InputGradientAttributes } from './conv2d-kernels.js'
import { dilatedShape, dilateFilter, undilateFilter } from './dilated-filter.js'
import type { FusedKernel } from './fused-kernel.js'
import { runKernel } from './run-kernel.js'

/** `activation(depthwise(x, filter) + bias)`; `bias` may be left out. */
export const depthwiseConv2dKernel: FusedKernel = {
  name: 'DuctusDepthwiseConv2D',
  compose: ({ x, filter, bias }, { strides, pad, dilations, activation }: ConvAttributes) => {
    const spread = dilateFilter(filter!, dilations)
    const y: Tensor = stockDepthwise(x as Tensor4D, spread, strides, pad as 'valid')
    return activate(bias ? add(y, bias) : y, activation)
  },
  gradient: {
    inputsToSave: ['x', 'filter'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes) => {
      const [x, filter, y] = saved as [Tensor, Tensor, Tensor]
      return convGradients('DuctusDepthwiseConv2D', dy as Tensor, x, filter, y, attributes as never)
    },
  },
}

/** Gradients of filter and bias, `[dFilter, dBias]`; `y` only with an activation. */
export const depthwiseConv2dFilterGradientKernel: FusedKernel = {
  name: 'DuctusDepthwiseConv2DFilterGradient',
  compose: ({ x, dy, y }, attributes: FilterGradientAttributes) => {
    const { strides, pad, dilations, filterShape, activation } = attributes
    const dz = y ? activationGradient(dy!, y, activation) : dy!
    const gradient = runKernel<Tensor>(
      'DepthwiseConv2dNativeBackpropFilter',
      { x: x!, dy: dz },
      { strides, pad, dilations: [1, 1], filterShape: dilatedShape(filterShape, dilations) },
    )
    return [undilateFilter(gradient, filterShape, dilations), sum(dz, [0, 1, 2])]
  },
}

/** Gradient of the input; `y` only with an activation. */
export const depthwiseConv2dInputGradientKernel: FusedKernel = {
  name: 'DuctusDepthwiseConv2DInputGradient',
  compose: ({ dy, y, filter }, attributes: InputGradientAttributes) => {
    const { strides, pad, dilations, inputShape, activation } = attributes
    return runKernel<Tensor>(
      'DepthwiseConv2dNativeBackpropInput',
      {
        dy: y ? activationGradient(dy!, y, activation) : dy!,
        filter: dilateFilter(filter!, dilations),
      },
      { strides, pad, dilations: [1, 1], inputShape },
    )
  },
}
