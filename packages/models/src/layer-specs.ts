import type * as tfl from '@tensorflow/tfjs-layers'
import type { CropSpec, LayerSpec, Pair } from './analysis/layer-spec.js'
import { BatchNorm } from './layers/batch-norm.js'
import { Windowed } from './layers/windowed.js'
import { ModelError } from './model-error.js'

interface Config {
  filters: number
  kernelSize: Pair
  strides: Pair
  padding: Pair | 'same' | 'valid'
  dilationRate: Pair
  useBias: boolean
  units: number
  targetShape: readonly number[]
  cropping: CropSpec['cropping']
  poolSize: Pair
  activation: 'relu' | 'sigmoid' | 'tanh'
  ranges: readonly (readonly [number, number])[]
}
type Reader = (config: Config) => LayerSpec

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
  MaxPooling2D: (config) => ({ kind: 'maxPool', size: config.poolSize, strides: config.strides }),
  AveragePooling2D: (config) => ({
    kind: 'avgPool',
    size: config.poolSize,
    strides: config.strides,
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
  Activation: (config) => ({ kind: config.activation }),
}

/**
 * Describes a model to the arithmetic of `@ductus/models/analysis`.
 *
 * @throws ModelError `BAD_DEFINITION` for a layer that the arithmetic doesn't know
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
  const read = readers[layer.getClassName().replace(/^Ductus/, '')]
  if (read) return read(layer.getConfig() as unknown as Config)
  throw new ModelError(
    'BAD_DEFINITION',
    `layerSpecs: expected layers that the arithmetic knows, received ${layer.name} (${layer.getClassName()}). ` +
      `Known: ${Object.keys(readers).join(', ')}.`,
  )
}

function inputsOf(layer: tfl.layers.Layer): string[] {
  const sources = layer.inboundNodes[0]!.inboundLayers
  return sources.map((source) => (source.getClassName() === 'InputLayer' ? 'input' : source.name))
}
