import { add, conv2d as stockConv2d, sum } from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import { activate, activationGradient } from './activation.js'
import type { ConvAttributes } from './conv-options.js'
import { dilatedShape, dilateFilter, undilateFilter } from './dilated-filter.js'
import type { FusedKernel } from './fused-kernel.js'
import type { Inputs } from './run-kernel.js'
import { runKernel } from './run-kernel.js'
import { sharedResult } from './shared-result.js'

export interface FilterGradientAttributes extends ConvAttributes {
  filterShape: number[]
}

export interface InputGradientAttributes extends ConvAttributes {
  inputShape: number[]
}

/** `activation(conv(x, filter) + bias)`; `bias` may be left out. */
export const conv2dKernel: FusedKernel = {
  name: 'DuctusConv2D',
  compose: ({ x, filter, bias }, { strides, pad, dilations, activation }: ConvAttributes) => {
    const spread = dilateFilter(filter!, dilations)
    const y: Tensor = stockConv2d(x as Tensor4D, spread, strides, pad)
    return activate(bias ? add(y, bias) : y, activation)
  },
  gradient: {
    inputsToSave: ['x', 'filter'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes) => {
      const [x, filter, y] = saved as [Tensor, Tensor, Tensor]
      return convGradients('DuctusConv2D', dy as Tensor, x, filter, y, attributes as never)
    },
  },
}

/** Gradients of filter and bias, `[dFilter, dBias]`; `y` only with an activation. */
export const conv2dFilterGradientKernel: FusedKernel = {
  name: 'DuctusConv2DFilterGradient',
  compose: ({ x, dy, y }, attributes: FilterGradientAttributes) => {
    const { strides, pad, dilations, filterShape, activation } = attributes
    const dz = y ? activationGradient(dy!, y, activation) : dy!
    const gradient = runKernel<Tensor>(
      'Conv2DBackpropFilter',
      { x: x!, dy: dz },
      { strides, pad, dataFormat: 'NHWC', filterShape: dilatedShape(filterShape, dilations) },
    )
    return [undilateFilter(gradient, filterShape, dilations), sum(dz, [0, 1, 2])]
  },
}

/** Gradient of the input; `y` only with an activation. */
export const conv2dInputGradientKernel: FusedKernel = {
  name: 'DuctusConv2DInputGradient',
  compose: ({ dy, y, filter }, attributes: InputGradientAttributes) => {
    const { strides, pad, dilations, inputShape, activation } = attributes
    return runKernel<Tensor>(
      'Conv2DBackpropInput',
      {
        dy: y ? activationGradient(dy!, y, activation) : dy!,
        filter: dilateFilter(filter!, dilations),
      },
      { strides, pad, dataFormat: 'NHWC', inputShape },
    )
  },
}

/** The gradients of a convolution kernel whose companions are named after it. */
export function convGradients(
  name: string,
  dy: Tensor,
  x: Tensor,
  filter: Tensor,
  y: Tensor,
  attributes: ConvAttributes,
): Record<string, () => Tensor> {
  const output: Inputs = attributes.activation === 'linear' ? {} : { y }
  const both = sharedResult(() =>
    runKernel<Tensor[]>(
      `${name}FilterGradient`,
      { x, dy, ...output },
      { ...attributes, filterShape: filter.shape },
    ),
  )
  return {
    x: () =>
      runKernel<Tensor>(
        `${name}InputGradient`,
        { dy, filter, ...output },
        { ...attributes, inputShape: x.shape },
      ),
    filter: () => both(0),
    bias: () => both(1),
  }
}
