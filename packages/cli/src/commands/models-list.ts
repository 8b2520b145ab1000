import { models } from '@ductus/models/catalog'
import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { commonOptions } from '../options/shared-options.js'
import { createPrinter } from '../terminal/printer.js'
import { table } from '../terminal/table.js'

/** Lists the zoo: each model's parameters and multiply-accumulates on 28×28 digits with the default options, what it is and its source. */
export async function modelsList({
  values,
  io,
}: CommandCall<OptionValues<typeof commonOptions>>): Promise<number> {
  const printer = createPrinter(io, values)
  const { useBackend } = await import('@ductus/backend')
  const { layerSpecs } = await import('@ductus/models')
  const { costOf } = await import('@ductus/models/analysis')
  await useBackend('cpu')
  const config = { inputDims: [28, 28, 1], mapping: [...'0123456789'] }
  const rows = []
  for (const entry of models) {
    const define = await entry.load()
    const model = define(config)
    const { parameters, macs } = costOf(layerSpecs(model), config.inputDims)
    model.dispose()
    rows.push({ name: entry.name, parameters, macs, summary: entry.summary, source: entry.source })
  }
  printer.json(rows)
  if (values.json === true) return 0
  const lines = rows.map(({ name, parameters, macs, summary, source }) => [
    name,
    parameters.toLocaleString('en-US'),
    macs.toLocaleString('en-US'),
    summary,
    source,
  ])
  printer.result(table([['name', 'parameters', 'MACs', 'what it is', 'source'], ...lines], [1, 2]))
  printer.info(
    '\nParameters and MACs (multiply-accumulates an image) are those for 28×28×1 and 10 classes. `ductus models describe <name>` shows layers.',
  )
  return 0
}
