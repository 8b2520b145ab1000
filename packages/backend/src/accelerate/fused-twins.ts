import { add, mul, ones, tidy, zeros } from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'
import type { layers as LayerTypes } from '@tensorflow/tfjs-layers'
import { activations } from '../ops/activation.js'
import type { Activation } from '../ops/activation.js'
import { applyActivation } from '../ops/apply-activation.js'
import { batchNormInference, batchNormTrain } from '../ops/batch-norm.js'
import { conv2d } from '../ops/conv2d.js'
import { dense } from '../ops/dense.js'
import { depthwiseConv2d } from '../ops/depthwise-conv2d.js'
import { dropout } from '../ops/dropout.js'
import { hashKey } from '../random/hash-key.js'

type Layer = LayerTypes.Layer

/** A weight as tf.layers keeps it. */
interface LayerVariable {
  read(): Tensor
  write(value: Tensor): unknown
}

interface LayerActivation {
  getClassName(): string
  apply(x: Tensor): Tensor
}

/** The fields of stock layers that their twins read. Protected in the types, stable since version 1. */
interface StockFields {
  activation: LayerActivation
  kernel: LayerVariable
  depthwiseKernel: LayerVariable
  bias?: LayerVariable | null
  strides: [number, number]
  padding: 'same' | 'valid' | 'causal'
  dataFormat?: string
  dilationRate: number | [number, number]
  rate: number
  noiseShape?: unknown
  axis: number
  epsilon: number
  momentum: number
  gamma?: LayerVariable
  beta?: LayerVariable
  movingMean: LayerVariable
  movingVariance: LayerVariable
}

type Call = (x: Tensor, training: boolean) => Tensor

export interface Twin {
  /** A layer of the stock class, to tell its method from those of subclasses. */
  readonly stock: Layer
  /** Why a layer's options are beyond the fused op; undefined when they are not. */
  readonly obstacle: (layer: StockFields) => string | undefined
  /** The layer's computation by the fused op. */
  readonly call: (layer: StockFields, name: string, seed: number) => Call
}

/** The fused computations that stand in for stock layers, by class name. */
export function fusedTwins(): Readonly<Record<string, Twin>> {
  // A layer without a name takes one from a counter that the user's own layers share.
  const name = 'ductus'
  return {
    Conv2D: {
      stock: layers.conv2d({ filters: 1, kernelSize: 1, name }),
      obstacle: channelsLast,
      call: (layer) => (x) =>
        finish(layer, (activation) =>
          conv2d(x, layer.kernel.read(), {
            ...bias(layer),
            strides: layer.strides,
            padding: layer.padding as 'same',
            dilation: layer.dilationRate,
            activation,
          }),
        ),
    },
    DepthwiseConv2D: {
      stock: layers.depthwiseConv2d({ kernelSize: 1, name }),
      obstacle: channelsLast,
      call: (layer) => (x) =>
        finish(layer, (activation) =>
          depthwiseConv2d(x, layer.depthwiseKernel.read(), {
            ...bias(layer),
            strides: layer.strides,
            padding: layer.padding as 'same',
            activation,
          }),
        ),
    },
    Dense: {
      stock: layers.dense({ units: 1, name }),
      obstacle: () => undefined,
      call: (layer) => (x) =>
        finish(layer, (activation) =>
          dense(x, layer.kernel.read(), { ...bias(layer), activation }),
        ),
    },
    Activation: {
      stock: layers.activation({ activation: 'relu', name }),
      obstacle: ({ activation }) =>
        fusedActivation(activation) ? undefined : `activation ${activation.getClassName()}`,
      call:
        ({ activation }) =>
        (x) =>
          applyActivation(x, fusedActivation(activation)!),
    },
    Dropout: {
      stock: layers.dropout({ rate: 0, name }),
      obstacle: ({ noiseShape }) => (noiseShape ? 'noiseShape' : undefined),
      call: ({ rate }, layerName, seed) => {
        let step = 0
        return (x, training) => {
          if (!training) return x
          return dropout(x, { rate, key: hashKey(seed, 'dropout', layerName, step++) })
        }
      },
    },
    BatchNormalization: {
      stock: layers.batchNormalization({ name }),
      obstacle: ({ axis }) => (axis === -1 ? undefined : `axis ${axis}`),
      call: batchNorm,
    },
  }
}

function channelsLast({ dataFormat, padding }: StockFields): string | undefined {
  if (dataFormat !== undefined && dataFormat !== 'channelsLast') return `dataFormat ${dataFormat}`
  return padding === 'causal' ? 'padding causal' : undefined
}

function bias({ bias }: StockFields): { bias?: Tensor } {
  return bias ? { bias: bias.read() } : {}
}

function fusedActivation(activation: LayerActivation | null): Activation | undefined {
  const name = activation?.getClassName() ?? 'linear'
  return activations.find((one) => one === name)
}

/** Fuses the layer's activation, or applies it afterwards where it can't be fused. */
function finish(layer: StockFields, run: (activation: Activation) => Tensor): Tensor {
  const fused = fusedActivation(layer.activation)
  return fused ? run(fused) : layer.activation.apply(run('linear'))
}

/** The stock layer's arithmetic: moving averages of the biased variance. */
function batchNorm(layer: StockFields): Call {
  const { epsilon, momentum, movingMean, movingVariance } = layer
  return (x, training) => {
    const channels = x.shape.at(-1)!
    const gamma = layer.gamma?.read() ?? ones([channels])
    const beta = layer.beta?.read() ?? zeros([channels])
    if (!training) {
      return batchNormInference(x, movingMean.read(), movingVariance.read(), gamma, beta, epsilon)
    }
    const { y, mean, variance } = batchNormTrain(x, gamma, beta, epsilon)
    const move = (average: LayerVariable, value: Tensor) =>
      tidy(() => {
        average.write(add(mul(average.read(), momentum), mul(value, 1 - momentum)))
      })
    move(movingMean, mean)
    move(movingVariance, variance)
    return y
  }
}
