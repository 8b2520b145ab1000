import { ModelError } from '../model-error.js'
import { pairOf, type LayerSpec, type Pair, type WindowsSpec } from './layer-spec.js'
import { windowAxes } from './window-axes.js'

/** A layer in its place: what it reads and what it gives. */
export interface ShapedLayer {
  readonly name: string
  readonly spec: LayerSpec
  /** Names of the maps it reads: layers, or `input`. */
  readonly inputs: readonly string[]
  readonly inputShape: readonly number[]
  /** `[height, width, channels]` or `[features]` of one image or window. */
  readonly outputShape: readonly number[]
  /** How many windows of an image come by here; 1 before any windows layer. */
  readonly windows: number
}

/**
 * Follows an image through layers and names each.
 *
 * @param input `[height, width, channels]` or `[features]`
 * @throws ModelError when a layer can't take what comes
 */
export function shapeLayers(layers: readonly LayerSpec[], input: readonly number[]): ShapedLayer[] {
  const maps = new Map<string, { shape: readonly number[]; windows: number }>()
  maps.set('input', { shape: input, windows: 1 })
  const counts = new Map<string, number>()
  let previous = 'input'
  return layers.map((spec) => {
    const count = (counts.get(spec.kind) ?? 0) + 1
    counts.set(spec.kind, count)
    const name = spec.name ?? `${spec.kind}${count}`
    if (maps.has(name)) {
      throw new ModelError(
        'BAD_OPTION',
        `shapeLayers: expected a name of its own for each layer, received "${name}" twice. Layers without a name are ` +
          'called after their kind and place; rename the other.',
      )
    }
    checkSizes(name, spec)
    const inputs = spec.inputs ?? [previous]
    const read = inputs.map((from) => maps.get(from) ?? unknown(name, from, [...maps.keys()]))
    const { shape: inputShape, windows: before } = read[0]!
    if (spec.kind === 'add')
      sameShapes(
        name,
        read.map(({ shape }) => shape),
      )
    const outputShape =
      spec.kind === 'concat'
        ? joined(read.map(({ shape }) => shape))
        : outputOf(name, spec, inputShape)
    const windows = spec.kind === 'windows' ? before * windowCount(spec, inputShape) : before
    maps.set(name, { shape: outputShape, windows })
    previous = name
    return { name, spec, inputs, inputShape, outputShape, windows }
  })
}

/** Refuses sizes that no window and no layer has: 0, a fraction, what is no number. */
function checkSizes(name: string, spec: LayerSpec): void {
  const sizes: Readonly<Record<string, Pair | undefined>> =
    spec.kind === 'conv'
      ? {
          filters: spec.filters,
          kernelSize: spec.kernelSize,
          strides: spec.strides,
          dilation: spec.dilation,
        }
      : spec.kind === 'maxPool' || spec.kind === 'avgPool'
        ? { size: spec.size, strides: spec.strides }
        : spec.kind === 'windows'
          ? { width: spec.width, stride: spec.stride }
          : spec.kind === 'dense'
            ? { units: spec.units }
            : {}
  for (const [option, value] of Object.entries(sizes)) {
    if (
      value === undefined ||
      pairOf(value).every((size) => Number.isSafeInteger(size) && size > 0)
    )
      continue
    throw new ModelError(
      'BAD_OPTION',
      `${name}: expected ${option} of whole numbers of at least 1, received ${String(value)}. Change it.`,
    )
  }
}

/** How many numbers a map has. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1)
}

function outputOf(name: string, spec: LayerSpec, shape: readonly number[]): readonly number[] {
  switch (spec.kind) {
    case 'conv':
    case 'maxPool':
    case 'avgPool': {
      needMap(name, shape)
      const [rows, columns] = windowAxes(spec, shape)
      if (rows.output < 1 || columns.output < 1) {
        throw new ModelError(
          'BAD_SHAPE',
          `${name}: expected a map of at least the window's size, received [${shape.join(', ')}]. ` +
            'Use a larger input, more padding, or fewer layers that shrink it.',
        )
      }
      return [rows.output, columns.output, spec.kind === 'conv' ? spec.filters : shape[2]!]
    }
    case 'dense':
      if (shape.length <= 2) return [...shape.slice(0, -1), spec.units]
      throw new ModelError(
        'BAD_SHAPE',
        `${name}: expected features, received a map [${shape.join(', ')}]. Put a flatten layer before it.`,
      )
    case 'reshape':
      return spec.shape
    case 'crop': {
      needMap(name, shape)
      const [[top, bottom], [left, right]] = spec.cropping
      return [shape[0]! - top - bottom, shape[1]! - left - right, shape[2]!]
    }
    case 'pad': {
      needMap(name, shape)
      const [[top, bottom], [left, right]] = spec.padding
      return [shape[0]! + top + bottom, shape[1]! + left + right, shape[2]!]
    }
    case 'other':
      return spec.outputShape
    case 'flatten':
      return [sizeOf(shape)]
    case 'globalAvgPool':
      needMap(name, shape)
      return [shape[2]!]
    case 'select':
      needMap(name, shape)
      return [shape[0]!, shape[1]!, spec.channels]
    case 'windows':
      needMap(name, shape)
      return [shape[0]!, spec.width, shape[2]!]
    default:
      return shape
  }
}

/** Maps side by side, channel after channel. */
function joined(shapes: readonly (readonly number[])[]): number[] {
  const channels = shapes.reduce((total, shape) => total + shape.at(-1)!, 0)
  return [...shapes[0]!.slice(0, -1), channels]
}

function windowCount({ width, stride, count }: WindowsSpec, shape: readonly number[]): number {
  return count ?? Math.floor((shape[1]! - width) / stride) + 1
}

function needMap(name: string, shape: readonly number[]): void {
  if (shape.length === 3) return
  throw new ModelError(
    'BAD_SHAPE',
    `${name}: expected a map [height, width, channels], received [${shape.join(', ')}]. ` +
      'Put it before the layers that flatten.',
  )
}

function sameShapes(name: string, shapes: readonly (readonly number[])[]): void {
  const texts = shapes.map((shape) => `[${shape.join(', ')}]`)
  if (new Set(texts).size === 1) return
  throw new ModelError(
    'BAD_SHAPE',
    `${name}: expected maps of one shape, received ${texts.join(' and ')}. Project one of them by a 1×1 convolution.`,
  )
}

function unknown(name: string, from: string, known: readonly string[]): never {
  throw new ModelError(
    'BAD_SHAPE',
    `${name}: expected inputs among the layers before it, received "${from}". Known: ${known.join(', ')}.`,
  )
}
