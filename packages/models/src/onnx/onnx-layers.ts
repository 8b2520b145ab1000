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
  amplitude: number
  cropping: readonly (readonly [number, number])[]
  dilationRate: Pair
  epsilon: number
  kernelSize: Pair
  padding: Pair | 'same' | 'valid'
  poolSize: readonly [number, number]
  ranges: readonly (readonly [number, number])[]
  slope: number
  strides: readonly [number, number]
  targetShape: readonly number[]
}

const channelsLast = [0, 2, 3, 1]
const channelsFirst = [0, 3, 1, 2]

const writers: Readonly<Record<string, (context: OnnxContext, config: Config) => string>> = {
  Activation: (context, { activation }) => activate(context, context.inputs[0]!, activation),
  Add: ({ graph, path, inputs }) => graph.node('Add', path, inputs),
  AveragePooling2D: (context, config) => pool(context, config, 'AveragePool'),
  BatchNormalization: batchNorm,
  Concatenate: ({ graph, path, inputs }) => graph.node('Concat', path, inputs, { axis: 1 }),
  Conv2D: convolution,
  Cropping2D: crop,
  Dense: dense,
  Dropout: ({ inputs }) => inputs[0]!,
  Flatten: flatten,
  GlobalAveragePooling2D: ({ graph, path, inputs }) =>
    graph.node('Flatten', path, [graph.node('GlobalAveragePool', `${path}/mean`, inputs)], {
      axis: 1,
    }),
  MaxPooling2D: (context, config) => pool(context, config, 'MaxPool'),
  Reshape: reshape,
  ScaledTanh: scaledTanh,
  SelectChannels: selectChannels,
  UnitBias: unitBias,
  Windowed: windowed,
}

/**
 * Writes a layer into the graph and gives its output's name.
 *
 * @throws ModelError `BAD_DEFINITION` for a layer that has no form in ONNX here
 */
export function writeLayer(context: OnnxContext): string {
  const { layer } = context
  const kind = layer.getClassName().replace(/^Ductus/, '')
  const write = writers[kind]
  if (write) return write(context, layer.getConfig() as unknown as Config)
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
  const product = graph.node('MatMul', path, [inputs[0]!, right])
  const y = bias ? graph.node('Add', `${path}/sum`, [product, ...added]) : product
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

function activate({ graph, path }: OnnxContext, x: string, activation: string): string {
  if (activation === 'linear') return x
  const operators: Readonly<Record<string, string>> = {
    relu: 'Relu',
    sigmoid: 'Sigmoid',
    tanh: 'Tanh',
    elu: 'Elu',
  }
  const operator = operators[activation]
  if (operator) return graph.node(operator, `${path}/${activation}`, [x])
  if (activation === 'relu6') {
    const bounds = [0, 6].map((value) => graph.floats(`${path}/bound`, [], Float32Array.of(value)))
    return graph.node('Clip', `${path}/relu6`, [x, ...bounds])
  }
  throw new ModelError(
    'BAD_DEFINITION',
    `exportOnnx: expected an activation among ${Object.keys(operators).join(', ')}, relu6, received ${activation}. ` +
      'Use one of them.',
  )
}

function pool({ graph, path, inputs }: OnnxContext, config: Config, operator: string): string {
  return graph.node(operator, path, [inputs[0]!], {
    kernel_shape: config.poolSize,
    strides: config.strides,
  })
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
  return graph.node('Reshape', path, [x, graph.integers(`${path}/shape`, [-1, ...targetShape])])
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
