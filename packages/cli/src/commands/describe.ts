import type { LayerSpec, NetworkCost, Precedents, Unit } from '@ductus/models/analysis'
import { findDataClass } from '../classes/find-data-class.js'
import { findModelClass } from '../classes/find-model-class.js'
import { usageError } from '../errors/cli-error.js'
import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { describeOptions } from '../options/look-options.js'
import { createPrinter } from '../terminal/printer.js'

type Call = CommandCall<OptionValues<typeof describeOptions>>

/** Says what a network costs, layer by layer, and traces a unit back to the input. */
export async function describe(call: Call): Promise<number> {
  const { values, io } = call
  const printer = createPrinter(io, values)
  const { costOf, describeCost, precedents } = await import('@ductus/models/analysis')
  const { title, layers, input } = await networkOf(call)
  const { batch, unit } = values
  const cost: NetworkCost = costOf(layers, input, batch === undefined ? {} : { batch })
  const traced = unit === undefined ? undefined : precedents(layers, input, parseUnit(unit))
  printer.json(traced ? { ...cost, precedents: traced } : cost)
  printer.result(`${title}, input ${input.join('×')}\n${describeCost(cost)}`)
  if (traced) printer.result(`\nUnit ${unit} is computed from\n${traced.map(traceLine).join('\n')}`)
  return 0
}

/** Takes the network from `--layers`, or builds the model that `--model` names. */
async function networkOf({
  values,
  model: modelOptions,
}: Call): Promise<{ title: string; layers: LayerSpec[]; input: number[] }> {
  const { parseInput, parseLayers } = await import('@ductus/models/analysis')
  const given = values.input === undefined ? undefined : parseInput(values.input)
  if ((values.model === undefined) === (values.layers === undefined)) {
    throw usageError('ductus describe: expected --model or --layers, one of them.')
  }
  if (values.layers !== undefined) {
    if (!given) throw usageError('ductus describe: --layers needs --input, such as 28x28x1.')
    return { title: 'Network', layers: parseLayers(values.layers), input: given }
  }
  const DataClass = await (await findDataClass(values.data ?? 'MNIST')).load()
  const define = await (await findModelClass(values.model ?? '')).load()
  const { useBackend } = await import('@ductus/backend')
  const { layerSpecs } = await import('@ductus/models')
  await useBackend('cpu')
  const config = new DataClass().config()
  const input = given ?? config.inputDims
  const model = define({ ...config, inputDims: input }, modelOptions)
  const layers = layerSpecs(model)
  model.dispose()
  return { title: define.modelName, layers, input }
}

/** Reads `[layer:]row,column[,channel]`. */
function parseUnit(text: string): Unit {
  const match = /^(?:([^:]+):)?(\d+),(\d+)(?:,(\d+))?$/.exec(text)
  if (!match) {
    throw usageError(
      `Option --unit: expected [layer:]row,column[,channel], received "${text}". Write such as conv2:3,4,0.`,
    )
  }
  const [, layer, row, column, channel] = match
  return {
    row: Number(row),
    column: Number(column),
    ...(channel === undefined ? {} : { channel: Number(channel) }),
    ...(layer === undefined ? {} : { layer }),
  }
}

function traceLine({ map, rows, columns, channels, weights }: Precedents): string {
  const cells = `${rows.length}×${columns.length}×${channels.length}`
  const taken = weights.map(({ name, count }) => `${count} of ${name}`).join(', ')
  const place = `rows ${span(rows)}, columns ${span(columns)}, channels ${span(channels)}`
  return `  ${map}: ${cells} (${place})${taken === '' ? '' : `, by ${taken}`}`
}

function span(places: readonly number[]): string {
  const [first, last] = [places[0], places.at(-1)]
  if (first === undefined) return 'none'
  return first === last ? String(first) : `${first}–${last}`
}
