import type * as tfl from '@tensorflow/tfjs-layers'
import { windowAxes } from '../analysis/window-axes.js'
import type { Pair } from '../analysis/layer-spec.js'
import { inputShapes } from '../layers/single-input.js'
import type { Windowed } from '../layers/windowed.js'
import { ModelError } from '../model-error.js'
import { permute } from '../weights/permute.js'
import type { OnnxGraph } from './onnx-graph.js'

/** What a layer is written with. Maps are `[batch, channels, height, width]` in the graph, as ONNX has them. */
export interface OnnxContext {
  readonly graph: OnnxGraph
  readonly layer: tfl.layers.Layer
  /** Name of the layer with those of the models around it. */
  readonly path: string
  /** Names of the inputs in the graph. */
  readonly inputs: readonly string[]
  /** Gives the numbers of one of the layer's weights; undefined when it has none of that name. */
  readonly weight: (name: string) => { shape: readonly number[]; values: Float32Array } | undefined
  /** Writes the layers of a model within. */
  readonly within: (model: tfl.LayersModel, input: string, path: string) => string
}

interface Config {
  activation: string
  alpha: number
  amplitude: number
  axis: number
  cropping: readonly (readonly [number, number])[]
  dataFormat?: string
  dilationRate: Pair
  epsilon: number
  interpolation: 'nearest' | 'bilinear'
  kernelSize: Pair
  maxValue?: number | null
  padding: Pair | 'same' | 'valid'
  poolSize: readonly [number, number]
  ranges: readonly (readonly [number, number])[]
  size: readonly [number, number]
  slope: number
  strides: readonly [number, number]
  targetShape: readonly number[]
  theta: number
}

const channelsLast = [0, 2, 3, 1]
const channelsFirst = [0, 3, 1, 2]

const writers: Readonly<Record<string, (context: OnnxContext, config: Config) => string>> = {
  Activation: (context, { activation }) => activate(context, context.inputs[0]!, activation),
  Add: (context) => merged(context, 'Add'),
  AlphaDropout: ({ inputs }) => inputs[0]!,
  Average: ({ graph, path, inputs }) => graph.node('Mean', path, inputs),
  AveragePooling2D: (context, config) => pool(context, config, 'AveragePool'),
  BatchNormalization: batchNorm,
  Concatenate: (context, { axis }) =>
    context.graph.node('Concat', context.path, context.inputs, { axis: graphAxis(context, axis) }),
  Conv2D: convolution,
  Cropping2D: crop,
  Dense: dense,
  Dropout: ({ inputs }) => inputs[0]!,
  ELU: ({ graph, path, inputs }, { alpha }) =>
    graph.node('Elu', path, inputs, { alpha: { float: alpha } }),
  Flatten: flatten,
  GaussianDropout: ({ inputs }) => inputs[0]!,
  GaussianNoise: ({ inputs }) => inputs[0]!,
  GlobalAveragePooling2D: ({ graph, path, inputs }) =>
    graph.node('Flatten', path, [graph.node('GlobalAveragePool', `${path}/mean`, inputs)], {
      axis: 1,
    }),
  GlobalMaxPooling2D: ({ graph, path, inputs }) =>
    graph.node('Flatten', path, [graph.node('GlobalMaxPool', `${path}/max`, inputs)], { axis: 1 }),
  LeakyReLU: ({ graph, path, inputs }, { alpha }) =>
    graph.node('LeakyRelu', path, inputs, { alpha: { float: alpha } }),
  MaxPooling2D: (context, config) => pool(context, config, 'MaxPool'),
  Maximum: ({ graph, path, inputs }) => graph.node('Max', path, inputs),
  Minimum: ({ graph, path, inputs }) => graph.node('Min', path, inputs),
  Multiply: (context) => merged(context, 'Mul'),
  ReLU: (context, { maxValue }) => relu(context, maxValue ?? undefined),
  Reshape: reshape,
  ScaledTanh: scaledTanh,
  SelectChannels: selectChannels,
  Softmax: (context, { axis }) =>
    context.graph.node('Softmax', context.path, context.inputs, { axis: graphAxis(context, axis) }),
  ThresholdedReLU: ({ graph, path, inputs }, { theta }) =>
    graph.node('ThresholdedRelu', path, inputs, { alpha: { float: theta } }),
  UnitBias: unitBias,
  UpSampling2D: upSample,
  Windowed: windowed,
  ZeroPadding2D: zeroPad,
}

