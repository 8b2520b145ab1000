import type * as tfl from '@tensorflow/tfjs-layers'
import type { CropSpec, LayerSpec, PadSpec, Pair } from './analysis/layer-spec.js'
import { BatchNorm } from './layers/batch-norm.js'
import { Windowed } from './layers/windowed.js'

interface Config {
  filters: number
  kernelSize: Pair
  strides: Pair
  padding: Pair | 'same' | 'valid'
  dilationRate: Pair
  dataFormat?: string
  useBias: boolean
  units: number
  targetShape: readonly number[]
  cropping: CropSpec['cropping']
  poolSize: Pair
  activation: string
  ranges: readonly (readonly [number, number])[]
}
type Reader = (config: Config) => LayerSpec | undefined

const readers: Readonly<Record<string, Reader>> = {
  Conv2D: (config) => ({
    kind: 'conv',
    filters: config.filters,
    kernelSize: config.kernelSize,
    strides: config.strides,
    padding: config.padding,
    dilation: config.dilationRate,
    useBias: config.useBias,
  }),
  Dense: (config) => ({ kind: 'dense', units: config.units, useBias: config.useBias }),
  MaxPooling2D: (config) => ({
    kind: 'maxPool',
    size: config.poolSize,
    strides: config.strides,
    padding: config.padding as 'same' | 'valid',
  }),
  AveragePooling2D: (config) => ({
    kind: 'avgPool',
    size: config.poolSize,
    strides: config.strides,
    padding: config.padding as 'same' | 'valid',
  }),
  GlobalAveragePooling2D: () => ({ kind: 'globalAvgPool' }),
  BatchNormalization: () => ({ kind: 'batchNorm' }),
  Flatten: () => ({ kind: 'flatten' }),
  Dropout: () => ({ kind: 'dropout' }),
  Add: () => ({ kind: 'add' }),
  Concatenate: () => ({ kind: 'concat' }),
  UnitBias: () => ({ kind: 'unitBias' }),
  SelectChannels: ({ ranges }) => ({
    kind: 'select',
    channels: ranges.reduce((total, [from, to]) => total + to - from, 0),
  }),
  ScaledTanh: () => ({ kind: 'scaledTanh' }),
  Reshape: ({ targetShape }) => ({ kind: 'reshape', shape: targetShape }),
  Cropping2D: ({ cropping }) => ({ kind: 'crop', cropping }),
  ZeroPadding2D: ({ padding }) => ({
    kind: 'pad',
    padding: padding as unknown as PadSpec['padding'],
  }),
  ReLU: () => ({ kind: 'relu' }),
  Activation: ({ activation }) =>
    activation === 'relu' || activation === 'sigmoid' || activation === 'tanh'
      ? { kind: activation }
      : undefined,
}

/** Layers of tf.layers that work number by number and have no weights. */
const pointwise = new Set([
  'Activation',
  'LeakyReLU',
  'ELU',
  'ThresholdedReLU',
  'GaussianNoise',
  'GaussianDropout',
  'AlphaDropout',
  'Multiply',
  'Average',
  'Maximum',
  'Minimum',
])

/** Others of tf.layers without weights and multiplications. */
const rearranging = new Set([
  'Softmax',
  'UpSampling2D',
  'Permute',
  'RepeatVector',
  'GlobalMaxPooling2D',
  'GlobalMaxPooling1D',
  'GlobalAveragePooling1D',
  'MaxPooling1D',
  'AveragePooling1D',
  'SpatialDropout1D',
  'Masking',
])

/**
 * Describes a model to the arithmetic of `@ductus/models/analysis`. A layer that the arithmetic doesn't know is counted by
 * the shape and the weights that it has; its multiply-accumulates are unknown, unless it is one of tf.layers that has none.
 *
 * @example costOf(layerSpecs(model), config.inputDims)
 */
export function layerSpecs(model: tfl.LayersModel): LayerSpec[] {
  const outputs = new Map<string, string>()
  return model.layers.flatMap((layer): LayerSpec[] => {
    if (layer.getClassName() === 'InputLayer') return []
    const inputs = inputsOf(layer).map((name) => outputs.get(name) ?? name)
    if (layer instanceof BatchNorm && inputs.length > 1) {
      const sum = `${layer.name}_sum`
      outputs.set(layer.name, sum)
      return [
        { ...specOf(layer), name: layer.name, inputs: inputs.slice(0, 1) },
        { kind: 'add', name: sum, inputs: [layer.name, ...inputs.slice(1)] },
      ]
    }
    if (!(layer instanceof Windowed)) return [{ ...specOf(layer), name: layer.name, inputs }]
    const { name, width, stride, model: inner } = layer
    const within = layerSpecs(inner).map((spec) => ({
      ...spec,
      inputs: spec.inputs!.map((from) => (from === 'input' ? name : from)),
    }))
    outputs.set(name, within.at(-1)!.name!)
    return [{ kind: 'windows', name, inputs, width, stride, count: layer.windowCount }, ...within]
  })
}

function specOf(layer: tfl.layers.Layer): LayerSpec {
  // Ours that have no stock twin are called after the stock class that they resemble.
  const kind = layer.getClassName().replace(/^Ductus/, '')
  const config = layer.getConfig() as unknown as Config
  // Maps with channels first are counted as they are: the arithmetic has them last.
  const known = Object.hasOwn(readers, kind) && config.dataFormat !== 'channelsFirst'
  return (known ? readers[kind]!(config) : undefined) ?? otherSpec(layer, kind)
}

function otherSpec(layer: tfl.layers.Layer, kind: string): LayerSpec {
  const output = layer.getOutputAt(0)
  const [{ shape }] = Array.isArray(output) ? (output as [tfl.SymbolicTensor]) : [output]
  return {
    kind: 'other',
    layer: kind,
    outputShape: shape.slice(1).map((size) => size ?? 0),
    weights: layer.weights.map((weight) => ({
      name: weight.originalName.slice(weight.originalName.lastIndexOf('/') + 1),
      shape: weight.shape as number[],
    })),
    macs: pointwise.has(kind) || rearranging.has(kind) ? 0 : undefined,
    pointwise: pointwise.has(kind),
  }
}

function inputsOf(layer: tfl.layers.Layer): string[] {
  const sources = layer.inboundNodes[0]!.inboundLayers
  return sources.map((source) => (source.getClassName() === 'InputLayer' ? 'input' : source.name))
}
