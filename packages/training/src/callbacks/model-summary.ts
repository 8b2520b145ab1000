import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { Callback } from './callback.js'
import type { TrainerContext } from './trainer-context.js'

/** One layer in a summary. */
interface Row {
  layer: string
  kind: string
  output: string
  parameters: string
}

/** Tells the model's layers, output shapes and parameters when a fit starts. */
export class ModelSummary implements Callback {
  readonly name = 'ModelSummary'

  onFitStart({ module, reporter }: TrainerContext): void {
    const entries = Object.entries(module.models)
    for (const [name, model] of entries) {
      if (entries.length > 1) reporter.info(`${name}:`)
      for (const line of summaryLines(model)) reporter.info(line)
    }
  }
}

/** Writes a model's summary, a line a layer. */
export function summaryLines(model: LayersModel): string[] {
  const header: Row = { layer: 'Layer', kind: 'Kind', output: 'Output', parameters: 'Parameters' }
  const rows = model.layers.map((layer) => ({
    layer: layer.name,
    kind: layer.getClassName(),
    output: shape(layer.outputShape),
    parameters: layer.countParams().toLocaleString('en-US'),
  }))
  const width = (key: keyof Row): number =>
    Math.max(...[header, ...rows].map((row) => row[key].length))
  const line = (row: Row): string =>
    [
      row.layer.padEnd(width('layer')),
      row.kind.padEnd(width('kind')),
      row.output.padEnd(width('output')),
      row.parameters.padStart(width('parameters')),
    ].join('  ')
  const total = model.countParams()
  const trainable = sum(model.trainableWeights.map(({ shape: dims }) => product(dims)))
  return [
    line(header),
    ...rows.map(line),
    `Total ${total.toLocaleString('en-US')} parameters, ${trainable.toLocaleString('en-US')} trainable`,
  ]
}

function shape(output: unknown): string {
  const dims = output as (number | null)[] | (number | null)[][]
  if (Array.isArray(dims[0])) return (dims as (number | null)[][]).map(shape).join(' ')
  return `[${dims.map((size) => size ?? 'batch').join(', ')}]`
}

function product(dims: readonly (number | null)[]): number {
  return dims.reduce<number>((total, size) => total * (size ?? 1), 1)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