/**
 * Writes a layer into the graph and gives its output's name.
 *
 * @throws ModelError `BAD_DEFINITION` for a layer that has no form in ONNX here
 */
export function writeLayer(context: OnnxContext): string {
  const { layer } = context
  const kind = layer.getClassName().replace(/^Ductus/, '')
  const config = layer.getConfig() as unknown as Config
  if (config.dataFormat === 'channelsFirst') {
    throw new ModelError(
      'BAD_DEFINITION',
      `exportOnnx: expected maps with channels last, received ${layer.name} (${kind}) with channels first. ` +
        "Build it with dataFormat: 'channelsLast'.",
    )
  }
  if (Object.hasOwn(writers, kind)) return writers[kind]!(context, config)
  throw new ModelError(
    'BAD_DEFINITION',
    `exportOnnx: expected layers that ONNX has here, received ${layer.name} (${kind}). ` +
      `Known: ${Object.keys(writers).join(', ')}.`,
  )
}

/** Turns a map from our order of axes to ONNX's. */
export function toChannelsFirst(graph: OnnxGraph, name: string, input: string): string {
  return graph.node('Transpose', name, [input], { perm: channelsFirst })
}

function convolution(context: OnnxContext, config: Config): string {
  const { graph, path, inputs, layer, weight } = context
  const { shape, values } = weight('kernel')!
  const [height, width, channels, filters] = shape as [number, number, number, number]
  const kernel = permute(values, shape, [3, 2, 0, 1])
  const bias = weight('bias')
  const input = inputShapes(layer)[0]! as number[]
  const axes = windowAxes(
    {
      kind: 'conv',
      filters,
      kernelSize: [height, width],
      strides: config.strides,
      padding: config.padding,
      dilation: config.dilationRate,
    },
    input.slice(1),
  )
  const after = axes.map(({ output, stride, dilation, kernel: size, before }, i) =>
    Math.max((output - 1) * stride + dilation * (size - 1) + 1 - input[i + 1]! - before, 0),
  )
  const y = graph.node(
    'Conv',
    path,
    [
      inputs[0]!,
      graph.floats(`${path}/kernel`, [filters, channels, height, width], kernel),
      ...(bias ? [graph.floats(`${path}/bias`, bias.shape, bias.values)] : []),
    ],
    {
      kernel_shape: [height, width],
      strides: axes.map(({ stride }) => stride),
      dilations: axes.map(({ dilation }) => dilation),
      pads: [axes[0].before, axes[1].before, ...after],
    },
  )
  return activate(context, y, config.activation)
}

function dense(context: OnnxContext, { activation }: Config): string {
  const { graph, path, inputs, weight, layer } = context
  const kernel = weight('kernel')!
  const bias = weight('bias')
  const right = graph.floats(`${path}/kernel`, kernel.shape, kernel.values)
  const added = bias ? [graph.floats(`${path}/bias`, bias.shape, bias.values)] : []
  if (inputShapes(layer)[0]!.length === 2) {
    return activate(context, graph.node('Gemm', path, [inputs[0]!, right, ...added]), activation)
  }
  // A dense layer on a map mixes its channels at each place.
  const isMap = inputShapes(layer)[0]!.length === 4
  const x = isMap
    ? graph.node('Transpose', `${path}/order`, [inputs[0]!], { perm: channelsLast })
    : inputs[0]!
  const product = graph.node('MatMul', path, [x, right])
  const sum = bias ? graph.node('Add', `${path}/sum`, [product, ...added]) : product
  const y = isMap ? toChannelsFirst(graph, `${path}/map`, sum) : sum
  return activate(context, y, activation)
}

