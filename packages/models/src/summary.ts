import type * as tfl from '@tensorflow/tfjs-layers'
import { summarize } from './summarize.js'

/**
 * Writes a model as a table: a line a layer with its output shape, a line a weight with its shape and size, the totals,
 * and where the model is described.
 */
export function summary(model: tfl.LayersModel): string {
  const { name, source, file, layers, parameters, trainableParameters, statistics } =
    summarize(model)
  const rows = layers.flatMap((layer) => [
    [
      `${layer.name} (${layer.kind})`,
      shape(layer.outputShape),
      layer.parameters.length > 0 ? '' : '0',
    ],
    ...layer.parameters.map((weight) => [
      `  ${weight.name.slice(weight.name.lastIndexOf('/') + 1)}${weight.trainable ? '' : weight.statistic ? ' (statistic)' : ' (frozen)'}`,
      shape(weight.shape),
      number(weight.count),
    ]),
  ])
  const lines = table([['layer', 'output shape', 'parameters'], ...rows])
  const rule = '─'.repeat(Math.max(...lines.map((line) => line.length)))
  const fixed = parameters - trainableParameters
  return [
    name,
    rule,
    lines[0],
    rule,
    ...lines.slice(1),
    rule,
    `${number(parameters)} parameters${fixed > 0 ? `, ${number(fixed)} of them frozen` : ''}` +
      (statistics > 0 ? `, and ${number(statistics)} numbers of statistics` : ''),
    ...(source ? [`source: ${source}`] : []),
    ...(file ? [`file:   ${file}`] : []),
  ].join('\n')
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map(
    ([layer, output, count]) =>
      `${layer!.padEnd(widths[0]!)}  ${output!.padEnd(widths[1]!)}  ${count!.padStart(widths[2]!)}`,
  )
}

function shape(sizes: readonly (number | null)[]): string {
  return `[${sizes.map((size, i) => size ?? (i === 0 ? 'batch' : '?')).join(', ')}]`
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}
