import { ModelError } from '../model-error.js'
import { pairOf, type LayerSpec } from './layer-spec.js'
import { shapeLayers, type ShapedLayer } from './shape-layers.js'
import { windowAxes, type ResolvedAxis } from './window-axes.js'

/** A unit of a map: its place and, in a map of several channels, its channel. */
export interface Unit {
  readonly row: number
  readonly column: number
  /** Defaults to 0. */
  readonly channel?: number | undefined
  /** Layer whose output it belongs to. Defaults to the last. */
  readonly layer?: string | undefined
}

/** What a unit is computed from, one layer further back at a time. */
export interface Precedents {
  /** 1 for immediate precedents, 2 for secondary, and so on. */
  readonly order: number
  /** Map that they are in: a layer's name, or `input`. */
  readonly map: string
  /** Rows of that map, ascending; those on the padding are left out. */
  readonly rows: readonly number[]
  readonly columns: readonly number[]
  readonly channels: readonly number[]
  /** Weights that the step to them takes, as a spreadsheet's precedents list them too. */
  readonly weights: readonly PrecedentWeights[]
}

/** A part of a tensor of weights. */
export interface PrecedentWeights {
  /** `layer/weight`. */
  readonly name: string
  readonly shape: readonly number[]
  /** Filters whose weights take part. */
  readonly filters: readonly number[]
  /** How many numbers that is. */
  readonly count: number
}

/**
 * Finds all that one unit of a convolutional network is computed from: its immediate precedents in the map before,
 * the secondary ones in the map before that, and so on to the input, with the filters' weights.
 *
 * @param layers convolutions, pooling and layers that work unit by unit, in a row
 * @throws ModelError for a unit outside its map or a layer that mixes all of a map
 * @example
 * const [immediate, secondary] = precedents(parseLayers('conv 1 3 s2; conv 1 3 s2'), [28, 28, 1], { row: 2, column: 2 })
 * // 3×3 cells of the first map, 7×7 of the input
 */
export function precedents(
  layers: readonly LayerSpec[],
  input: readonly number[],
  unit: Unit,
): Precedents[] {
  const shaped = shapeLayers(layers, input)
  const last = unit.layer === undefined ? shaped.length - 1 : indexOf(shaped, unit.layer)
  checkUnit(shaped[last]!, unit)
  let cells: Cells = { rows: [unit.row], columns: [unit.column], channels: [unit.channel ?? 0] }
  const found: Precedents[] = []
  for (const layer of shaped.slice(0, last + 1).reverse()) {
    const weights = weightsOf(layer, cells.channels)
    cells = before(layer, cells)
    // A layer that works unit by unit, such as ReLU, is no step of its own: its unit stands for the one before.
    if (!isWindow(layer.spec)) continue
    found.push({ order: found.length + 1, map: sourceOf(shaped, layer), ...cells, weights })
  }
  return found
}

interface Cells {
  readonly rows: readonly number[]
  readonly columns: readonly number[]
  readonly channels: readonly number[]
}

function before(layer: ShapedLayer, cells: Cells): Cells {
  const { spec, inputShape } = layer
  if (isWindow(spec)) {
    const [rows, columns] = windowAxes(spec, inputShape)
    return {
      rows: taps(cells.rows, rows, inputShape[0]!),
      columns: taps(cells.columns, columns, inputShape[1]!),
      channels: spec.kind === 'conv' ? range(inputShape[2]!) : cells.channels,
    }
  }
  if (spec.kind === 'other' && spec.pointwise) return cells
  if (['relu', 'sigmoid', 'tanh', 'scaledTanh', 'dropout', 'batchNorm'].includes(spec.kind))
    return cells
  throw new ModelError(
    'BAD_SHAPE',
    `precedents: expected layers with windows or unit by unit, received ${layer.name} (${spec.kind}). ` +
      'Ask for a unit of a map before it.',
  )
}

function taps(cells: readonly number[], axis: ResolvedAxis, length: number): number[] {
  const places = cells.flatMap((cell) =>
    range(axis.kernel).map((tap) => cell * axis.stride - axis.before + tap * axis.dilation),
  )
  return [...new Set(places)].filter((i) => i >= 0 && i < length).sort((a, b) => a - b)
}

function weightsOf(
  { name, spec, inputShape }: ShapedLayer,
  filters: readonly number[],
): PrecedentWeights[] {
  if (spec.kind !== 'conv') return []
  const shape = [...pairOf(spec.kernelSize), spec.fanInChannels ?? inputShape[2]!]
  const count = filters.length * shape.reduce((a, b) => a * b, 1)
  const kernel = { name: `${name}/kernel`, shape: [...shape, spec.filters], filters, count }
  if (spec.useBias === false) return [kernel]
  return [kernel, { name: `${name}/bias`, shape: [spec.filters], filters, count: filters.length }]
}

/** Names the map that a layer reads, past those that work unit by unit. */
function sourceOf(shaped: readonly ShapedLayer[], layer: ShapedLayer): string {
  const name = layer.inputs[0]!
  const source = shaped.find((other) => other.name === name)
  return !source || isWindow(source.spec) ? name : sourceOf(shaped, source)
}

function isWindow(
  spec: LayerSpec,
): spec is Extract<LayerSpec, { kind: 'conv' | 'maxPool' | 'avgPool' }> {
  return spec.kind === 'conv' || spec.kind === 'maxPool' || spec.kind === 'avgPool'
}

function indexOf(shaped: readonly ShapedLayer[], name: string): number {
  const index = shaped.findIndex((layer) => layer.name === name)
  if (index >= 0) return index
  const known = shaped.map((layer) => layer.name).join(', ')
  throw new ModelError('BAD_OPTION', `precedents: unknown layer "${name}". Known: ${known}.`)
}

function checkUnit({ name, outputShape }: ShapedLayer, { row, column, channel = 0 }: Unit): void {
  const place = [row, column, channel]
  const inside = place.every(
    (i, axis) => Number.isInteger(i) && i >= 0 && i < (outputShape[axis] ?? 0),
  )
  if (inside) return
  throw new ModelError(
    'BAD_OPTION',
    `precedents: expected a unit inside ${name} [${outputShape.join(', ')}], ` +
      `received row ${row}, column ${column}, channel ${channel}. Count from 0.`,
  )
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i)
}