function batchNorm(context: OnnxContext, { epsilon, activation = 'linear' }: Config): string {
  const { graph, path, inputs, weight } = context
  const vectors = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name) => {
    const { shape, values } = weight(name)!
    return graph.floats(`${path}/${name}`, shape, values)
  })
  const y = graph.node('BatchNormalization', path, [inputs[0]!, ...vectors], {
    epsilon: { float: epsilon },
  })
  const [, shortcut] = inputs
  const sum = shortcut === undefined ? y : graph.node('Add', `${path}/sum`, [y, shortcut])
  return activate(context, sum, activation)
}

function activate({ graph, path, layer }: OnnxContext, x: string, activation: string): string {
  if (activation === 'linear') return x
  const operators: Readonly<Record<string, string>> = {
    relu: 'Relu',
    sigmoid: 'Sigmoid',
    tanh: 'Tanh',
    elu: 'Elu',
    selu: 'Selu',
    softplus: 'Softplus',
    softsign: 'Softsign',
  }
  if (Object.hasOwn(operators, activation)) {
    return graph.node(operators[activation]!, `${path}/${activation}`, [x])
  }
  if (activation === 'relu6') return clip(graph, `${path}/relu6`, x, 6)
  if (activation === 'softmax') {
    const axis = outputRank(layer) === 4 ? 1 : -1
    return graph.node('Softmax', `${path}/softmax`, [x], { axis })
  }
  throw new ModelError(
    'BAD_DEFINITION',
    `exportOnnx: expected an activation among ${Object.keys(operators).join(', ')}, relu6, softmax, received ${activation} in ` +
      `${layer.name}. ` +
      'Use one of them.',
  )
}

function pool(context: OnnxContext, config: Config, operator: string): string {
  const { graph, path, inputs, layer } = context
  const input = inputShapes(layer)[0]! as number[]
  const { poolSize, strides, padding } = config
  const axes = windowAxes(
    { kind: 'maxPool', size: poolSize, strides, padding: padding as 'same' | 'valid' },
    input.slice(1),
  )
  const after = axes.map(({ output, stride, kernel, before }, i) =>
    Math.max((output - 1) * stride + kernel - input[i + 1]! - before, 0),
  )
  return graph.node(operator, path, [inputs[0]!], {
    kernel_shape: poolSize,
    strides,
    pads: [axes[0].before, axes[1].before, ...after],
  })
}

/** Joins any number of maps by an operator of two. */
function merged({ graph, path, inputs }: OnnxContext, operator: string): string {
  return inputs.reduce((a, b) => graph.node(operator, path, [a, b]))
}

function relu({ graph, path, inputs }: OnnxContext, most: number | undefined): string {
  if (most === undefined) return graph.node('Relu', path, inputs)
  return clip(graph, path, inputs[0]!, most)
}

/** Brings numbers between 0 and a bound. */
function clip(graph: OnnxGraph, path: string, x: string, most: number): string {
  const bounds = [0, most].map((value) => graph.floats(`${path}/bound`, [], Float32Array.of(value)))
  return graph.node('Clip', path, [x, ...bounds])
}

function upSample({ graph, path, inputs }: OnnxContext, { size, interpolation }: Config): string {
  const scales = graph.floats(`${path}/scales`, [4], Float32Array.of(1, 1, size[0], size[1]))
  return graph.node('Resize', path, [inputs[0]!, '', scales], {
    coordinate_transformation_mode: 'asymmetric',
    mode: interpolation === 'bilinear' ? 'linear' : 'nearest',
    nearest_mode: 'floor',
  })
}

function zeroPad({ graph, path, inputs }: OnnxContext, { padding }: Config): string {
  const [[top, bottom], [left, right]] = padding as unknown as readonly [
    readonly [number, number],
    readonly [number, number],
  ]
  const pads = graph.integers(`${path}/pads`, [0, 0, top, left, 0, 0, bottom, right])
  return graph.node('Pad', path, [inputs[0]!, pads])
}

/** The place in the graph of an axis of the layer's: maps have their channels first there. */
function graphAxis({ layer }: OnnxContext, axis: number): number {
  const rank = outputRank(layer)
  const own = axis < 0 ? rank + axis : axis
  return rank === 4 ? [0, 2, 3, 1][own]! : own
}

function outputRank(layer: tfl.layers.Layer): number {
  return (layer.getOutputAt(0) as tfl.SymbolicTensor).shape.length
}

