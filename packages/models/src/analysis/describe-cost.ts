import type { LayerCost, NetworkCost } from './cost-of.js'
import type { ReceptiveField } from './receptive-field.js'

/** Writes what a network costs as a table, a line a layer and a line a tensor, and the totals. */
export function describeCost(cost: NetworkCost): string {
  let blurred = false
  const fieldOf = (layer: LayerCost): string => {
    if (layer.kind === 'other' && !layer.receptiveField) blurred = true
    if (seesAll.has(layer.kind)) blurred = false
    return layer.receptiveField ? field(layer.receptiveField) : blurred ? 'unknown' : 'all'
  }
  const rows = cost.layers.flatMap((layer) => [
    [
      `${layer.name} (${layer.kind})`,
      size(layer.outputShape),
      layer.parameterCount > 0 ? number(layer.parameterCount) : '0',
      layer.macs === undefined ? 'unknown' : number(layer.macs),
      number(layer.activations),
      fieldOf(layer),
    ],
    ...layer.parameters.map(({ name, shape, count }) => [
      `  ${name.slice(name.lastIndexOf('/') + 1)}`,
      size(shape),
      number(count),
      '',
      '',
      '',
    ]),
  ])
  const header = ['layer', 'output', 'parameters', 'MACs', 'values', 'receptive field']
  const lines = table([
    header,
    ['input', size(cost.input), '', '', number(product(cost.input)), ''],
    ...rows,
  ])
  return [
    ...lines,
    '',
    `parameters  ${number(cost.parameters)} (${number(cost.kernelParameters)} without biases), ${megabytes(cost.weightBytes)}`,
    `MACs        ${number(cost.macs)} an image${cost.unknownMacs.length > 0 ? `, and those of ${cost.unknownMacs.join(', ')}, which are unknown` : ''}`,
    `inference   ${megabytes(cost.inferenceBytes)} of maps an image at most at a time, ${megabytes(cost.batchInferenceBytes)} for ${cost.batch}`,
    `training    ${megabytes(cost.trainingBytes)} of maps an image, kept for the gradients, ${megabytes(cost.batchTrainingBytes)} for ${cost.batch}`,
    `biggest     ${cost.biggestForStorage ?? 'none'} for storage, ${cost.biggestForCompute ?? 'none'} for compute`,
  ].join('\n')
}

/** Layers whose units see all of their input. */
const seesAll: ReadonlySet<LayerCost['kind']> = new Set([
  'dense',
  'flatten',
  'globalAvgPool',
] as const)

function field(receptive: ReceptiveField): string {
  const { size: extent, stride, start } = receptive
  return `${extent.join('×')}, step ${stride.join('×')}, from ${start.join(',')}`
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) =>
    row
      .map((cell, i) => (i >= 2 && i <= 4 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd(),
  )
}

function size(shape: readonly number[]): string {
  return shape.join('×')
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1)
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`
}