function flatten({ graph, path, inputs, layer }: OnnxContext): string {
  const isMap = inputShapes(layer)[0]!.length === 4
  const x = isMap
    ? graph.node('Transpose', `${path}/order`, inputs, { perm: channelsLast })
    : inputs[0]!
  return graph.node('Flatten', path, [x], { axis: 1 })
}

function reshape({ graph, path, inputs, layer }: OnnxContext, { targetShape }: Config): string {
  const isMap = inputShapes(layer)[0]!.length === 4
  const x = isMap
    ? graph.node('Transpose', `${path}/order`, inputs, { perm: channelsLast })
    : inputs[0]!
  const shape = graph.integers(`${path}/shape`, [-1, ...targetShape])
  const y = graph.node('Reshape', path, [x, shape])
  return targetShape.length === 3 ? toChannelsFirst(graph, `${path}/map`, y) : y
}

function scaledTanh({ graph, path, inputs }: OnnxContext, { slope, amplitude }: Config): string {
  const [inner, outer] = [slope, amplitude].map((value, i) =>
    graph.floats(`${path}/factor${i + 1}`, [], Float32Array.of(value)),
  ) as [string, string]
  const tanh = graph.node('Tanh', `${path}/tanh`, [
    graph.node('Mul', `${path}/slope`, [inputs[0]!, inner]),
  ])
  return graph.node('Mul', path, [tanh, outer])
}

function slice(
  { graph, path }: OnnxContext,
  x: string,
  ranges: Readonly<Record<number, readonly [number, number]>>,
): string {
  const axes = Object.keys(ranges).map(Number)
  const list = (name: string, values: number[]) => graph.integers(`${path}/${name}`, values)
  return graph.node('Slice', `${path}/slice`, [
    x,
    list(
      'starts',
      axes.map((axis) => ranges[axis]![0]),
    ),
    list(
      'ends',
      axes.map((axis) => ranges[axis]![1]),
    ),
    list('axes', axes),
  ])
}

function crop(context: OnnxContext, { cropping }: Config): string {
  const [, height, width] = inputShapes(context.layer)[0]! as [null, number, number]
  const [[top, bottom], [left, right]] = cropping as readonly [
    readonly [number, number],
    readonly [number, number],
  ]
  return slice(context, context.inputs[0]!, { 2: [top, height - bottom], 3: [left, width - right] })
}

function selectChannels(context: OnnxContext, { ranges }: Config): string {
  const parts = ranges.map((range) => slice(context, context.inputs[0]!, { 1: range }))
  return parts.length === 1
    ? parts[0]!
    : context.graph.node('Concat', context.path, parts, { axis: 1 })
}

function unitBias({ graph, path, inputs, layer, weight }: OnnxContext): string {
  const [height, width, channels] = inputShapes(layer)[0]!.slice(1) as [number, number, number]
  const values = permute(weight('bias')!.values, [height, width, channels], [2, 0, 1])
  const bias = graph.floats(`${path}/bias`, [1, channels, height, width], values)
  return graph.node('Add', path, [inputs[0]!, bias])
}

/** Puts the windows of all lines into one batch, as the layer does. */
function windowed(context: OnnxContext): string {
  const { graph, path, inputs, within } = context
  const layer = context.layer as Windowed
  const [, height, , channels] = inputShapes(layer)[0]! as [null, number, number, number]
  const axis = graph.integers(`${path}/axis`, [1])
  const cuts = Array.from({ length: layer.windowCount }, (_, i) => {
    const left = i * layer.stride
    return graph.node('Unsqueeze', `${path}/cut`, [
      slice(context, inputs[0]!, { 3: [left, left + layer.width] }),
      axis,
    ])
  })
  const shape = graph.integers(`${path}/shape`, [-1, channels, height, layer.width])
  const batch = graph.node('Reshape', `${path}/batch`, [
    graph.node('Concat', `${path}/windows`, cuts, { axis: 1 }),
    shape,
  ])
  const y = within(layer.model, batch, path)
  const features = layer.model.outputs[0]!.shape.at(-1)!
  return graph.node('Reshape', path, [
    y,
    graph.integers(`${path}/rows`, [-1, layer.windowCount, features]),
  ])
}
